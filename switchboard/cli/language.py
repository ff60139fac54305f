"""In which language commands about rules answer: as asked, else as the terminal is set, else in English.

`--help` and mistakes in a command's own options are told in English always.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

import typer


class Language(StrEnum):
    """What can be answered in."""

    ZH = "zh"
    EN = "en"


InLanguage = Annotated[
    Language | None,
    typer.Option("--language", help="Of what is printed. Left out: the terminal's (LANG); else en."),
]


def told(error: Exception, reader: str) -> str:
    """What went wrong, in the reader's language where its words are ours."""
    from switchboard.sentences import Sentence

    said = getattr(error, "said", None)
    return said.in_language(reader) if isinstance(said, Sentence) else str(error)


def language(asked: Language | None, environment: Mapping[str, str] = os.environ) -> str:
    """zh or en. The first of LC_ALL, LC_MESSAGES and LANG that is set decides, as POSIX has it for messages
    (IEEE 1003.1, 8.2)."""
    if asked is not None:
        return asked.value
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    set_to = next((value for name in names if (value := environment.get(name, ""))), "")
    return Language.ZH if set_to.lower().startswith("zh") else Language.EN
