"""The timeline of a call keeps time, whatever arrives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from switchboard.softphone.hearing import GAP, HEADER, Hearing
from switchboard.softphone.sound import RATE, tone


class Line:
    """A recording that grows as a softphone's does, and a clock that is moved by hand."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "dump-1-dec.wav"
        self.file.write_bytes(bytes(HEADER))
        self.now = 100.0
        self.hearing = Hearing(folder, lambda: self.now)

    def brings(self, seconds: float, hertz: float = 440, level: float = 0.3) -> None:
        self.now += seconds
        with self.file.open("ab") as f:
            f.write((tone(hertz, seconds, level) * 32767).astype("<i2").tobytes())
        self.hearing.poll()


@pytest.fixture
def line(tmp_path: Path) -> Line:
    return Line(tmp_path)


def test_a_gap_becomes_silence(line: Line) -> None:
    """While Asterisk waits for a digit nothing arrives: two seconds of that are two seconds."""
    line.brings(1.0)
    line.now += 2.0
    line.brings(0.1)
    assert line.hearing.seconds == pytest.approx(3.1, abs=0.01)
    assert not np.any(line.hearing.samples[int(1.01 * RATE) : int(2.99 * RATE)])


def test_a_late_packet_tears_nothing(line: Line) -> None:
    """A delay of a busy machine is not taken for silence."""
    line.brings(1.0)
    line.now += 0.6
    line.brings(0.1)
    assert line.hearing.seconds == pytest.approx(1.1, abs=0.01)


def test_quiet_counts_from_the_last_loud_sound(line: Line) -> None:
    """Silence that arrives is as quiet as nothing arriving; before any sound there is no quiet."""
    assert line.hearing.quiet_seconds() == 0
    line.brings(1.0)
    line.brings(0.4, level=0.0)
    line.now += 0.6
    assert line.hearing.quiet_seconds() == pytest.approx(1.0, abs=0.05)


def test_the_timeline_goes_on_while_nothing_arrives(line: Line) -> None:
    """After a beep Asterisk only listens: what was heard last must not wait for the next sound."""
    line.brings(1.0)
    line.now += 3.0
    line.hearing.poll()
    assert line.hearing.seconds == pytest.approx(4.0 - GAP, abs=0.01)
    line.now += 1.0
    line.brings(0.1)
    assert line.hearing.seconds == pytest.approx(5.1, abs=0.01)
