"""Lines to the telephone network: who may pass for which trunk, and what goes out by it."""

from __future__ import annotations

import ipaddress
from typing import Any, Literal

from switchboard.rules.checks.subject import Subject
from switchboard.rules.schema import DIRECTORY
from switchboard.rules.tree import Location

Class = Literal["local", "national", "international"]
_NARROWEST = {4: 24, 6: 64}
"""Prefix lengths, by IP version, below which a network is hardly one provider's."""

CLASSES: tuple[Class, ...] = ("local", "national", "international")
"""From the least to the most; each includes those before."""


def check(subject: Subject) -> None:
    """Trunks and outside classes."""
    _trunks(subject)
    _addresses(subject)
    _classes(subject)


def outside_patterns(subject: Subject, most: str) -> list[str]:
    """Every pattern that somebody of the class `most` may dial."""
    if most not in CLASSES:
        return []
    classes = subject.file.outside.classes
    return [p for c in CLASSES[: CLASSES.index(most) + 1] for p in classes.get(c, [])]


def _trunks(subject: Subject) -> None:
    usernames: dict[str, str] = {}
    main_reached = subject.damaged("trunks") or subject.damaged("main_number")
    for name, trunk in subject.file.trunks.items():
        here: Location = ("trunks", name)
        for dialled, number in trunk.numbers.items():
            subject.refers((*here, "numbers", dialled), number, DIRECTORY, main=True)
            main_reached = main_reached or number == subject.file.main_number
        if not (trunk.username or trunk.addresses or trunk.register_):
            subject.error("trunk-unknown", here, trunk=name)
        if trunk.username and trunk.username in usernames:
            subject.error(
                "duplicate-username",
                (*here, "username"),
                trunk=usernames[trunk.username],
                username=trunk.username,
            )
        usernames.setdefault(trunk.username or "", name)
        if trunk.outgoing and not (trunk.host or trunk.register_):
            subject.error("trunk-without-host", (*here, "outgoing"), trunk=name)
    if subject.file.trunks and not main_reached:
        subject.warning("main-number-unreached", ("trunks",), number=subject.file.main_number)


def _addresses(subject: Subject) -> None:
    """No address may belong to two trunks, or stand inside another's network. Sorted, then one pass."""
    found: list[tuple[int, int, int, Location, Any]] = []
    for name, trunk in subject.file.trunks.items():
        for i, text in enumerate(trunk.addresses):
            network = ipaddress.ip_network(text, strict=False)
            here: Location = ("trunks", name, "addresses", i)
            if network.prefixlen < _NARROWEST[network.version]:
                subject.warning("address-wide", here, network=str(network), count=network.num_addresses)
            found.append((network.version, int(network.network_address), network.prefixlen, here, network))
    found.sort(key=lambda f: f[:3])
    widest: Any = None
    owner: Location = ()
    for _, _, _, here, network in found:
        if widest is not None and widest.version == network.version and network.subnet_of(widest):
            subject.error(
                f"address-taken.{'same' if network == widest else 'inside'}",
                here,
                network=str(network),
                other=str(widest),
                trunk=str(owner[1]),
                first=subject.line(owner),
            )
        else:
            widest, owner = network, here


def _classes(subject: Subject) -> None:
    outside = subject.file.outside
    where: dict[str, str] = {}
    for name in CLASSES:
        for i, pattern in enumerate(outside.classes.get(name, [])):
            if pattern in where:
                subject.warning(
                    "pattern-twice",
                    ("outside", "classes", name, i),
                    pattern=pattern,
                    lesser=where[pattern],
                )
            where.setdefault(pattern, name)
    if subject.damaged("outside") or not subject.file.trunks:
        return
    used: dict[Class, Location] = {}
    if subject.file.defaults.outside != "none":
        used[subject.file.defaults.outside] = ("defaults", "outside")
    for section in ("people", "executives"):
        for number, person in getattr(subject.file, section).items():
            if person.outside not in (None, "none"):
                used.setdefault(person.outside, (section, number, "outside"))
    for most, here in used.items():
        if not any(outside.classes.get(c) for c in CLASSES[: CLASSES.index(most) + 1]):
            subject.warning("empty-class", here, most=most)
