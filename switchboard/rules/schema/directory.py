"""Who can be reached: departments, queues, executives, people."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from switchboard.rules.schema.base import (
    Language,
    Listing,
    Named,
    Order,
    OutsideClass,
    RingSeconds,
    Seconds,
    Section,
)
from switchboard.rules.schema.times import Span
from switchboard.rules.values import CallerNumber, Email, Extension, Line, OverflowTo, Phone

Strategy = Literal["ringall", "rrmemory", "leastrecent", "fewestcalls", "random", "linear"]


class Defaults(Section):
    """What holds for every entry that doesn't say otherwise."""

    ring_for: RingSeconds = Field(25, description="Seconds a phone rings.")
    outside: OutsideClass = Field("none", description="What a person may dial outside.")
    listing: Listing = Field("listed", description="Who may be told of a person.")
    language: Language | None = Field(
        None, description="What a person's own phone speaks. Left out: `language`."
    )


class Entry(Section):
    """What every extension has."""

    name: Named = Field(description="The name, in both languages.")


class Team(Entry):
    """What departments and queues have in common."""

    listing: Listing = Field(
        "listed",
        description="`listed`: anybody may be told; `internal`: colleagues; `unlisted`: nobody.",
    )
    members: list[Extension] | None = Field(
        None,
        description="People who are rung, in this order. Left out: everybody whose `department` this is.",
    )
    mailbox_openers: list[Extension] | None = Field(
        None, description="People who may hear its messages. Left out: its members."
    )


class Department(Team):
    """A ring group with a shared mailbox. No phone registers as one."""

    ring: Order = Field("all", description="`all` together, or `in_turn`, one after another.")
    ring_for: RingSeconds | None = Field(
        None, description="Seconds it rings; with `in_turn`, each phone. Left out: `defaults.ring_for`."
    )


class Valued(Section):
    """Callers who go ahead of the others."""

    numbers: list[CallerNumber] = Field(
        min_length=1,
        description='Their numbers as the provider sends them, or how these begin: `"139"` is everybody '
        "with 139.",
    )
    priority: Annotated[int, Field(ge=1, le=100)] = Field(
        10, description="Higher goes first. Ordinary callers have 0, complaints 5."
    )


class Queue(Team):
    """A line of callers who wait for the next free member."""

    strategy: Strategy = Field(
        "rrmemory",
        description="Who is rung: `ringall`; `rrmemory`, in turn after the last one rung; `leastrecent`, "
        "who has been idle longest; `fewestcalls`; `random`; `linear`, always from the first.",
    )
    ring_for: RingSeconds = Field(20, description="Seconds one member is rung before the next.")
    wrap_up: Annotated[int, Field(ge=0, le=3600)] = Field(10, description="Seconds of rest after each call.")
    longest_wait: Seconds = Field(180, description="Seconds a caller waits; then `overflow`.")
    size: Annotated[int, Field(ge=1, le=1000)] = Field(20, description="Callers who may wait at once.")
    announce: Annotated[int, Field(ge=0, le=600)] = Field(
        30, description="Seconds between two announcements of place and wait. `0`: none."
    )
    valued: list[Valued] = Field(default_factory=list, description="Callers who go ahead.")
    overflow: OverflowTo = Field(
        "message",
        description="Where callers go who waited too long, found it full, or found nobody: `message`, or an "
        "extension, in quotes.",
    )
    call_back: bool = Field(
        False, description="`true`: callers may ask to be called back, keeping their place in line."
    )
    call_first: Literal["agent", "caller"] = Field(
        "agent", description="Who is rung first when a caller is called back."
    )
    pause_reasons: list[Line] = Field(
        default_factory=list,
        max_length=9,
        description="Why an agent may pause, in the order of the digits that follow `codes.pause`.",
    )


class Person(Entry):
    """Somebody with a phone account of their own (several devices) and a mailbox."""

    title: Named | None = Field(None, description="What they are, in both languages.")
    department: Extension | None = Field(None, description="Number of their department or queue.")
    listing: Listing | None = Field(
        None,
        description="`listed`: anybody may be told; `internal`: colleagues; `unlisted`: nobody, who knows "
        "the number can dial it. Left out: `defaults.listing`.",
    )
    outside: OutsideClass | None = Field(
        None,
        description="What they may dial outside, each including those before: `none`, `local`, `national`, "
        "`international`. Emergency numbers always. Left out: `defaults.outside`.",
    )
    ring_for: RingSeconds | None = Field(
        None, description="Seconds their phone rings. Left out: `defaults.ring_for`."
    )
    mailbox: bool = Field(True, description="`false`: their messages go to `unclear`.")
    email: Email | None = Field(None, description="Where their messages are sent as well.")
    language: Language | None = Field(
        None, description="What their own phone speaks. Left out: `defaults.language`."
    )
    call_waiting: bool = Field(False, description="`true`: a second call rings while they talk.")
    wait_when_busy: bool = Field(False, description="`true`: callers may wait until the line is free.")


class Screening(Section):
    """Callers are asked for name, organization and purpose before the executive is."""

    deputy: Extension | None = Field(None, description="Who takes calls the executive passes on.")
    assistant: Extension | None = Field(
        None, description="Who is rung first, and takes the call or lets it go on to the executive."
    )
    also: list[Phone] = Field(
        default_factory=list,
        description="Phones that ring together with the executive's own: extensions, or outside numbers such "
        "as a mobile, without `outside.prefix`.",
    )
    unscreened: list[CallerNumber] = Field(
        default_factory=list,
        description="Callers who come straight through, if they come by a trunk with `trusted: true`: "
        "numbers as the provider sends them, or how these begin.",
    )
    hours: list[Span] | None = Field(
        None,
        description="When the executive takes calls at all; at other times callers are told they aren't "
        "available. Left out: always.",
    )


class Executive(Person):
    """Somebody whose phone no caller rings directly: either `screening` or `secretary`."""

    screening: Screening | None = Field(None, description="Callers are screened first.")
    secretary: Extension | None = Field(
        None, description="Callers reach this person instead, who alone puts calls through."
    )
    copy_to_secretary: bool | None = Field(
        None, description="Whether the secretary gets a copy of their messages. Left out: yes."
    )
