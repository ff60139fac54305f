"""Asterisk's call records as a file: torn, rotated, hostile."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from switchboard.storage import cdr as cdr_file
from switchboard.storage.cdr import files, parse, read
from tests.storage.conftest import cdr

VALUES = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r\n\0"), max_size=60)


@given(VALUES, VALUES)
def test_quotes_and_commas_from_outside_stay_in_their_column(src, dst):
    """CSV_QUOTE() doubles quotes; whatever a caller sends, the columns don't move."""
    record = parse(cdr(src=src, dst=dst).encode())
    assert record.disposition == "ANSWERED"
    assert record.linkedid == record.uniqueid


def test_undecodable_bytes_are_replaced():
    """A number in some other encoding is no reason to lose a record."""
    assert parse(cdr(src="XX").encode().replace(b"XX", b"\xff\xfe")).src == "��"


def test_pairs_of_the_hangup_handler_are_read():
    """A pair without = is passed over; a value may hold =."""
    said = parse(cdr(ending="origin=outside;junk;caller=a=b;by=").encode()).said()
    assert said == {"origin": "outside", "caller": "a=b", "by": ""}


@given(st.data())
def test_a_file_torn_anywhere_and_written_on_loses_only_the_torn_record(tmp_path_factory, data):
    """Asterisk killed in mid-line begins the next record right behind it; that one is whole."""
    lines = [cdr(sequence=n, src=f'1,"{n}') for n in range(4)]
    path = tmp_path_factory.mktemp("cdr") / "calls.csv"
    whole = "".join(lines[:3]).encode()
    cut = data.draw(st.integers(0, len(whole)))
    path.write_bytes(whole[:cut] + lines[3].encode())
    found = list(read(path))
    finished = whole[:cut].count(b"\n")
    assert [line.cdr.sequence for line in found if line.cdr] == [*range(finished), 3]
    assert b"".join(line.raw for line in found) == path.read_bytes()
    assert [line.end for line in found[:-1]] == [line.start for line in found[1:]]
    again = list(read(path, found[-2].end)) if len(found) > 1 else found
    assert [line.cdr.sequence for line in again if line.cdr] == [3]


def test_an_unfinished_last_line_waits(tmp_path):
    """It may be Asterisk in the middle of writing."""
    path = tmp_path / "calls.csv"
    path.write_text(cdr() + cdr(sequence=2)[:40])
    assert [line.cdr.sequence for line in read(path) if line.cdr] == [1]


def test_rotated_files_are_found_oldest_first(tmp_path):
    """Packed ones have been followed before they were packed."""
    import os

    for age, name in enumerate(["calls.csv", "calls.csv.0", "calls.csv.1"]):
        (tmp_path / name).write_text(cdr(sequence=age))
        os.utime(tmp_path / name, (1_000_000 - age, 1_000_000 - age))
    (tmp_path / "calls.csv.2.gz").write_bytes(b"\x1f\x8b")
    assert [p.name for p in files(tmp_path / "calls.csv")] == ["calls.csv.1", "calls.csv.0", "calls.csv"]
    assert cdr_file.files(tmp_path / "absent" / "calls.csv") == []
