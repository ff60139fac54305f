"""Speaks what switchboards of the live tests say, once, into the cache: many that start at once find it made.

`python -m tests.live.voices`, before tests are spread over processes.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from switchboard.pbx import programs
from switchboard.publisher import Workshop
from switchboard.rules import load_text
from switchboard.settings import Settings
from tests.live.house import shorter_rules
from tests.live.ports import settings_of


def main() -> None:
    """Speak the sample rules' prompts as fast as the tests have them spoken."""
    with tempfile.TemporaryDirectory(prefix="sb-voices-") as name:
        settings = Settings.load(os.environ | settings_of(Path(name), base=12000))
        rules = load_text(shorter_rules(), "the tests' rules").rules
        assert rules is not None, "the tests' rules are wrong"
        Workshop.of(settings, programs.obtain(settings, print, programs.FOR_TESTS)).speak(rules)


if __name__ == "__main__":
    main()
