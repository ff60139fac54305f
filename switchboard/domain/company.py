"""The company as the rules describe it: plain, frozen values that every decision reads.

`switchboard.rules` makes one `Rules` from a rules file; nothing else constructs them outside tests.
Numbers of extensions are strings of digits everywhere ("0123" is not 123).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from switchboard.domain.calendar import Calendar

LANGUAGES = ("zh", "en")


class Listing(StrEnum):
    """Who may be told of an entry (A6)."""

    LISTED = "listed"  # anybody
    INTERNAL = "internal"  # callers inside the company only
    UNLISTED = "unlisted"  # never told, spelt or found; reached only by who knows the number


class Class(StrEnum):
    """What an extension may dial outside (A15), each including those before it."""

    NONE = "none"
    LOCAL = "local"
    NATIONAL = "national"
    INTERNATIONAL = "international"


class RingOrder(StrEnum):
    """How the phones of a group ring."""

    ALL = "all"  # together
    IN_TURN = "in_turn"  # one after another, in the order written


@dataclass(frozen=True, slots=True)
class Name:
    """A name in every language the switchboard speaks."""

    zh: str
    en: str

    def __getitem__(self, language: str) -> str:
        return self.en if language == "en" else self.zh


@dataclass(frozen=True, slots=True)
class Extension:
    """What every entry of the directory has. `line` is its line in the rules file (0: unknown)."""

    number: str
    name: Name
    listing: Listing = Listing.LISTED
    line: int = 0


@dataclass(frozen=True, slots=True)
class Person(Extension):
    """Somebody with a phone of their own (one SIP account, several devices) and a mailbox."""

    department: str = ""  # number of a Department, or "" for none
    title: Name | None = None
    outside: Class = Class.NONE
    ring_seconds: int = 25
    mailbox: bool = True
    email: str = ""
    language: str = "zh"  # what their own phone speaks (mailbox, feature codes)
    call_waiting: bool = False  # True: a second call rings while they talk; False: they are busy
    wait_when_busy: bool = False  # A7: callers may wait until the line is free


@dataclass(frozen=True, slots=True)
class Screened(Person):
    """An executive whose callers are asked three questions first (A8). Never rung unscreened.

    `assistant` is rung first, as anybody is. `also` are further phones that ring together with the
    executive's own: extensions, or outside numbers (a mobile) as they are dialled. Callers whose number
    begins with one of `unscreened` come straight through, by a trusted trunk only. `hours` None: always.
    """

    deputy: str = ""  # takes the call when the executive passes it on
    assistant: str = ""
    also: tuple[str, ...] = ()
    unscreened: tuple[str, ...] = ()
    hours: Calendar | None = None


@dataclass(frozen=True, slots=True)
class Principal(Person):
    """An executive reached only through their secretary (A9). The phone is never rung by us.

    `copy_to_secretary`: a message for the principal is put into the secretary's mailbox too.
    """

    secretary: str = ""
    copy_to_secretary: bool = True


@dataclass(frozen=True, slots=True)
class Department(Extension):
    """A ring group with a shared mailbox. No phone registers as one."""

    members: tuple[str, ...] = ()  # numbers of Persons
    ring: RingOrder = RingOrder.ALL
    ring_seconds: int = 25
    mailbox_openers: tuple[str, ...] = ()  # persons who may open the shared mailbox


class OverflowKind(StrEnum):
    """What becomes of a caller whom a queue can't serve."""

    MESSAGE = "message"
    EXTENSION = "extension"


@dataclass(frozen=True, slots=True)
class Overflow:
    """Where a queue sends whom it can't serve."""

    kind: OverflowKind = OverflowKind.MESSAGE
    extension: str = ""


@dataclass(frozen=True, slots=True)
class Valued:
    """Callers who go ahead in a queue: those whose number begins with one of `numbers`."""

    numbers: tuple[str, ...]
    priority: int = 10  # ordinary callers have 0, complaints 5
    line: int = 0


@dataclass(frozen=True, slots=True)
class Queue(Extension):
    """A waiting line with agents (A12). Its messages go to a shared mailbox.

    `overflow` is where a caller goes who waited too long, found it full, or found no agent. A caller may
    ask to be called back instead when `call_back`; `call_agent_first` says who is rung first then.
    """

    members: tuple[str, ...] = ()
    strategy: str = "rrmemory"  # an app_queue strategy
    ring_seconds: int = 20
    wrap_up_seconds: int = 10
    longest_wait_seconds: int = 180
    size: int = 20  # callers waiting at most
    announce_seconds: int = 30  # between two announcements of place and wait; 0 = none
    valued: tuple[Valued, ...] = ()
    overflow: Overflow = Overflow()
    call_back: bool = False
    call_agent_first: bool = True
    pause_reasons: tuple[str, ...] = ()
    mailbox_openers: tuple[str, ...] = ()


class KeyAction(StrEnum):
    """What a single key in the greeting does."""

    LANGUAGE = "language"  # the other language, greeting again
    COMPLAINT = "complaint"  # A11
    ENQUIRY = "enquiry"  # A6
    EXTENSION = "extension"  # straight to a fixed extension


@dataclass(frozen=True, slots=True)
class MenuKey:
    """One key of the greeting."""

    key: str
    action: KeyAction
    extension: str = ""  # with EXTENSION and COMPLAINT: where to
    line: int = 0


@dataclass(frozen=True, slots=True)
class Greeting:
    """The automatic flow's announcement (A5)."""

    announced: tuple[str, ...] = ()  # extensions read out, in order
    keys: tuple[MenuKey, ...] = ()
    tries: int = 3  # wrong entries before the unclear place
    silence_seconds: float = 5.0  # wait for the first digit after the announcement
    digit_seconds: float = 3.0  # wait for each further digit
    line: int = 0


@dataclass(frozen=True, slots=True)
class Desk:
    """The operators' desk in manual mode (A4)."""

    operators: tuple[str, ...] = ()  # who may sign in, in ring order
    ring: RingOrder = RingOrder.ALL
    rings: int = 3  # in total, then the call goes on automatically
    line_seconds: int = 180  # a caller waits that long while all operators talk
    hold_seconds: int = 120  # a caller on hold comes back to the operator after so long
    line: int = 0


@dataclass(frozen=True, slots=True)
class Trunk:
    """Where outside calls come from and go to."""

    name: str
    numbers: Mapping[str, str]  # what the provider dials -> extension or main number
    addresses: tuple[str, ...] = ()  # accepted by address (never loopback)
    username: str = ""  # accepted by credentials; the secret is made at first run
    register: str = ""  # "user@host" we register with, or ""
    host: str = ""  # where our outside calls are sent, or ""
    trusted: bool = False  # its caller numbers may open doors (A8)
    outgoing: tuple[str, ...] = ()  # dial patterns this trunk takes; () = none
    line: int = 0


@dataclass(frozen=True, slots=True)
class FeatureCodes:
    """Codes dialled on a phone inside, or reached by blind transfer. Each is "*" and two digits.

    Those in `ask_pin` (by name) ask for the phone's PIN first. `to_message` and `to_extension` are followed
    by an extension: `*558201` sends a transferred caller to 8201's mailbox.
    """

    voicemail: str = "*97"
    operator_in: str = "*71"
    operator_out: str = "*72"
    manual: str = "*60"
    automatic: str = "*61"
    away: str = "*62"
    schedule: str = "*63"
    hear_mode: str = "*64"
    agent_in: str = "*73"  # then the queue's number; alone: all queues of that person
    agent_out: str = "*74"
    pause: str = "*75"  # then the reason's key
    unpause: str = "*76"
    to_message: str = "*55"  # transfer target: the mailbox of the extension that follows
    to_greeting: str = "*50"  # transfer target: the automatic greeting
    complaint: str = "*57"  # transfer target, or dialled: a complaint, to customer service
    park: str = "*68"  # transfer target: parks the caller and tells the place
    fetch: str = "*69"  # then the place: fetches who is parked there
    pickup: str = "*80"  # then an extension: takes the call that rings there; alone: any in the own group
    ask_pin: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Rules:
    """Everything a decision may know besides the call and the time. One per version in force.

    Compared by identity, so that what is derived from one version can be kept beside it.
    """

    version: str  # e.g. "12-3fa9c1d2": sequence number and content hash
    company: Name
    main_number: str
    extensions: Mapping[str, Extension]
    greeting: Greeting
    unclear: str  # A10: number of the general administration department
    general_head: str  # A8: who a caller may choose when an executive is absent
    complaints: str = ""  # A11: where complaints go
    desk: Desk = Desk()
    default_language: str = "zh"
    time_zone: str = "Asia/Shanghai"
    calendar: Calendar = field(default_factory=Calendar)
    trunks: tuple[Trunk, ...] = ()
    codes: FeatureCodes = FeatureCodes()
    emergency: tuple[str, ...] = ("110", "119", "120", "122")
    outside_patterns: Mapping[Class, tuple[str, ...]] = field(default_factory=dict)
    outside_prefix: str = "9"  # dialled before an outside number; not before emergency ones
    mail_from: str = ""
    ring_cycle_seconds: float = 5.0  # one ring: in China 1 s tone, 4 s pause (A4)
    choice_tries: int = 3
    message_seconds: int = 180  # longest message
    texts: Mapping[str, Name] = field(default_factory=dict)  # prompts the administrator worded anew
    lines: Mapping[str, int] = field(default_factory=dict)  # dotted path in the file -> line

    def line(self, path: str) -> int:
        """The line of `path` in the rules file, or of its nearest ancestor that has one; 0 if none.

        `extensions.8201` is the entry of that number, whatever section of the file it stands in.
        """
        section, _, number = path.partition(".")
        if section == "extensions":
            entry = self.extensions.get(number)
            return entry.line if entry else 0
        while path:
            if path in self.lines:
                return self.lines[path]
            path = path.rpartition(".")[0]
        return 0

    @property
    def operators(self) -> tuple[str, ...]:
        """Extensions that may work as operators."""
        return self.desk.operators

    @cached_property
    def phones(self) -> tuple[Person, ...]:
        """Every entry that has a phone of its own, in the order of the file."""
        return tuple(e for e in self.extensions.values() if isinstance(e, Person))

    @cached_property
    def greeting_keys(self) -> Mapping[str, MenuKey]:
        """The greeting's keys by digit."""
        return {k.key: k for k in self.greeting.keys}

    @cached_property
    def longest_number(self) -> int:
        """Digits of the longest number a caller may dial."""
        return max(len(n) for n in (*self.extensions, self.main_number))

    @cached_property
    def number_prefixes(self) -> frozenset[str]:
        """Every proper prefix of a number a caller may dial."""
        return frozenset(n[:i] for n in (*self.extensions, self.main_number) for i in range(1, len(n)))

    def of_version(self, version: str) -> Rules:
        """The same rules under the version they are kept as."""
        return replace(self, version=version)

    def copies_of(self, number: str) -> tuple[str, ...]:
        """Mailboxes that a message for `number` goes to as well: a principal's secretary's (A9)."""
        entry = self.extensions.get(number)
        secretary = self.extensions.get(entry.secretary) if isinstance(entry, Principal) else None
        wanted = isinstance(entry, Principal) and entry.copy_to_secretary
        return (secretary.number,) if wanted and isinstance(secretary, Person) and secretary.mailbox else ()

    def mailbox_of(self, number: str) -> str:
        """The mailbox that takes messages for `number`: its own, or the unclear place's."""
        entry = self.extensions.get(number)
        if entry is None or (isinstance(entry, Person) and not entry.mailbox):
            return self.unclear
        return number
