"""A rehearsed call in words."""

from __future__ import annotations

import pytest

from switchboard.domain.mode import Mode
from switchboard.rehearsal import Answer
from switchboard.rehearsal.story import Ending, EndKind, ending, ending_words, rung, steps
from tests.company import company
from tests.rehearsal.supposed import rehearsed, speak


def told(*presses: str, **more: object) -> list[str]:
    """What each step says to people."""
    way = steps(rehearsed(*presses, **more), company(), speak)
    return [" ".join(filter(None, (step.hears, step.does, "→ " + step.comes_to))) for step in way]


def test_a_busy_line_in_words() -> None:
    """Heard, asked, pressed, recorded: in this order, with the caller's entries."""
    way = told("8202", "1", phones={"8202": Answer.BUSY})
    assert way[0] == "looks who is at the desk → automatic mode"
    assert way[1].endswith("waits for an extension or one of the keys 9 7 0 → presses 8202")
    assert way[3] == "looks at 8202 赵雯 Zhao Wen → 8202 is busy"
    assert way[4].startswith("<line-busy><choice-message-or-other> waits for one of the keys 1 2")
    assert way[6] == "records a message for 8202 赵雯 Zhao Wen (busy) → recorded"


def test_every_step_has_the_words_of_the_record_too() -> None:
    """Scripts read the same words as in `switchboard calls --json`."""
    way = steps(rehearsed("8201", phones={"8201": Answer.NO_ANSWER}), company(), speak)
    assert [s.action for s in way[:6]] == ["look", "ask", "say", "look", "dial", "ask"]
    assert [s.outcome for s in way[:5]] == [
        "seen automatic",
        "entered 8201",
        "said",
        "seen automatic 8201=idle",
        "no_answer",
    ]
    assert (way[4].rings, way[4].seconds, way[4].line) == (("8201",), 25, 0)
    assert set(way[0].as_json()) >= {"hears", "does", "comes_to", "reason", "rule", "line"}


@pytest.mark.parametrize(
    ("presses", "phones", "expected"),
    [
        (("8201",), {}, Ending(EndKind.TALKS, "8201", "8201")),
        (("8899",), {}, Ending(EndKind.TALKS, "8890", "8899")),
        (("8600",), {}, Ending(EndKind.TALKS, "8101", "8600")),
    ],
)
def test_with_whom_a_call_ends(presses: tuple[str, ...], phones: dict[str, Answer], expected: Ending) -> None:
    """A person of their own, a secretary for the chairman, an agent for the queue."""
    assert ending(rehearsed(*presses, phones=phones)) == expected


def test_other_ends() -> None:
    """A message; nothing said after the tone; a code that is none."""
    assert ending(rehearsed("8202", "1", others=Answer.BUSY)).kind is EndKind.MESSAGE
    silent = ending(rehearsed("8202", "1", others=Answer.BUSY, speaks=False))
    assert (silent.kind, str(ending_words(silent, company()))) == (
        EndKind.HANGUP,
        "goodbye, without conversation or message",
    )
    assert ending(rehearsed(dialled="*99", inside=True, caller="8201")).kind is EndKind.REFUSED


def test_whom_it_rings_in_groups() -> None:
    """A department's phones ring together; one after another when it says so."""
    assert rung(rehearsed("8100")) == (("8101", "8102"),)
    assert rung(rehearsed("8200", others=Answer.NO_ANSWER)) == (("8201",), ("8202",), ("8203",))


def test_the_desk_in_words() -> None:
    """Manual mode tells who is there and who is free."""
    way = told(mode=Mode.MANUAL, operators=("8102",), phones={"8102": Answer.NO_ANSWER})
    assert way[0] == "looks who is at the desk → manual mode; at the desk: 8102; 8102 is free"
