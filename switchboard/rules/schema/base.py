"""What every section of the file has in common, and the kinds of value that many of them use."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from switchboard.rules.values import Line, Sentence

Seconds = Annotated[int, Field(ge=1, le=3600)]
RingSeconds = Annotated[int, Field(ge=5, le=300)]
OutsideClass = Literal["none", "local", "national", "international"]
Language = Literal["zh", "en"]
Listing = Literal["listed", "internal", "unlisted"]
Order = Literal["all", "in_turn"]


class Section(BaseModel):
    """A part of the file. Keys it doesn't know are mistakes; values are taken as written."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    @classmethod
    def empty(cls) -> Self:
        """The section as it is when left out."""
        return cls.model_validate({})


class Named(Section):
    """A name in both languages: spoken to callers, searched by letters, shown on phones."""

    zh: Line = Field(description="In Chinese; searched by the initials of its pinyin.")
    en: Line = Field(description="In English; searched by its letters.")


class Wording(Section):
    """A phrase in both languages."""

    zh: Sentence = Field(description="What is said in Chinese.")
    en: Sentence = Field(description="What is said in English.")
