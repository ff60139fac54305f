"""Protected people: each is protected in one way, by somebody else, and nothing leads round in a circle."""

from __future__ import annotations

from switchboard.domain.permission import matches
from switchboard.rules.checks.lines import CLASSES, outside_patterns
from switchboard.rules.checks.subject import Subject
from switchboard.rules.schema import Executive, Screening
from switchboard.rules.tree import Location

PERSON = ("people",)

SURELY_ONE = 7
"""Digits of a number in `unscreened` below which it lets through more than one organization, most likely."""


def check(subject: Subject) -> None:
    """Every executive."""
    secretaries: dict[str, str] = {}
    for number, executive in subject.file.executives.items():
        here: Location = ("executives", number)
        _protected(subject, here, number, executive)
        if executive.secretary is not None:
            _other(subject, (*here, "secretary"), number, executive.secretary, "secretary")
            _secretary(subject, here, number, executive, executive.secretary, secretaries)
        if not executive.mailbox:
            subject.warning(
                "no-mailbox",
                here,
                f"{subject.name(number)} has no mailbox: what callers leave for them goes to "
                f"{subject.name(subject.file.unclear)}.",
                "Leave mailbox: false away.",
            )
        if executive.screening is not None:
            _screening(subject, (*here, "screening"), number, executive, executive.screening)


def _protected(subject: Subject, here: Location, number: str, executive: Executive) -> None:
    both = executive.screening is not None and executive.secretary is not None
    neither = executive.screening is None and executive.secretary is None
    if (both or neither) and not subject.damaged(*here):
        subject.error(
            "protection",
            here,
            f"{subject.name(number)} has {'both' if both else 'neither'} screening "
            f"{'and' if both else 'nor'} a secretary; expected one of the two.",
            "Write screening: {deputy: …} or secretary: …; whoever needs neither belongs to people.",
        )
    if executive.copy_to_secretary is not None and executive.secretary is None and not subject.damaged(*here):
        subject.error(
            "no-secretary",
            (*here, "copy_to_secretary"),
            f"{subject.name(number)} has no secretary who could get a copy.",
            "Leave copy_to_secretary away.",
        )


def _secretary(
    subject: Subject,
    here: Location,
    number: str,
    executive: Executive,
    secretary: str,
    secretaries: dict[str, str],
) -> None:
    """Each principal has a secretary of their own (A9), who can hear what is left for them."""
    if secretary in secretaries:
        subject.warning(
            "secretary-shared",
            (*here, "secretary"),
            f"{subject.name(secretary)} is the secretary of {subject.name(secretaries[secretary])} too: "
            "while one caller is served, the other hears that nobody is there.",
            "Name a secretary for each.",
        )
    secretaries.setdefault(secretary, number)
    person = subject.file.people.get(secretary)
    if person is not None and not person.mailbox and executive.copy_to_secretary is not False:
        subject.warning(
            "no-mailbox",
            (*here, "secretary"),
            f"{subject.name(secretary)} has no mailbox: no copies of messages for {subject.name(number)}.",
            f"Give {secretary} a mailbox, or write copy_to_secretary: false.",
        )


def _screening(
    subject: Subject, here: Location, number: str, executive: Executive, screening: Screening
) -> None:
    if screening.deputy is not None:
        _other(subject, (*here, "deputy"), number, screening.deputy, "deputy")
    elif not subject.damaged(*here):
        subject.warning(
            "no-deputy",
            here[:2],
            f"{subject.name(number)} has no deputy: calls can't be passed on.",
            'Write screening: {deputy: "…"}.',
        )
    if screening.assistant is not None:
        _other(subject, (*here, "assistant"), number, screening.assistant, "assistant")
        if screening.assistant == screening.deputy:
            subject.warning(
                "helper-twice",
                (*here, "assistant"),
                f"{subject.name(screening.assistant)} is assistant and deputy: a call they let go on may be "
                "passed back to them.",
                "Name two people.",
            )
    if screening.hours == []:
        subject.warning(
            "hours-never-open",
            (*here, "hours"),
            f"hours is empty: {subject.name(number)} never takes a call.",
            "Leave hours away for always, or write spans.",
        )
    _phones(subject, here, number, executive, screening)
    _unscreened(subject, here, screening)


def _other(subject: Subject, location: Location, number: str, helper: str, role: str) -> None:
    if helper == number:
        subject.error(
            "loop",
            location,
            f"{subject.name(number)} is named as their own {role}, so a call would go round in a circle.",
            "Name another person.",
        )
    elif subject.sections.get(helper) == "executives":
        subject.error(
            "loop",
            location,
            f"{subject.name(helper)} is an executive too; expected a person whose phone rings.",
            f"Callers for {number} would be sent on from one protected phone to the next.",
        )
    else:
        subject.refers(location, helper, PERSON)


def _phones(
    subject: Subject, here: Location, number: str, executive: Executive, screening: Screening
) -> None:
    """`also`: extensions of people, or outside numbers the executive may dial and a trunk carries."""
    most = executive.outside or subject.file.defaults.outside
    allowed = outside_patterns(subject, most)
    seen: set[str] = {number}
    for i, phone in enumerate(screening.also):
        at: Location = (*here, "also", i)
        section = subject.sections.get(phone)
        if phone in seen:
            what = (
                "is the executive's own phone, which rings anyway" if phone == number else "stands twice here"
            )
            subject.error("listed-twice", at, f"{phone} {what}.", "Leave it out.")
        elif section is not None:
            subject.refers(at, phone, PERSON)
        elif phone in subject.file.outside.emergency or not _permits(allowed, phone):
            _not_permitted(subject, at, number, phone, most)
        elif not subject.damaged("trunks") and not _carried(subject, phone):
            subject.warning(
                "no-way-out",
                at,
                f"No trunk carries {phone}: outgoing matches it nowhere, so it will not ring.",
                "Add a pattern to the outgoing of a trunk.",
            )
        seen.add(phone)


def _not_permitted(subject: Subject, at: Location, number: str, phone: str, most: str) -> None:
    if subject.damaged("outside") or subject.damaged("defaults"):
        return
    prefix = subject.file.outside.prefix
    everything = outside_patterns(subject, CLASSES[-1])
    near = subject.nearest.to(phone, (n for n, s in subject.sections.items() if s == "people"))
    hint = f"Did you mean {subject.name(near)}?" if near else ""
    if phone.startswith(prefix) and _permits(everything, phone.removeprefix(prefix)):
        hint = f"Write it without {prefix}: {phone.removeprefix(prefix)}."
    elif _permits(everything, phone):
        hint = f"Give {number} a higher class under outside:, or leave the number out."
    subject.error(
        "not-permitted",
        at,
        f"Found {phone}, which is no extension, and no outside number that {subject.name(number)} may dial "
        f"({most}).",
        hint or "Add a pattern that matches it to outside.classes.",
    )


def _carried(subject: Subject, phone: str) -> bool:
    return any(_permits(trunk.outgoing, phone) for trunk in subject.file.trunks.values())


def _unscreened(subject: Subject, here: Location, screening: Screening) -> None:
    if not screening.unscreened:
        return
    trusted = any(trunk.trusted for trunk in subject.file.trunks.values())
    if not trusted and not subject.damaged("trunks"):
        subject.warning(
            "no-trusted-trunk",
            (*here, "unscreened"),
            "No trunk is trusted, so nobody comes through unscreened: anybody can claim a number.",
            "Write trusted: true at a trunk whose provider vouches for callers' numbers.",
        )
    seen: set[str] = set()
    for i, beginning in enumerate(screening.unscreened):
        at: Location = (*here, "unscreened", i)
        if beginning in seen:
            subject.error("listed-twice", at, f"{beginning} stands twice in this list.", "Leave one out.")
        elif len(beginning) < SURELY_ONE:
            subject.warning(
                "unscreened-wide",
                at,
                f"Everybody whose number begins with {beginning} comes through unscreened.",
                "Write more of the number.",
            )
        seen.add(beginning)


def _permits(patterns: list[str], phone: str) -> bool:
    return any(matches(pattern, phone) for pattern in patterns)
