"""What `switchboard call` prints."""

from __future__ import annotations

import pytest

from switchboard.cli.outside_call import Moment, OutsideCall
from switchboard.cli.transcript import Transcript, ending_of


def test_digits_that_are_read_out_stay_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """A name and its number are one line; a key pressed, and what was cut short, are shown as such."""
    transcript = Transcript()
    for moment in (
        Moment(0.0, "heard", "销售部", "zh/name-8200"),
        *(Moment(1.0, "heard", "零", f"zh/digit-{d}") for d in "8200"),
        Moment(2.0, "heard", "请听好。", "zh/greeting-listen", whole=False),
        Moment(2.5, "pressed", "8201"),
    ):
        transcript(moment)
    transcript.end()
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("s  ", 1)[1].strip() for line in lines] == [
        "销售部 8 2 0 0",
        "请听好。 …",
        "→ pressed 8201",
    ]


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("connected", "connected to 8201"),
        ("message", "a message was taken"),
        ("abandoned", "without reaching"),
    ],
)
def test_the_ending_is_told_in_words(outcome: str, words: str) -> None:
    """From the record when there is one; without one, by who hung up."""
    went = OutsideCall(answered=True, seconds=12.4)
    assert words in ending_of(went, {"outcome": outcome, "connected_to": "8201"})
    assert "the switchboard ended the call" in ending_of(went, None)
    assert ending_of(OutsideCall(refusal="403"), None) == "refused"
