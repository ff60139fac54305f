"""Numbers that get in each other's way: the same one twice, or one that another hides."""

from __future__ import annotations

from switchboard.rules.checks.subject import Subject
from switchboard.rules.schema import DIRECTORY, Codes
from switchboard.rules.tree import Location, find

NAMES = tuple(name for name in Codes.model_fields if name != "ask_pin")
"""What codes are there for."""


def check(subject: Subject) -> None:
    """Duplicates, numbers hidden by others, keys and codes."""
    numbers = _duplicates(subject)
    _hidden(subject, numbers)
    _prefixes(subject, numbers)
    _keys(subject, numbers)
    _codes(subject)


def _duplicates(subject: Subject) -> dict[str, Location]:
    """Every number a caller may dial, and where it stands."""
    numbers: dict[str, Location] = {}
    if not subject.damaged("main_number"):
        numbers[subject.file.main_number] = ("main_number",)
    for section in DIRECTORY:
        entries, there = find(subject.root, (section,))
        if not there or not isinstance(entries.value, dict):
            continue
        for number in entries.value:
            here: Location = (section, number)
            if number in numbers:
                first = numbers[number]
                line = subject.line(first)
                if first == ("main_number",):
                    subject.error("duplicate-extension.main", here, number=number, first=line)
                else:
                    section_of = str(first[0])
                    subject.error(
                        "duplicate-extension.entry", here, number=number, section=section_of, first=line
                    )
            elif number.isascii() and number.isdigit():
                numbers[number] = here
    return numbers


def _hidden(subject: Subject, numbers: dict[str, Location]) -> None:
    """Numbers that a phone inside can't dial without meaning something else."""
    prefix, emergency = subject.file.outside.prefix, subject.file.outside.emergency
    lengths = {len(e) for e in emergency}
    known = set(emergency)
    beginnings = {e[:i]: e for e in reversed(emergency) for i in range(1, len(e))}
    for number, here in numbers.items():
        begun = next((number[:i] for i in sorted(lengths) if number[:i] in known), None)
        if begun is not None or number in beginnings:
            if begun == number:
                subject.error("shadows-emergency.same", here, number=number)
            elif begun is not None:
                subject.error("shadows-emergency.longer", here, number=number, emergency=begun)
            else:
                other = beginnings[number]
                subject.error("shadows-emergency.shorter", here, number=number, emergency=other)
        elif number.startswith(prefix):
            subject.error("shadows-outside-prefix", here, number=number, prefix=prefix)
    for i, number in enumerate(emergency):
        if number.startswith(prefix) and not subject.damaged("outside"):
            subject.error("shadows-emergency.prefix", ("outside", "prefix"), prefix=prefix, emergency=number)
        if number in emergency[:i]:
            subject.warning("listed-twice", ("outside", "emergency"), what=number)


def _prefixes(subject: Subject, numbers: dict[str, Location]) -> None:
    """A whole number that another begins with: dialled, it has to wait for more digits."""
    longer: dict[str, str] = {}
    for number in numbers:
        for i in range(1, len(number)):
            longer.setdefault(number[:i], number)
    wait = subject.file.greeting.between_digits
    for number, here in numbers.items():
        if number in longer:
            subject.warning("prefix-of-extension", here, longer=longer[number], number=number, wait=wait)


def _keys(subject: Subject, numbers: dict[str, Location]) -> None:
    keys = subject.file.greeting.keys
    begun: dict[str, list[str]] = {}
    for number in numbers:
        begun.setdefault(number[0], []).append(number)
    meanings: dict[str, str] = {}
    for key, meaning in keys.items():
        here: Location = ("greeting", "keys", key)
        if meaning in meanings:
            subject.warning("meaning-twice", here, first=meanings[meaning], key=key)
        meanings.setdefault(meaning, key)
        if meaning.isdigit():
            subject.refers(here, meaning, DIRECTORY)
        if meaning == "complaint" and subject.file.complaints is None and not subject.damaged("complaints"):
            subject.error("missing.complaints", here, key=key)
        if key in begun:
            number, more = begun[key][0], len(begun[key]) - 1
            wait = subject.file.greeting.between_digits
            if more:
                subject.warning(
                    "key-begins-extension.many", here, key=key, number=number, count=more, wait=wait
                )
            else:
                subject.warning("key-begins-extension.one", here, key=key, number=number, wait=wait)


def _codes(subject: Subject) -> None:
    seen: dict[str, str] = {}
    for name in NAMES:
        code = getattr(subject.file.codes, name)
        if code in seen:
            codes = find(subject.root, ("codes",))[0].value
            at = name if isinstance(codes, dict) and name in codes else seen[code]
            subject.error("duplicate-code", ("codes", at), code=code, first=seen[code], second=name)
        seen.setdefault(code, name)
    asked = subject.file.codes.ask_pin
    for i, asking in enumerate(asked):
        if asking in asked[:i]:
            here: Location = ("codes", "ask_pin", i)
            subject.warning("listed-twice", here, what=asking)
