"""A small company for tests of the engine: one of each kind of entry."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from switchboard.domain.company import (
    Department,
    Greeting,
    KeyAction,
    Listing,
    MenuKey,
    Name,
    Person,
    Principal,
    Queue,
    RingOrder,
    Rules,
    Screened,
)


def person(number: str, zh: str, en: str, **more: Any) -> Person:
    """A person; English name given first."""
    return Person(number=number, name=Name(zh, en), **more)


ENTRIES = (
    Department("8100", Name("综合管理部", "General Administration"), members=("8101", "8102")),
    Department("8200", Name("销售部", "Sales"), members=("8201", "8202", "8203"), ring=RingOrder.IN_TURN),
    Queue("8600", Name("客户服务中心", "Customer Service"), members=("8101",), longest_wait_seconds=90),
    person("8101", "李敏", "Li Min", department="8100"),
    person("8102", "曾丽", "Zeng Li", department="8100", listing=Listing.INTERNAL),
    person("8201", "张伟", "Zhang Wei", department="8200", wait_when_busy=True),
    person("8202", "赵雯", "Zhao Wen", department="8200"),
    person("8203", "何静", "He Jing", department="8200", listing=Listing.UNLISTED),
    person("8890", "孙悦", "Sun Yue"),
    person("701", "前台", "Reception"),
    Screened("8801", Name("王强", "Wang Qiang"), deputy="8101"),
    Principal("8899", Name("陈建国", "Chen Jianguo"), secretary="8890"),
)

KEYS = (
    MenuKey("9", KeyAction.LANGUAGE),
    MenuKey("7", KeyAction.COMPLAINT, "8600"),
    MenuKey("0", KeyAction.ENQUIRY),
)


def company(**changes: Any) -> Rules:
    """The rules of the small company, with `changes`."""
    rules = Rules(
        version="1-test",
        company=Name("星光集团", "Starlight Group"),
        main_number="8000",
        extensions={e.number: e for e in ENTRIES},
        greeting=Greeting(announced=("8100", "8200"), keys=KEYS),
        unclear="8100",
        general_head="8101",
        lines={"greeting": 10, "greeting.keys.7": 12, "extensions.8201": 40, "unclear": 5},
    )
    return replace(rules, **changes)
