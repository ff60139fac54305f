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
            subject.error(
                "trunk-unknown",
                here,
                f"Nothing tells calls of trunk {name} from others; expected username, addresses or register.",
                "Write username: …; `switchboard trunks` then shows a password. Or list its addresses.",
            )
        if trunk.username and trunk.username in usernames:
            subject.error(
                "duplicate-username",
                (*here, "username"),
                f"The trunk {usernames[trunk.username]} signs in as {trunk.username} too; expected another.",
                "Give this trunk another username.",
            )
        usernames.setdefault(trunk.username or "", name)
        if trunk.outgoing and not (trunk.host or trunk.register_):
            subject.error(
                "trunk-without-host",
                (*here, "outgoing"),
                f"The trunk {name} carries outside calls, but host is missing: where to?",
                "Write host: with the provider's name or address, or leave outgoing away.",
            )
    if subject.file.trunks and not main_reached:
        subject.warning(
            "main-number-unreached",
            ("trunks",),
            f"No trunk's numbers lead to the main number, {subject.file.main_number}.",
            f'Write what the provider dials for it under numbers: {{"…": "{subject.file.main_number}"}}.',
        )


def _addresses(subject: Subject) -> None:
    """No address may belong to two trunks, or stand inside another's network. Sorted, then one pass."""
    found: list[tuple[int, int, int, Location, Any]] = []
    for name, trunk in subject.file.trunks.items():
        for i, text in enumerate(trunk.addresses):
            network = ipaddress.ip_network(text, strict=False)
            here: Location = ("trunks", name, "addresses", i)
            if network.prefixlen < _NARROWEST[network.version]:
                subject.warning(
                    "address-wide",
                    here,
                    f"{network} has {network.num_addresses:,} addresses: phones there can't sign in, "
                    "all pass for the trunk.",
                    "List the provider's own addresses.",
                )
            found.append((network.version, int(network.network_address), network.prefixlen, here, network))
    found.sort(key=lambda f: f[:3])
    widest: Any = None
    owner: Location = ()
    for _, _, _, here, network in found:
        if widest is not None and widest.version == network.version and network.subnet_of(widest):
            first = "the same as" if network == widest else "inside"
            subject.error(
                "address-taken",
                here,
                f"{network} is {first} {widest} of the trunk {owner[1]} (line {subject.line(owner)}); "
                "expected addresses that are nobody else's.",
                "Leave it out of one of the two trunks.",
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
                    f"{pattern} stands in {where[pattern]} too, so {where[pattern]} is enough to dial it.",
                    "Leave it out here.",
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
            subject.warning(
                "empty-class",
                here,
                f"outside.classes has no patterns up to {most}: whoever may dial {most} can dial nothing.",
                "Add patterns under outside.classes, or write outside: none.",
            )
