"""Waiting lines: where they send those they can't serve, who goes ahead, who is called back."""

from __future__ import annotations

from switchboard.rules.checks.lines import outside_patterns
from switchboard.rules.checks.subject import Subject
from switchboard.rules.schema import Queue
from switchboard.rules.tree import Location
from switchboard.sentences import several

TARGETS = ("people", "departments", "queues")


def check(subject: Subject) -> None:
    """Every queue, then where they lead to."""
    for number, queue in subject.file.queues.items():
        here: Location = ("queues", number)
        if queue.overflow != "message" and queue.overflow != number:
            subject.refers((*here, "overflow"), queue.overflow, TARGETS)
        _valued(subject, here, queue)
        _reasons(subject, here, queue)
        if queue.call_back:
            _call_back(subject, here, number)
    _circles(subject)


def _circles(subject: Subject) -> None:
    """Each queue has at most one way out, so a walk either ends or comes round. Each circle is told once."""
    way = {number: queue.overflow for number, queue in subject.file.queues.items()}
    done: set[str] = set()
    for begin in way:
        walked: list[str] = []
        number = begin
        while number in way and number not in done:
            done.add(number)
            walked.append(number)
            number = way[number]
        if number in walked:
            circle = [*walked[walked.index(number) :], number]
            last = circle[-2]
            subject.error("loop.queues", ("queues", last, "overflow"), circle=several(circle, "arrow"))


def _valued(subject: Subject, here: Location, queue: Queue) -> None:
    seen: dict[str, int] = {}
    for i, valued in enumerate(queue.valued):
        for j, beginning in enumerate(valued.numbers):
            at: Location = (*here, "valued", i, "numbers", j)
            if beginning in seen:
                line = subject.line((*here, "valued", seen[beginning]))
                subject.warning("listed-twice.valued", at, what=beginning, first=line)
            seen.setdefault(beginning, i)


def _reasons(subject: Subject, here: Location, queue: Queue) -> None:
    seen: set[str] = set()
    for i, reason in enumerate(queue.pause_reasons):
        if reason in seen:
            at: Location = (*here, "pause_reasons", i)
            subject.error("listed-twice", at, what=reason)
        seen.add(reason)


def _call_back(subject: Subject, here: Location, number: str) -> None:
    """A promise that needs a way out."""
    if subject.damaged("outside") or subject.damaged("trunks"):
        return
    if not outside_patterns(subject, "national"):
        subject.warning("no-way-out.forbidden", (*here, "call_back"), who=subject.name(number))
    elif not any(trunk.outgoing for trunk in subject.file.trunks.values()):
        subject.warning("no-way-out.uncarried", (*here, "call_back"), who=subject.name(number))
