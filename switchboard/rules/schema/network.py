"""Lines to the telephone network and what goes out by them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from switchboard.rules.schema.base import Section
from switchboard.rules.values import (
    Address,
    Digits,
    Extension,
    Host,
    Identifier,
    Pattern,
    Registration,
    TrunkNumber,
)


class Outside(Section):
    """Calls to the telephone network."""

    prefix: Digits = Field("9", description="Dialled before an outside number.")
    emergency: list[Digits] = Field(
        default_factory=lambda: ["110", "119", "120", "122"],
        min_length=1,
        description="Go out from every phone, always, without the prefix.",
    )
    classes: dict[Literal["local", "national", "international"], list[Pattern]] = Field(
        default_factory=dict,
        description="Numbers each class adds to those before it, without the prefix: digits, `X` = 0-9, "
        "`Z` = 1-9, `N` = 2-9, `[1-5]` = one of these, `.` at the end = one or more of anything.",
    )
    wider: list[Extension] = Field(
        default_factory=list,
        description="People who are meant to dial more than `defaults.outside`. It permits nothing: `check` "
        "warns of everybody else who may.",
    )


class Trunk(Section):
    """A line to the telephone network. Known by `username` or by `addresses`."""

    numbers: dict[TrunkNumber, Extension] = Field(
        description="What is dialled from outside, as the provider sends it: the extension it means, or the "
        "main number."
    )
    username: Identifier | None = Field(
        None, description="It signs in with this name; `switchboard trunks` shows the password."
    )
    addresses: list[Address] = Field(
        default_factory=list,
        description="It calls from these addresses or networks, which must be nobody else's; "
        "never this machine's own.",
    )
    register_: Registration | None = Field(
        None, alias="register", description="`user@host` we sign in at, where the provider wants it."
    )
    host: Host | None = Field(
        None, description="Where outside calls are sent. Left out: where `register` says, or nowhere."
    )
    outgoing: list[Pattern] = Field(
        default_factory=list, description="Outside numbers it carries, as in `outside.classes`."
    )
    trusted: bool = Field(
        False, description="`true`: callers' numbers are believed (never for the open network)."
    )
