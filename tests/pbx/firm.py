"""A company for tests of what is rendered: every kind of entry, two trunks, every class of phones."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from switchboard.domain.company import (
    Class,
    Department,
    Desk,
    Greeting,
    KeyAction,
    MenuKey,
    Name,
    Person,
    Principal,
    Queue,
    RingOrder,
    Rules,
    Screened,
    Trunk,
)

HOSTILE = (
    '"; exten => _X.,1,System(id)',
    "${SHELL(id)}",
    "a\nexten => 8000,1,Hangup()\n[evil]",
    "[general]",
    "#include /etc/passwd",
    "#exec touch /tmp/owned",
    "8201,25)\r\nsame => n,System(id",
    "x" * 4096,
    "董事长 😀🧧",
    "\u202egnihton\u202c \u200fاسم\u2066",
    "a;b=>c{d}|e&PJSIP/8899/f<sip:g@h>",
    "\x00\x07\x1b[2J\ud800",
    "",
    "' OR 1=1 -- `id` $(id) \\",
)
"""Names that would be something else if anything let them."""


def name(text: str) -> Name:
    return Name(text, text)


def person(number: str, title: str = "员工", **more: Any) -> Person:
    return Person(number, name(f"{title}{number}"), ring_seconds=more.pop("ring_seconds", 3), **more)


ENTRIES = (
    Department(
        "8100", name("综合管理部"), members=("8101", "8102"), ring_seconds=3, mailbox_openers=("8101",)
    ),
    Department(
        "8200",
        name("销售部"),
        members=("8201", "8202", "8801", "8899"),
        ring=RingOrder.IN_TURN,
        ring_seconds=2,
        mailbox_openers=("8201", "8202"),
    ),
    Queue("8600", name("客户服务中心"), members=("8601", "8899"), longest_wait_seconds=8, ring_seconds=6),
    person("8011", "话务员"),
    person("8101"),
    person("8102", call_waiting=True),
    person("8201", outside=Class.NATIONAL, language="en"),
    person("8202", outside=Class.LOCAL),
    person("8203", mailbox=False),
    person("8601"),
    person("701"),
    person("8890", "秘书"),
    Screened("8801", name("总经理"), deputy="8101", ring_seconds=3),
    Principal("8899", name("董事长"), secretary="8890", ring_seconds=3),
)

KEYS = (
    MenuKey("9", KeyAction.LANGUAGE),
    MenuKey("7", KeyAction.COMPLAINT, "8600"),
    MenuKey("0", KeyAction.ENQUIRY),
)

TRUNKS = (
    Trunk("test", {"8000": "8000", "+862155550000": "8000", "55558201": "8201"}, username="tester.1"),
    Trunk(
        "telecom",
        {"62150000": "8000"},
        addresses=("203.0.113.7", "127.0.0.1"),
        host="127.0.0.9:5999",
        outgoing=("[2-8]XXXXXXX", "0.", "1XXXXXXXXXX"),
    ),
)


def firm(**changes: Any) -> Rules:
    """The rules of the firm, with `changes`; `entries` replaces the directory."""
    entries = changes.pop("entries", ENTRIES)
    rules = Rules(
        version="1-test",
        company=name("星光集团"),
        main_number="8000",
        extensions={e.number: e for e in entries},
        greeting=Greeting(announced=("8100", "8200"), keys=KEYS, silence_seconds=2.0, digit_seconds=2.0),
        unclear="8100",
        general_head="8101",
        desk=Desk(operators=("8011",)),
        trunks=TRUNKS,
        outside_patterns={
            Class.LOCAL: ("[2-8]XXXXXXX",),
            Class.NATIONAL: ("1[3-9]XXXXXXXXX", "0[1-9]X."),
            Class.INTERNATIONAL: ("00X.",),
        },
        message_seconds=30,
    )
    return replace(rules, **changes)


def hostile_firm() -> Rules:
    """The firm under names that try to be more than names."""
    renamed = [
        replace(entry, name=Name(HOSTILE[i % len(HOSTILE)], HOSTILE[(i + 1) % len(HOSTILE)]))
        for i, entry in enumerate(ENTRIES)
    ]
    bad = [person(str(9000 + i)) for i in range(len(HOSTILE))]
    more = [replace(p, name=Name(text, text)) for p, text in zip(bad, HOSTILE, strict=True)]
    return firm(entries=(*renamed, *more), company=Name(HOSTILE[0], HOSTILE[1]))
