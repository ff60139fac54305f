"""The picture of a recording: loud where it is loud, and no fault whatever the file holds."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from switchboard.errors import StorageError
from switchboard.storage.waveform import PARTS, shape
from tests.storage.mailbox import wav


def written(folder: Path, samples: list[int]) -> Path:
    """A recording of these samples."""
    path = folder / "sound.wav"
    path.write_bytes(wav(len(samples) / 8000)[:44] + struct.pack(f"<{len(samples)}h", *samples))
    return path


def test_bars_are_as_high_as_the_sound_is_loud(tmp_path: Path) -> None:
    """Silence is 0, full scale is 100 in both directions, in the order of the sound."""
    third = PARTS // 3 * 40
    found = shape(written(tmp_path, [0] * third + [16384] * third + [-32768] * third))
    assert len(found) == PARTS
    assert set(found[: PARTS // 3]) == {0}
    assert set(found[PARTS // 3 : 2 * PARTS // 3]) == {50}
    assert set(found[2 * PARTS // 3 :]) == {100}


def test_a_short_sound_has_few_bars(tmp_path: Path) -> None:
    """No more than it has samples; none when it is empty."""
    assert shape(written(tmp_path, [32767, 0, -1])) == [100, 0, 0]
    assert shape(written(tmp_path, [])) == []


@pytest.mark.parametrize("content", [b"", b"RIFF", b"\0" * 4000, b"<html>" * 100])
def test_what_is_no_sound_has_no_shape(tmp_path: Path, content: bytes) -> None:
    """Nothing to draw, and nothing breaks."""
    path = tmp_path / "odd.wav"
    path.write_bytes(content)
    assert shape(path) == []


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """The message is shown without a picture, and the log says why."""
    with pytest.raises(StorageError):
        shape(tmp_path / "gone.wav")
