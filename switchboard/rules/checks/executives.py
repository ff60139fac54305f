"""Protected people: each is protected in one way, by somebody else, and nothing leads round in a circle."""

from __future__ import annotations

from switchboard.domain.permission import matches
from switchboard.rules.checks.lines import CLASSES, outside_patterns
from switchboard.rules.checks.subject import Subject
from switchboard.rules.schema import Executive, Screening
from switchboard.rules.tree import Location
from switchboard.rules.wording import did_you_mean
from switchboard.sentences import say

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
                "no-mailbox.executive",
                here,
                who=subject.name(number),
                unclear=subject.name(subject.file.unclear),
            )
        if executive.screening is not None:
            _screening(subject, (*here, "screening"), number, executive, executive.screening)


def _protected(subject: Subject, here: Location, number: str, executive: Executive) -> None:
    both = executive.screening is not None and executive.secretary is not None
    neither = executive.screening is None and executive.secretary is None
    if (both or neither) and not subject.damaged(*here):
        subject.error(f"protection.{'both' if both else 'neither'}", here, who=subject.name(number))
    if executive.copy_to_secretary is not None and executive.secretary is None and not subject.damaged(*here):
        subject.error("no-secretary", (*here, "copy_to_secretary"), who=subject.name(number))


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
            who=subject.name(secretary),
            other=subject.name(secretaries[secretary]),
        )
    secretaries.setdefault(secretary, number)
    person = subject.file.people.get(secretary)
    if person is not None and not person.mailbox and executive.copy_to_secretary is not False:
        subject.warning(
            "no-mailbox.secretary",
            (*here, "secretary"),
            who=subject.name(secretary),
            principal=subject.name(number),
            number=secretary,
        )


def _screening(
    subject: Subject, here: Location, number: str, executive: Executive, screening: Screening
) -> None:
    if screening.deputy is not None:
        _other(subject, (*here, "deputy"), number, screening.deputy, "deputy")
    elif not subject.damaged(*here):
        subject.warning("no-deputy", here[:2], who=subject.name(number))
    if screening.assistant is not None:
        _other(subject, (*here, "assistant"), number, screening.assistant, "assistant")
        if screening.assistant == screening.deputy:
            who = subject.name(screening.assistant)
            subject.warning("helper-twice", (*here, "assistant"), who=who)
    if screening.hours == []:
        subject.warning("hours-never-open.executive", (*here, "hours"), who=subject.name(number))
    _phones(subject, here, number, executive, screening)
    _unscreened(subject, here, screening)


def _other(subject: Subject, location: Location, number: str, helper: str, role: str) -> None:
    if helper == number:
        who, what = subject.name(number), say(f"expected.role.{role}")
        subject.error("loop.own", location, who=who, role=what)
    elif subject.sections.get(helper) == "executives":
        subject.error("loop.executive", location, who=subject.name(helper), number=number)
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
            subject.error("listed-twice.own" if phone == number else "listed-twice", at, what=phone)
        elif section is not None:
            subject.refers(at, phone, PERSON)
        elif phone in subject.file.outside.emergency or not _permits(allowed, phone):
            _not_permitted(subject, at, number, phone, most)
        elif not subject.damaged("trunks") and not _carried(subject, phone):
            subject.warning("no-way-out.phone", at, phone=phone)
        seen.add(phone)


def _not_permitted(subject: Subject, at: Location, number: str, phone: str, most: str) -> None:
    if subject.damaged("outside") or subject.damaged("defaults"):
        return
    prefix = subject.file.outside.prefix
    everything = outside_patterns(subject, CLASSES[-1])
    near = subject.nearest.to(phone, (n for n, s in subject.sections.items() if s == "people"))
    advice = did_you_mean(subject.name(near)) if near else say("advice.add_pattern")
    if phone.startswith(prefix) and _permits(everything, phone.removeprefix(prefix)):
        advice = say("advice.without_prefix", prefix=prefix, number=phone.removeprefix(prefix))
    elif _permits(everything, phone):
        advice = say("advice.higher_class", number=number)
    subject.error("not-permitted", at, advice, phone=phone, who=subject.name(number), most=most)


def _carried(subject: Subject, phone: str) -> bool:
    return any(_permits(trunk.outgoing, phone) for trunk in subject.file.trunks.values())


def _unscreened(subject: Subject, here: Location, screening: Screening) -> None:
    if not screening.unscreened:
        return
    trusted = any(trunk.trusted for trunk in subject.file.trunks.values())
    if not trusted and not subject.damaged("trunks"):
        subject.warning("no-trusted-trunk", (*here, "unscreened"))
    seen: set[str] = set()
    for i, beginning in enumerate(screening.unscreened):
        at: Location = (*here, "unscreened", i)
        if beginning in seen:
            subject.error("listed-twice", at, what=beginning)
        elif len(beginning) < SURELY_ONE:
            subject.warning("unscreened-wide", at, beginning=beginning)
        seen.add(beginning)


def _permits(patterns: list[str], phone: str) -> bool:
    return any(matches(pattern, phone) for pattern in patterns)
