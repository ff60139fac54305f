"""The words shared by dialplan files, AGI sessions and records: one place for all of them.

`tests/test_dialplan_words.py` holds `dialplan/*.conf` and the rendered files against this module.
"""

from __future__ import annotations

from enum import StrEnum


class Context(StrEnum):
    """Dialplan contexts. Where a call may stand decides what it can dial."""

    FROM_TRUNK = "from-trunk"  # outside callers: the switchboard and nothing else; one more for each
    # trunk, "from-trunk-<name>", knows its numbers
    FROM_CALL_US = "from-call-us"  # the test caller in an administrator's page: the main number alone
    FROM_PHONE = "from-phone"  # our own phones: extensions, codes, emergency; "from-phone-<class>" for
    # those that may dial outside, each with an "outside-<class>"
    INSIDE = "inside"  # what those share: who asks, refusals, mailboxes
    CODES = "codes"  # feature codes of our own phones
    RETIRED = "retired"  # phones of earlier rules: nothing new begins there
    SWITCHBOARD = "switchboard"  # the executor: step, verb, step
    FALLBACK = "fallback"  # greeting, extensions and messages without a controller
    FALLBACK_MENU = "fallback-menu"  # what a caller may press there
    EXTENSIONS = "extensions"  # one rendered entry per extension, without a controller
    LAMPS = "lamps"  # what a phone's lamps subscribe to: extensions in use
    REACH = "reach"  # Gosubs behind EXTENSIONS: person, group, principal, message
    AGENT = "agent"  # Local legs from a queue to its agents
    EMERGENCY = "emergency"
    OUTSIDE = "outside"  # rendered: who may dial what outside; "line-<trunk>": what each trunk takes
    CALL_BACK = "call-back"  # both halves of a call that a caller asked for
    PLACED = "placed"  # a call that somebody had placed for their own phone
    SCREENED_LEG = "screened-leg"  # one of an executive's phones: answers only after a yes
    SCREENED_OUTSIDE = "screened-outside"  # rendered: telephones outside that an executive named
    SCREEN_ASK = "screen-ask"  # runs on that phone: who calls, and the question
    SCREEN_OVER = "screen-over"  # lets phones go that still listen
    CONSULT = "consult"  # an operator's leg that asks somebody about a held caller
    CONSULT_LEG = "consult-leg"  # calls an operator's phone for that
    PARKING = "parking"  # park, fetch, pick up
    PARK_TOLD = "park-told"  # tells who parked a caller where
    PICKUP_GROUPS = "pickup-groups"
    PICKUP_MEMBERS = "pickup-members"
    ENDING = "ending"  # hangup handler: leaves the result in the call record


class Route(StrEnum):
    """AGI routes: agi://host:port/<route>."""

    STEP = "step"


class Var(StrEnum):
    """Channel variables between controller and dialplan."""

    STATE = "SB_STATE"  # domain.call.Call, packed
    OUTCOME = "SB_OUTCOME"  # what the last verb came to, see `Outcome words` in agi/wording
    DONE = "SB_DONE"  # "1" only when the controller finished its step
    VERB = "SB_VERB"  # what the dialplan is to run next: `Verb`
    ORIGIN = "SB_ORIGIN"  # outside | inside
    TRUNK = "SB_TRUNK"  # name of the trunk the call came by
    DIALLED = "SB_DIALLED"  # what the caller dialled
    PHONES = "SB_PHONES"  # extensions to ring, joined by &, each with a `w`: ring even if in use
    SECONDS = "SB_SECONDS"  # how long the verb may take
    FOR = "SB_FOR"  # extension the caller wanted
    MAILBOX = "SB_MAILBOX"
    COPIES = "SB_COPIES"  # further mailboxes as VoiceMail() wants them: &8890@sb
    REASON = "SB_REASON"  # MessageReason
    QUEUE = "SB_QUEUE"
    PRIORITY = "SB_PRIORITY"  # place among a queue's callers: higher goes ahead
    NUMBER = "SB_NUMBER"  # outside: where a caller is called back, or sent to
    BY = "SB_BY"  # the phone whose permission to dial outside counts
    CLIPS = "SB_CLIPS"  # folder of the caller's recorded answers
    RING = "SB_RING"  # how long an executive's phones ring, without the time to decide
    ASKER = "SB_ASKER"  # the phone inside that asks for the connection
    BACK = "SB_BACK"  # the phone that transferred the caller; "" when nobody did
    LEG = "SB_LEG"  # the channel to connect with
    WITH = "SB_WITH"  # whose it is


class Global(StrEnum):
    """Global variables, rendered into extensions.conf."""

    RULES = "SB_RULES"  # version of the rules that the dialplan was rendered from
    AGI = "SB_AGI"  # agi://host:port of the controller


EXECUTOR_OWN = (
    "SB_RETRIED",
    "SB_WAITS",
    "SB_TO",
    "SB_LEFT",
    "SB_ONE",
    "SB_CALLER",
    "SB_PLACE",
    "SB_LINE",
    "SB_CONSULT",
)
"""Variables that the executor keeps for itself."""

UNAIDED_OWN = ("SB_FALLBACK", "SB_TRIES", "SB_ROUNDS", "SB_QUESTION")
"""Variables of calls without the controller: "1" in the fallback;
entries at this question; all entries; sounds of the question."""

SAY_PREFIX = "SAY_"
"""Globals SAY_<language>_<prompt>: sound files of a prompt joined by &, "-" written "_"."""

QUEUE_NAME_PREFIX = "QUEUE_NAME_"
"""Globals QUEUE_NAME_<number>: the queue's name, as its agents' phones show it."""

MODE_KEY = "switchboard/mode"
"""Asterisk's own database: the mode last in force. "manual": the fallback rings operators first."""


class Verb(StrEnum):
    """What the executor can run: one extension of context `switchboard` each."""

    DIAL = "dial"
    SERIAL = "serial"
    OUTSIDE = "outside"
    CONNECT = "connect"
    PARK = "park"
    SCREEN = "screen"
    ENQUEUE = "enqueue"
    WAIT = "wait"
    MESSAGE = "message"
    HANGUP = "hangup"
    REFUSE = "refuse"


DEAD_MAN_SECONDS = 4
"""The dead-man's switch: armed by the dialplan before a step, re-armed by the controller to the longest
run of each command plus this many seconds."""

VOICEMAIL_CONTEXT = "sb"

MODE_DEVICE = "Custom:switchboard-mode"
"""Device state behind the lamp: INUSE = manual mode."""

MODE_FAMILY, MODE_KEY = "switchboard", "mode"
"""Where the fallback finds the last mode in Asterisk's own database."""

ENDPOINT_TRUNK_PREFIX = "trunk-"
"""PJSIP endpoints: a phone's is its extension ("8201"), a trunk's is "trunk-<name>"."""

ENDPOINT_PAGE_SUFFIX = "-web"
"""The phone in a person's page: "8201-web". Everywhere but in Asterisk it is that person's phone, 8201."""

ENDPOINT_CALL_US = "call-us"
"""The test caller in an administrator's page: a caller from outside."""

CALL_HEADER = "X-Switchboard-Call"
"""SIP header that tells a phone in a page which call rings it."""


def extension_of(endpoint: str) -> str:
    """Whose phone an endpoint is: "8201" for "8201" and "8201-web"; others' names are as they are."""
    owner = endpoint.removesuffix(ENDPOINT_PAGE_SUFFIX)
    return owner if owner.isascii() and owner.isdigit() else endpoint


CDR_FILE = "calls.csv"
"""In <log dir>/cdr-custom/. One line per CDR, columns as below, values quoted by CSV_QUOTE()."""

CDR_COLUMNS: tuple[tuple[str, str], ...] = (
    ("linkedid", "${CDR(linkedid)}"),
    ("uniqueid", "${CDR(uniqueid)}"),
    ("sequence", "${CDR(sequence)}"),
    ("channel", "${CDR(channel)}"),
    ("dstchannel", "${CDR(dstchannel)}"),
    ("src", "${CDR(src)}"),
    ("dst", "${CDR(dst)}"),
    ("dcontext", "${CDR(dcontext)}"),
    ("lastapp", "${CDR(lastapp)}"),
    ("start", "${CDR(start,u)}"),  # epoch seconds
    ("answer", "${CDR(answer,u)}"),
    ("end", "${CDR(end,u)}"),
    ("duration", "${CDR(duration,f)}"),
    ("billsec", "${CDR(billsec,f)}"),
    ("disposition", "${CDR(disposition)}"),
    ("ending", "${CDR(sb_ending)}"),  # set by context `ending`: key=value pairs joined by ;
)

ENDING_KEYS = (
    "origin",
    "trunk",
    "dialled",
    "caller",
    "verb",
    "status",
    "by",
    "talked",
    "mailbox",
    "fallback",
)
"""Keys of the CDR column `ending`: origin, trunk, dialled, caller as in `Var`; the last verb and its status
(DIALSTATUS, QUEUESTATUS, VMSTATUS); by = extension that answered; talked = seconds in conversation;
mailbox = where a message went; fallback = 1 when the call left the controller's hands."""
