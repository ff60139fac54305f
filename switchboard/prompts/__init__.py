"""Texts become speech, speech becomes the sound files that Asterisk plays.

`build` makes what is missing and returns `Sounds`, which tells the files of any phrase. `choose` picks the
voices. Heavy libraries (numpy, soxr, pypinyin) are loaded only while something is being made.
"""

from switchboard.prompts.build import Report, build, build_report
from switchboard.prompts.dictation import dictate
from switchboard.prompts.sounds import Sounds
from switchboard.prompts.speech import Speech, choose

__all__ = ["Report", "Sounds", "Speech", "build", "build_report", "choose", "dictate"]
