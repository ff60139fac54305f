"""Whether callers find what the company has: keys they are told of, people something leads to."""

from __future__ import annotations

from switchboard.domain import prompt_keys
from switchboard.domain.pinyin import pinyin_of
from switchboard.domain.search import on_keypad
from switchboard.rules.checks.subject import Subject
from switchboard.rules.schema import DIRECTORY
from switchboard.rules.tree import Location

GREETING_PHRASES = tuple(key for key in prompt_keys.ALL if key.startswith("greeting-"))


def check(subject: Subject) -> None:
    """Keys, the directory enquiry, people and teams."""
    if subject.damaged("greeting") or subject.damaged("texts"):
        return
    _untold_keys(subject)
    _enquiry(subject)
    led_to = _led_to(subject)
    for section in DIRECTORY:
        for number, entry in getattr(subject.file, section).items():
            _reached(subject, (section, number), number, led_to)
            if not on_keypad(entry.name.en) and not on_keypad("".join(pinyin_of(entry.name.zh))):
                subject.warning("not-findable", (section, number, "name"), who=subject.name(number))


def _untold_keys(subject: Subject) -> None:
    """The greeting tells of language, enquiry and complaint; of an extension only in words of one's own."""
    wordings = (subject.file.texts.get(key) for key in GREETING_PHRASES)
    told = "".join(f"{w.zh} {w.en}" for w in wordings if w is not None)
    for key, meaning in subject.file.greeting.keys.items():
        if meaning.isdigit() and key not in told:
            subject.warning("key-untold", ("greeting", "keys", key), key=key, who=subject.name(meaning))


def _enquiry(subject: Subject) -> None:
    if "enquiry" not in subject.file.greeting.keys.values():
        subject.warning("no-enquiry", ("greeting", "keys"))
    if subject.file.greeting.announce == []:
        subject.warning("nothing-announced", ("greeting", "announce"))
    if subject.file.complaints is None and not subject.damaged("complaints"):
        subject.warning("no-complaints", ("greeting",), code=subject.file.codes.complaint)


def _led_to(subject: Subject) -> set[str]:
    """Every number that something in the file leads to, besides its own listing."""
    file = subject.file
    found = {file.unclear, file.general_head, file.complaints or "", *file.operators.people}
    found.update(file.greeting.keys.values(), file.greeting.announce or ())
    for members in subject.members.values():
        found.update(members)
    for queue in file.queues.values():
        found.add(queue.overflow)
    for trunk in file.trunks.values():
        found.update(trunk.numbers.values())
    for executive in file.executives.values():
        found.add(executive.secretary or "")
        if executive.screening is not None:
            screening = executive.screening
            found.update((screening.deputy or "", screening.assistant or "", *screening.also))
    return found


def _reached(subject: Subject, here: Location, number: str, led_to: set[str]) -> None:
    entry = subject.entry(number)
    if entry is None or number in led_to or subject.damaged("trunks"):
        return
    if (entry.listing or subject.file.defaults.listing) == "unlisted":
        subject.warning("reached-by-nobody", here, who=subject.name(number))
