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
                what = "the main number" if first == ("main_number",) else f"an entry of {first[0]}"
                subject.error(
                    "duplicate-extension",
                    here,
                    f"{number} is already {what} (line {subject.line(first)}); expected each number once.",
                    "Give one of them another number.",
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
                how = "is an emergency number, which always goes outside."
            elif begun is not None:
                how = f"begins with the emergency number {begun}; whoever dials one may reach the other."
            else:
                how = f"is how the emergency number {beginnings[number]} begins; it must never be in its way."
            subject.error("shadows-emergency", here, f"{number} {how}", "Give this extension another number.")
        elif number.startswith(prefix):
            subject.error(
                "shadows-outside-prefix",
                here,
                f"{number} begins with {prefix}, which phones inside dial before outside numbers.",
                "Give this extension another number, or change outside.prefix.",
            )
    for i, number in enumerate(emergency):
        if number.startswith(prefix) and not subject.damaged("outside"):
            subject.error(
                "shadows-emergency",
                ("outside", "prefix"),
                f"The prefix {prefix} is how the emergency number {number} begins.",
                "Choose another prefix.",
            )
        if number in emergency[:i]:
            subject.warning(
                "listed-twice", ("outside", "emergency"), f"{number} stands twice.", "Leave one out."
            )


def _prefixes(subject: Subject, numbers: dict[str, Location]) -> None:
    """A whole number that another begins with: dialled, it has to wait for more digits."""
    longer: dict[str, str] = {}
    for number in numbers:
        for i in range(1, len(number)):
            longer.setdefault(number[:i], number)
    wait = subject.file.greeting.between_digits
    for number, here in numbers.items():
        if number in longer:
            subject.warning(
                "prefix-of-extension",
                here,
                f"{longer[number]} begins with {number}: callers who dial {number} wait {wait:g} s longer.",
                "Give one of them another number.",
            )


def _keys(subject: Subject, numbers: dict[str, Location]) -> None:
    keys = subject.file.greeting.keys
    begun: dict[str, list[str]] = {}
    for number in numbers:
        begun.setdefault(number[0], []).append(number)
    meanings: dict[str, str] = {}
    for key, meaning in keys.items():
        here: Location = ("greeting", "keys", key)
        if meaning in meanings:
            subject.warning(
                "meaning-twice",
                here,
                f"Keys {meanings[meaning]} and {key} do the same.",
                "Leave one of the keys out.",
            )
        meanings.setdefault(meaning, key)
        if meaning.isdigit():
            subject.refers(here, meaning, DIRECTORY)
        if meaning == "complaint" and subject.file.complaints is None and not subject.damaged("complaints"):
            subject.error(
                "missing",
                here,
                f"Key {key} leads to complaints, but complaints is missing.",
                'Add complaints: and the number of the customer-service queue, such as "8600".',
            )
        if key in begun:
            more = len(begun[key]) - 1
            others = f" and {more} more begin" if more else " begins"
            subject.warning(
                "key-begins-extension",
                here,
                f"Key {key} is also how {begun[key][0]}{others}: it works only after a pause of "
                f"{subject.file.greeting.between_digits:g} s.",
                "Take a key that no extension begins with.",
            )


def _codes(subject: Subject) -> None:
    seen: dict[str, str] = {}
    for name in NAMES:
        code = getattr(subject.file.codes, name)
        if code in seen:
            codes = find(subject.root, ("codes",))[0].value
            at = name if isinstance(codes, dict) and name in codes else seen[code]
            subject.error(
                "duplicate-code",
                ("codes", at),
                f"{code} stands for both {seen[code]} and {name}; expected a code of its own for each.",
                "Give one of them another code.",
            )
        seen.setdefault(code, name)
    asked = subject.file.codes.ask_pin
    for i, asking in enumerate(asked):
        if asking in asked[:i]:
            here: Location = ("codes", "ask_pin", i)
            subject.warning("listed-twice", here, f"{asking} stands twice in this list.", "Leave one out.")
