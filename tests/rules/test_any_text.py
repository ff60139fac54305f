"""Whatever is in the file: an answer, never a crash, always lines."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from switchboard.rules import load_text

SAMPLE = (Path(__file__).resolve().parents[2] / "routing_rules.yaml").read_text("utf-8")
ROWS = SAMPLE.split("\n")
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "150"))
SCRAPS = st.sampled_from(
    [
        *"\"':{}[]\t\n#|>~%@\0\ud800\u2028🙂：",
        *("- ", "  ", "&a", "*a", "!!x", "? ", "---\n", "8000", "null", "true", "<<: ", "0x1F", "1e999"),
        *("9" * 5000, "\\u0000"),
    ]
)

common = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def examine(content: str | bytes) -> None:
    loaded = load_text(content)
    raw = loaded.content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    assert loaded.ok or loaded.errors
    for problem in loaded.problems:
        assert 1 <= problem.line <= raw.count(b"\n") + 1
        assert problem.message
        assert problem.message.isprintable()
        assert problem.hint.isprintable()
    assert not (loaded.ok and loaded.errors)


@common
@given(st.text(alphabet=st.characters(), max_size=300) | st.lists(SCRAPS, max_size=40).map("".join))
def test_any_text_gets_an_answer(text):
    """Text of any kind."""
    examine(text)


@common
@given(st.binary(max_size=300))
def test_any_bytes_get_an_answer(content):
    """Not even text."""
    examine(content)


@common
@given(st.data())
def test_any_edit_of_the_sample_gets_an_answer(data):
    """Characters put in, taken out, lines moved: as an editor's hand might."""
    text = SAMPLE
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        match data.draw(st.sampled_from(["insert", "delete", "line", "swap"])):
            case "insert":
                text = text[:at] + data.draw(SCRAPS | st.text(max_size=8)) + text[at:]
            case "delete":
                text = text[:at] + text[at + data.draw(st.integers(1, 30)) :]
            case "line":
                row = data.draw(st.sampled_from(ROWS))
                text = text[:at] + "\n" + row + "\n" + text[at:]
            case "swap":
                rows = text.split("\n")
                i = data.draw(st.integers(0, len(rows) - 1))
                rows[i], rows[-1 - i] = rows[-1 - i], rows[i]
                text = "\n".join(rows)
    examine(text)


@common
@given(st.data())
def test_any_value_in_any_place_gets_an_answer(data):
    """Well-formed YAML with wrong things in it."""
    i = data.draw(st.integers(0, len(ROWS) - 1))
    key, colon, _ = ROWS[i].partition(": ")
    value = data.draw(
        st.sampled_from(
            ["", "x", "[]", "{}", "12", '"12"', "-1", "1.5", "true", "[[[]]]", "{a: {b: c}}", '"\\0"', "*x"]
        )
    )
    examine("\n".join([*ROWS[:i], f"{key}{colon}{value}" if colon else value, *ROWS[i + 1 :]]))


@pytest.mark.parametrize("n", range(0, len(SAMPLE), 97))
def test_a_half_written_sample_gets_an_answer(n):
    """Cut off anywhere."""
    examine(SAMPLE[:n])
