"""From the rules to every file that Asterisk reads. Pure: values in, texts out.

Templates lie in `asterisk-conf/` and `dialplan/`; the fixed part of the dialplan (`dialplan/*.conf`) is
handed on as it is. What a template needs to know of people and lines is worked out in `roster`, what it
may print is watched over by `text`.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import jinja2

from switchboard import __version__
from switchboard.dialplan import CDR_COLUMNS, CDR_FILE
from switchboard.domain import prompt_keys
from switchboard.domain.company import LANGUAGES, Rules
from switchboard.domain.phrases import Phrase, Text
from switchboard.pbx import lines, pickup, roster, text
from switchboard.pbx.pages import PageDoor
from switchboard.settings import Settings
from switchboard.shipped import shipped

TEMPLATES = (shipped("asterisk-conf"), shipped("dialplan"))


class Programs(Protocol):
    """Where an Asterisk lies."""

    @property
    def modules(self) -> Path: ...


class Secrets(Protocol):
    """What only we and the other side know. Made at first run."""

    def phone(self, number: str) -> str: ...
    def trunk(self, name: str) -> str: ...
    def ami(self, account: str) -> str: ...
    def pin(self, number: str) -> str: ...


class Sounds(Protocol):
    """Built prompts."""

    def files(self, phrase: Phrase, language: str) -> list[str]: ...


def render(
    rules: Rules,
    settings: Settings,
    secrets: Secrets,
    sounds: Sounds,
    retired: Iterable[Rules] = (),
    *,
    programs: Programs,
    address: str = "",
    page: PageDoor | None = None,
) -> dict[str, str]:
    """Every file of Asterisk's configuration folder: name → text.

    `retired` are earlier versions that calls under way may still need: what only they have stays, closed
    to new calls. `address` is this machine's own, told to phones as the place for sound when we listen on
    all addresses ("" leaves it to Asterisk, which asks the name service for each call). `page` is the door
    for phones in pages; without it there is none. Raises PbxError for a value that can't stand in a file of
    Asterisk's, whatever the rules' own checks let through.
    """
    values = _values(rules, settings, secrets, sounds, tuple(retired), programs, address)
    values |= {"page": page, "ice_mapped": _ice_mapped(settings, values["media_address"])}
    files = {}
    environment = _environment()
    for name in environment.list_templates():
        if name.endswith(".conf.j2"):
            files[name.removesuffix(".j2")] = environment.get_template(name).render(values)
        elif name.endswith(".conf"):
            files[name] = _source(environment, name)
    return files


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(  # noqa: S701  not HTML: `finalize` makes values safe for .conf
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        finalize=text.finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= text.FILTERS
    return environment


def _source(environment: jinja2.Environment, name: str) -> str:
    assert environment.loader is not None
    return environment.loader.get_source(environment, name)[0]


def _values(
    rules: Rules,
    settings: Settings,
    secrets: Secrets,
    sounds: Sounds,
    retired: tuple[Rules, ...],
    programs: Programs,
    address: str,
) -> dict[str, Any]:
    bind = ipaddress.ip_address(settings.bind)
    media = address if bind.is_unspecified else settings.bind
    return {
        "rules": rules,
        "settings": settings,
        "secrets": secrets,
        "programs": programs,
        "version": text.Plain(__version__),
        "sip_bind": f"[{bind}]" if bind.version == 6 else str(bind),
        "media_address": media,
        "media_bound": not bind.is_unspecified,
        "nat": _nat(settings),
        "ami_bind": settings.ami_host if _is_address(settings.ami_host) else "0.0.0.0",  # noqa: S104
        "ami_peers": _ami_peers(settings),
        "phones": roster.phones(rules, retired, secrets),
        "trunks": lines.trunks(rules, secrets),
        "lines": [t for t in lines.trunks(rules, secrets) if t.host],
        "mailboxes": roster.mailboxes(rules, retired, secrets),
        "shared_boxes": roster.shared_boxes(rules),
        "queues": tuple(roster.queues(rules, retired)),
        "agents": sorted({m for queue in roster.queues(rules, retired) for m in queue.members}),
        "main_language": rules.default_language,
        "directory": roster.directory(rules),
        "classes": tuple(roster.classes(rules)),
        "emergency": rules.emergency,
        "prefix": text.Plain(rules.outside_prefix and text.number(rules.outside_prefix)),
        "turning_marks": text.Plain("&".join(text.TURNING_MARKS)),
        "controller_codes": _controller_codes(rules),
        "followed_codes": (
            rules.codes.to_message,
            rules.codes.agent_in,
            rules.codes.agent_out,
            rules.codes.pause,
        ),
        "operators": roster.members(rules, rules.operators),
        "screened_outside": lines.named_by_executives(rules),
        "pickup_groups": pickup.groups(rules),
        "pickup_members": pickup.marks(rules),
        **roster.general(rules),
        "keys": [k for k in rules.greeting.keys if k.key not in rules.extensions],
        "say": _say(sounds),
        "cdr_file": text.Plain(CDR_FILE),
        "cdr_line": text.Plain(",".join("${CSV_QUOTE(" + value + ")}" for _, value in CDR_COLUMNS)),
    }


def _controller_codes(rules: Rules) -> tuple[str, ...]:
    """Codes whose meaning the controller carries out."""
    c = rules.codes
    desk = (c.manual, c.automatic, c.away, c.schedule, c.hear_mode, c.operator_in, c.operator_out)
    return (*desk, c.agent_in, c.agent_out, c.pause, c.unpause, c.to_greeting, c.complaint)


def _nat(settings: Settings) -> text.Plain:
    """What a transport tells of itself to those beyond a router."""
    if not settings.external_address:
        return text.Plain("")
    outside = text.host(settings.external_address)
    nets = [f"local_net = {text.network(n)}" for n in settings.local_nets]
    return text.Plain(
        "\n".join([f"external_media_address = {outside}", f"external_signaling_address = {outside}", *nets])
    )


def _ice_mapped(settings: Settings, media: str) -> text.Plain:
    """The line that has pages beyond a router told its address as well as ours (rtp.conf)."""
    try:
        ours, outside = ipaddress.ip_address(media), ipaddress.ip_address(settings.external_address)
    except ValueError:
        return text.Plain("")  # no such router, or known by a name alone: no candidate for Asterisk
    return text.Plain(f"{ours} => {outside},include_local_address")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_address(host: str) -> bool:
    """Whether it is one that Asterisk can listen on alone; a name may mean several."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    return True


def _ami_peers(settings: Settings) -> list[str]:
    """From where the controller may log in: this machine, or where it is said to be."""
    peers = ["127.0.0.1/32", "::1/128"]
    if not _is_loopback(settings.agi_host):
        try:
            peers.append(str(ipaddress.ip_network(settings.agi_host)))
        except ValueError:
            peers += ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]  # a container's name: private nets
    return peers


def _say(sounds: Sounds) -> dict[tuple[str, str], text.Plain]:
    """(language, prompt) → its files joined by &, as Playback wants them; "" when there is none."""
    said = {(language, key): _files(sounds, key, language) for language in LANGUAGES for key in _SAID}
    for language in LANGUAGES:
        own = [said[(language, key)] for key in (prompt_keys.HELLO, prompt_keys.FALLBACK_DIAL)]
        # the other language in a short line; its folder stands in the name, which Asterisk then takes as is
        others = [other for other in LANGUAGES if other != language]
        foreign = [
            f"{other}/{f}"
            for other in others
            for f in said[(other, prompt_keys.FALLBACK_DIAL)].split("&")
            if f
        ]
        said[(language, "fallback")] = text.Plain("&".join([f for f in own if f] + foreign))
    return said


_SAID = (
    prompt_keys.HELLO,
    prompt_keys.FALLBACK_DIAL,
    prompt_keys.WRONG,
    prompt_keys.UNCLEAR,
    prompt_keys.HOLD_ON,
    prompt_keys.BUSY,
    prompt_keys.NO_ANSWER,
    prompt_keys.SECRETARY_ABSENT,
    prompt_keys.CHOICE,
    prompt_keys.OTHER_EXTENSION,
    prompt_keys.QUEUE_HOLD,
    prompt_keys.QUEUE_NONE,
    prompt_keys.CALL_BACK_HELLO,
    prompt_keys.LEAVE_MESSAGE,
    prompt_keys.MESSAGE_SAVED,
    prompt_keys.MESSAGE_FAILED,
    prompt_keys.GOODBYE,
    prompt_keys.NOT_ALLOWED,
    prompt_keys.NO_SUCH_NUMBER,
    prompt_keys.TROUBLE,
    prompt_keys.SCREEN_CALL,
    prompt_keys.SCREEN_MENU,
    prompt_keys.PARKED,
    prompt_keys.PARK_EMPTY,
    prompt_keys.PICKUP_NONE,
)
"""Prompts that the dialplan says by itself."""


def _files(sounds: Sounds, key: str, language: str) -> text.Plain:
    return text.Plain("&".join(text.sound(f) for f in sounds.files(Text(key), language)))
