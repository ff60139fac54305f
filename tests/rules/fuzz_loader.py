"""Throws broken rules files at the loader for as long as one likes: `python -m tests.rules.fuzz_loader 600`.

Every content must get an answer: no exception, lines within the file, words that may be printed, and rules
only when there is no error. What breaks that is written to a file and shown. Not a test of the suite, whose
`test_any_text.py` does the same with hypothesis for a few seconds.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from switchboard.rules import Loaded, load_text
from switchboard.rules.differences import differences
from tests.rules.small import SMALL

SAMPLE = (Path(__file__).resolve().parents[2] / "routing_rules.yaml").read_text("utf-8")
SEEDS = (SAMPLE, SMALL)

SCRAPS = [
    *"\"':{}[]()\t\n\r#|>~%@&*!?,-<=_ \0\x7f\x85\ud800\u2028\ufeff\u3000🙂：，“”汉é",
    *("- ", "  ", ": ", "&a ", "*a", "!!python/object:x ", "? ", "---\n", "...\n", "<<: *a", "%YAML 1.1\n"),
    *("null", "~", "true", "no", "0x1F", "1e999", ".inf", ".nan", "-0", "08", "0o17", "1_000", "12:30:45"),
    *("8000", '"8000"', '"*97"', "2026-02-30", "2026-10-01 to 2026-10-07", "24:00", "25:61", "mon-fry"),
    *("[" * 30, "{a: " * 25, "9" * 400, "x" * 5000, "{zh: , en: }", "[]", "{}", "''", '"\\0"', '"\\ud800"'),
]


def broken(chance: random.Random) -> str | bytes:
    """A seed after a few accidents."""
    text = chance.choice(SEEDS)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8, 40))):
        text = _accident(chance, text)
    if chance.random() < 0.1:
        raw = bytearray(text.encode("utf-8", "surrogatepass"))
        for _ in range(chance.randint(1, 5)):
            if raw:
                raw[chance.randrange(len(raw))] = chance.randrange(256)
        return bytes(raw)
    return text


def _accident(chance: random.Random, text: str) -> str:
    at = chance.randint(0, len(text))
    rows = text.split("\n")
    i, j = chance.randrange(len(rows)), chance.randrange(len(rows))
    match chance.randrange(10):
        case 0:
            return text[:at] + chance.choice(SCRAPS) + text[at:]
        case 1:
            return text[:at] + text[at + chance.randint(1, 40) :]
        case 2:
            rows[i], rows[j] = rows[j], rows[i]
        case 3:
            rows.insert(j, rows[i])
        case 4:
            del rows[i]
        case 5:
            rows[i] = " " * chance.randint(0, 6) + rows[i].lstrip()
        case 6:
            key, colon, _ = rows[i].partition(":")
            rows[i] = f"{key}{colon} {chance.choice(SCRAPS)}"
        case 7:
            return text[:at]
        case 8:
            words = rows[i].split(" ")
            words[chance.randrange(len(words))] = chance.choice(SCRAPS)
            rows[i] = " ".join(words)
        case _:
            word = chance.choice(rows[j].split() or [""])
            rows[i] = rows[i].replace(chance.choice(rows[i].split() or ["\0"]), word, 1)
    return "\n".join(rows)


def fault(content: str | bytes) -> str:
    """What is wrong with the loader's answer, "" for nothing."""
    loaded = load_text(content)
    last = loaded.content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n") + 1
    if loaded.ok == bool(loaded.errors):
        return "rules and errors at once, or neither"
    for problem in loaded.problems:
        if not 1 <= problem.line <= last:
            return f"line {problem.line} of {last}"
        if not (problem.message and f"{problem.message}{problem.hint}".isprintable()):
            return f"words that can't be printed: {problem.message!r}"
    return _lines(loaded, last)


def _lines(loaded: Loaded, last: int) -> str:
    if loaded.rules is not None and not all(0 < e.line <= last for e in loaded.rules.extensions.values()):
        return "an entry without its line"
    return ""


def main(seconds: float, seed: int) -> int:
    """Go on for that long. Exit status: 1 as soon as something is found."""
    chance = random.Random(seed)
    counts: Counter[str] = Counter()
    slowest = 0.0
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        content = broken(chance)
        started = time.process_time()
        try:
            found = fault(content)
            if chance.random() < 0.02:
                differences(SMALL, content)
        except Exception as error:  # noqa: BLE001  whatever breaks is what is looked for
            found = repr(error)
        slowest = max(slowest, time.process_time() - started)
        counts["files"] += 1
        if found:
            raw = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
            with tempfile.NamedTemporaryFile("wb", suffix=".yaml", delete=False) as file:
                file.write(raw)
            print(f"{found}\nafter {counts['files']} files, seed {seed}: {file.name}")
            return 1
        counts["put in force"] += load_text(content).ok if counts["files"] % 50 == 0 else 0
    print(f"{counts['files']} broken files in {seconds:g} s, seed {seed}: each got its answer.")
    print(f"about {counts['put in force'] * 50} were right all the same; the slowest took {slowest:.2f} s")
    return 0


if __name__ == "__main__":
    given = dict(enumerate(sys.argv))
    sys.exit(main(float(given.get(1, 60)), int(given.get(2, time.time_ns() % 1_000_000))))
