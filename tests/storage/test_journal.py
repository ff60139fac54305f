"""What the journal promises: written is written, and a torn line harms nothing but itself."""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.errors import StorageError
from switchboard.storage import journal
from switchboard.storage.journal import Journal

TEXTS = st.text(st.characters(exclude_categories=()), max_size=40)  # surrogates and NUL included
RECORDS = st.dictionaries(TEXTS, st.one_of(TEXTS, st.integers(-(2**60), 2**60), st.booleans(), st.none()))


def records(folder: Path) -> list[dict]:
    return [line.record for path in journal.files(folder) for line in journal.read(path) if line.record]


@given(st.lists(RECORDS.filter(bool), max_size=8))
def test_whatever_was_appended_is_read_back(tmp_path_factory, written):
    """Any text, from hostile callers too, comes back as it went in, in order."""
    book = Journal(tmp_path_factory.mktemp("journal"))
    for record in written:
        book.append(record)
    assert records(book.folder) == written


@given(st.lists(RECORDS.filter(bool), min_size=1, max_size=6), st.data())
def test_a_journal_torn_anywhere_loses_only_the_torn_line(tmp_path_factory, written, data):
    """Cut the file at any byte, append again: all finished lines before, and everything after, are read."""
    folder = tmp_path_factory.mktemp("journal")
    book = Journal(folder)
    for record in written:
        book.append(record)
    book.close()
    (path,) = journal.files(folder)
    whole = path.read_bytes()
    cut = data.draw(st.integers(0, len(whole)))
    path.write_bytes(whole[:cut])
    after = Journal(folder)
    after.append({"after": 1})
    after.append({"after": 2})
    kept = whole[:cut].count(b"\n")
    # Cut just before a newline, the record itself is whole and the next append gives it its end.
    kept += cut < len(whole) and whole[cut : cut + 1] == b"\n"
    assert records(folder) == [*written[:kept], {"after": 1}, {"after": 2}]


def test_an_unfinished_last_line_is_left_for_later(tmp_path):
    """A reader never takes half a line, and goes on from the offset it was given."""
    path = tmp_path / "2026-11-22.jsonl"
    path.write_bytes(b'{"a":1}\n{"b":2')
    (line,) = journal.read(path)
    assert (line.record, line.end) == ({"a": 1}, 8)
    with path.open("ab") as file:
        file.write(b"}\n")
    assert [line.record for line in journal.read(path, line.end)] == [{"b": 2}]


def test_a_damaged_line_is_shown_as_damaged(tmp_path):
    """The reader tells its caller, with the bytes, so that they can be set aside."""
    path = tmp_path / "2026-11-22.jsonl"
    path.write_bytes(b'{"a":\n[1]\n\xff\xfe\n\n{"b":2}\n' + b"[" * 100_000 + b"\n")
    found = [(line.record, line.raw[:4]) for line in journal.read(path)]
    assert found == [
        (None, b'{"a"'),
        (None, b"[1]\n"),
        (None, b"\xff\xfe\n"),
        ({"b": 2}, b'{"b"'),
        (None, b"[[[["),
    ]


def test_lines_longer_than_a_read_are_whole(tmp_path):
    """The size of a read is no limit to a record."""
    book = Journal(tmp_path)
    long = {"x": "长" * journal.READ_BYTES}
    book.append({"a": 1})
    book.append(long)
    book.append({"b": 2})
    assert records(tmp_path) == [{"a": 1}, long, {"b": 2}]


def test_each_day_has_its_file(tmp_path):
    """Files are named by the day in UTC, so that old days can be put away."""
    now = [86400.0 * 20000]
    book = Journal(tmp_path, clock=lambda: now[0])
    book.append({"n": 1})
    now[0] += 86400
    book.append({"n": 2})
    assert [p.name for p in journal.files(tmp_path)] == ["2024-10-04.jsonl", "2024-10-05.jsonl"]
    assert [r["n"] for r in records(tmp_path)] == [1, 2]


def test_a_file_removed_underneath_is_made_again(tmp_path):
    """Nothing is written into a file that no longer has a name."""
    book = Journal(tmp_path)
    book.append({"n": 1})
    journal.files(tmp_path)[0].unlink()
    book.append({"n": 2})
    assert records(tmp_path) == [{"n": 2}]


def test_what_json_cannot_say_is_a_storage_error(tmp_path):
    """A fault of ours in a record never reaches the call as a TypeError."""
    for value in (object(), float("nan"), {1, 2}):
        with pytest.raises(StorageError):
            Journal(tmp_path).append({"value": value})
    assert records(tmp_path) == []


def test_a_full_disk_is_a_storage_error_and_passes(tmp_path):
    """With no room left append raises; with room again, it writes on, and only the torn record is missing."""
    script = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from switchboard.storage.journal import Journal; from switchboard.errors import StorageError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "book = Journal(Path(sys.argv[1])); failed = 0\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))\n"
        "for n in range(40):\n"
        "    try: book.append({'n': n, 'filling': 'x' * 40})\n"
        "    except StorageError: failed += 1\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)\n"
        "book.append({'n': 100}); print(failed)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True, timeout=60
    )
    failed = int(done.stdout)
    assert failed > 10
    assert [r["n"] for r in records(tmp_path)] == [*range(40 - failed), 100]


def test_an_unwritable_folder_is_a_storage_error(tmp_path):
    """The sentence names the folder."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="file"):
        Journal(tmp_path / "file" / "journal").append({"n": 1})


def test_what_append_returned_from_survives_kill_9(tmp_path):
    """A process killed at any moment leaves every record it had appended, and at most one torn line."""
    script = (
        "import sys; from pathlib import Path; from switchboard.storage.journal import Journal\n"
        "book = Journal(Path(sys.argv[1])); n = 0\n"
        "while True:\n"
        "    book.append({'n': n}); sys.stdout.write(f'{n}\\n'); sys.stdout.flush(); n += 1\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    told = [process.stdout.readline() for _ in range(50)]
    process.send_signal(signal.SIGKILL)
    told += process.stdout.read().splitlines()
    process.wait()
    last = int(told[-1])
    numbers = [r["n"] for r in records(tmp_path)]
    assert numbers[: last + 1] == list(range(last + 1))
    assert len(numbers) <= last + 2


def test_appending_takes_well_below_a_millisecond(tmp_path):
    """No call is held up by its record: the middle of 2,000 appends is below 100 µs."""
    book = Journal(tmp_path)
    record = {
        "at": "2026-11-22T15:00:00+00:00",
        "kind": "step",
        "call": "1.2",
        "n": 3,
        "detail": "请稍等" * 20,
    }
    took = []
    for _ in range(2000):
        before = time.perf_counter()
        book.append(record)
        took.append(time.perf_counter() - before)
    assert statistics.median(took) < 100e-6
    assert os.stat(journal.files(tmp_path)[0]).st_size > 2000 * len(json.dumps(record, ensure_ascii=False))


def test_others_on_the_machine_cannot_read_it(tmp_path):
    """The journal holds callers' numbers."""
    Journal(tmp_path).append({"n": 1})
    assert not journal.files(tmp_path)[0].stat().st_mode & 0o007
