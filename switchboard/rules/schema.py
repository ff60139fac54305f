"""The shape of `routing_rules.yaml`: every key, what it means, what it may be.

`docs/rules.md` is made from the descriptions here. This is the file people write; the decisions read
`switchboard.domain.company`, and `compiling` makes one from the other.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from switchboard.domain.company import FeatureCodes
from switchboard.rules.values import (
    Address,
    ClockTime,
    Code,
    Days,
    Digits,
    Email,
    Extension,
    Host,
    Identifier,
    Key,
    KeyMeaning,
    Line,
    Pattern,
    Registration,
    Sentence,
    TimeZone,
    TrunkNumber,
)

Seconds = Annotated[int, Field(ge=1, le=3600)]
RingSeconds = Annotated[int, Field(ge=5, le=300)]
OutsideClass = Literal["none", "local", "national", "international"]
Language = Literal["zh", "en"]
Listing = Literal["listed", "internal", "unlisted"]
Strategy = Literal["ringall", "rrmemory", "leastrecent", "fewestcalls", "random", "linear"]

_CODES = FeatureCodes()


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


class Greeting(Section):
    """What a caller hears first, and what single keys do meanwhile."""

    announce: list[Extension] | None = Field(
        None, description="Numbers read out, in this order. Left out: every listed department and queue."
    )
    keys: dict[Key, KeyMeaning] = Field(
        default_factory=dict,
        description="What one key does: `language` (the other language), `enquiry` (find somebody by name), "
        "`complaint` (to `complaints`), or an extension, in quotes.",
    )
    tries: Annotated[int, Field(ge=1, le=10)] = Field(
        3, description="Wrong or missing entries before the call goes to `unclear`."
    )
    silence: Annotated[float, Field(ge=1, le=60)] = Field(
        5.0, description="Seconds to wait for the first digit once everything is said."
    )
    between_digits: Annotated[float, Field(ge=1, le=20)] = Field(
        3.0, description="Seconds to wait for each further digit."
    )


class Operators(Section):
    """Who works the switchboard."""

    people: list[Extension] = Field(
        default_factory=list, description="Extensions of `people` who may sign in as operators."
    )
    ring: Literal["all", "in_turn"] = Field(
        "all", description="In manual mode: `all` together, or `in_turn`, in the order of `people`."
    )
    rings: Annotated[int, Field(ge=1, le=20)] = Field(
        3, description="Rings within which one answers; then the call goes on automatically."
    )
    longest_wait: Seconds = Field(
        180, description="Seconds a caller waits while all operators talk; then it goes on automatically."
    )
    ring_cycle: Annotated[float, Field(ge=2, le=10)] = Field(
        5.0, description="Seconds one ring lasts, tone and pause: 5 in China."
    )


class Span(Section):
    """One span of working time."""

    days: Days = Field(description="`mon-fri`, `sat`, or several: `mon, wed, fri`.")
    opens: ClockTime = Field(alias="from", description="Begin, `HH:MM`.")
    closes: ClockTime = Field(
        alias="to", description="End, `HH:MM`, later than the begin; `24:00` is midnight."
    )


class Hours(Section):
    """When the company works."""

    weekly: list[Span] = Field(default_factory=list, description="Spans of an ordinary week.")


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

    ring: Literal["all", "in_turn"] = Field(
        "all", description="`all` together, or `in_turn`, one after another."
    )
    ring_for: RingSeconds | None = Field(
        None, description="Seconds it rings; with `in_turn`, each phone. Left out: `defaults.ring_for`."
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
    longest_wait: Seconds = Field(180, description="Seconds a caller waits before leaving a message.")
    size: Annotated[int, Field(ge=1, le=1000)] = Field(20, description="Callers who may wait at once.")


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


class Executive(Person):
    """Somebody whose phone no caller rings directly: either `screening` or `secretary`."""

    screening: Screening | None = Field(None, description="Callers are screened first.")
    secretary: Extension | None = Field(
        None, description="Callers reach this person instead, who alone puts calls through."
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


class Codes(Section):
    """Codes dialled on a phone inside: `*` and two digits, in quotes."""

    voicemail: Code = Field(_CODES.voicemail, description="One's own mailbox.")
    operator_in: Code = Field(_CODES.operator_in, description="Sign in as operator.")
    operator_out: Code = Field(_CODES.operator_out, description="Sign out.")
    manual: Code = Field(_CODES.manual, description="Operators answer; its lamp shows the mode.")
    automatic: Code = Field(_CODES.automatic, description="The machine answers.")
    away: Code = Field(_CODES.away, description="Away for a while: then minutes and `#`.")
    schedule: Code = Field(_CODES.schedule, description="Back to the schedule.")
    hear_mode: Code = Field(_CODES.hear_mode, description="Hear the mode.")


class Messages(Section):
    """What callers leave."""

    longest: Annotated[int, Field(ge=10, le=1800)] = Field(180, description="Seconds a message may last.")
    choice_tries: Annotated[int, Field(ge=1, le=10)] = Field(
        3, description="How often the choice of message or other extension is offered."
    )
    mail_from: Email | None = Field(None, description="Sender of mails with messages.")


class RulesFile(Section):
    """The whole file."""

    company: Named = Field(description="The company's name, as the greeting says it.")
    main_number: Extension = Field(description="The number everybody dials.")
    language: Language = Field("zh", description="What callers hear first.")
    time_zone: TimeZone = Field("Asia/Shanghai", description="An IANA name such as `Asia/Shanghai`.")
    greeting: Greeting = Field(default_factory=Greeting.empty, description="The announcement.")
    unclear: Extension = Field(
        description="Department for callers who don't say whom they want, and for messages without a mailbox."
    )
    general_head: Extension = Field(
        description="Person offered to callers an executive doesn't take: the head of general administration."
    )
    complaints: Extension | None = Field(None, description="Queue or department for complaints.")
    operators: Operators = Field(default_factory=Operators.empty, description="Who works the switchboard.")
    hours: Hours = Field(default_factory=Hours.empty, description="Working time.")
    defaults: Defaults = Field(
        default_factory=Defaults.empty, description="What holds unless an entry says otherwise."
    )
    departments: dict[Extension, Department] = Field(description="Departments by number.")
    queues: dict[Extension, Queue] = Field(default_factory=dict, description="Queues by number.")
    executives: dict[Extension, Executive] = Field(
        default_factory=dict, description="Protected people by number."
    )
    people: dict[Extension, Person] = Field(description="Everybody else by number.")
    outside: Outside = Field(default_factory=Outside.empty, description="Dialling out.")
    trunks: dict[Identifier, Trunk] = Field(
        default_factory=dict, description="Lines to the telephone network, by a name of your choice."
    )
    codes: Codes = Field(default_factory=Codes.empty, description="Feature codes.")
    messages: Messages = Field(default_factory=Messages.empty, description="Messages.")
    texts: dict[str, Wording] = Field(
        default_factory=dict,
        description="Phrases worded anew, by their key in `prompts/zh.yaml`. Placeholders as there.",
    )


DIRECTORY = ("departments", "queues", "executives", "people")
"""Sections whose keys are extensions; one number may stand in only one of them."""
