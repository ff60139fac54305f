"""The whole file: its sections in the order people read them."""

from __future__ import annotations

from pydantic import Field

from switchboard.rules.schema.answering import Codes, Greeting, Messages, Operators
from switchboard.rules.schema.base import Language, Named, Section, Wording
from switchboard.rules.schema.directory import Defaults, Department, Executive, Person, Queue
from switchboard.rules.schema.network import Outside, Trunk
from switchboard.rules.schema.times import Hours
from switchboard.rules.values import Extension, Identifier, TimeZone


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
