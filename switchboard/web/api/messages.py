"""Messages: who has one, hearing it, and what is done about it (A13).

Whoever sees the records of calls sees that there are messages for whom; their words and sound are for those
whom the rules let open the mailbox, and for who typed them.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Literal

from aiohttp import web
from pydantic import AwareDatetime, Field, StringConstraints

from switchboard.domain.callers import LONGEST_NAME, LONGEST_NUMBER
from switchboard.domain.mailboxes import opened_by
from switchboard.domain.roles import Permission
from switchboard.flows.accounts import Account
from switchboard.flows.message_ports import Deposit, Message, MessageRefused, Wanted
from switchboard.flows.messages import LONGEST_OUTCOME, LONGEST_TEXT
from switchboard.flows.placing import PlacingRefused
from switchboard.web.answers import Refused
from switchboard.web.api.declaring import Asked, Media, Operations, Told
from switchboard.web.api.kinds import PLAIN
from switchboard.web.language import language_of, t
from switchboard.web.parts import PARTS, USER
from switchboard.web.trail import audit

operations = Operations("messages")

MessageId = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z*#_-]{3,100}$")]
Number = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,10}$")]
StateWord = Literal["new", "heard", "handled"]
Sound = Annotated[web.StreamResponse, Media("audio/wav")]

STATUS = {
    "unknown": 404,
    "not_allowed": 403,
    "unknown_mailbox": 422,
    "empty": 422,
    "too_long": 422,
    "bad_number": 422,
    "pbx_down": 503,
}
"""HTTP's word for each refusal; 409 for those that are only so at this moment."""


class MessageShown(Told):
    """A message. `opens`: whether who asks may hear and read it; without that `text` is empty."""

    id: str
    mailbox: str
    mailbox_name: str
    call: str = Field(description="Id of the call; empty when it isn't known")
    caller: str
    name: str
    received: AwareDatetime
    seconds: int
    reason: str = Field(description="Why the call came to a message; `operator`: typed at the desk")
    state: StateWord
    opens: bool
    owns: bool = Field(description="Whether it is in a mailbox of theirs, so that hearing it here counts")
    text: str = Field(description="Typed words, instead of spoken ones")
    audio: bool = Field(description="Whether there is sound to be heard")
    author: str = Field(description="Who typed or forwarded it")
    source: str = Field(description="Id of the message it was forwarded from")
    heard: AwareDatetime | None
    heard_by: str = Field(description="Who heard it in the page; empty when it was by phone")
    handled: AwareDatetime | None
    handled_by: str
    outcome: str
    mended: bool = Field(description="Its recording was cut off and made whole")


class ActShown(Told):
    """Something that was done with a message."""

    at: AwareDatetime
    author: str
    act: str
    detail: str


class MessageWhole(MessageShown):
    """A message with its story, and the shape of its sound: how loud each part is, 0 to 100."""

    acts: list[ActShown]
    peaks: list[int]


class MessageList(Told):
    """Messages, newest first. `boxes`: mailboxes that who asks may open."""

    messages: list[MessageShown]
    new: int = Field(description="How many are new in those mailboxes")
    boxes: list[str]


class ListAsked(Asked):
    """Which messages."""

    mailbox: Number | None = None
    state: StateWord | None = None
    person: Annotated[str, StringConstraints(max_length=80, pattern=PLAIN)] = Field(
        default="", description="Letters or digits of the caller's name or number"
    )
    mine: bool = Field(default=False, description="Only those in mailboxes that one may open")
    before: MessageId | None = Field(default=None, description="Older than this one")
    limit: int = Field(default=50, ge=1, le=200)


class Typed(Asked):
    """What an operator writes down for somebody."""

    mailbox: Number
    text: str = Field(min_length=1, max_length=LONGEST_TEXT)
    caller: str = Field(default="", max_length=LONGEST_NUMBER + 8)
    name: str = Field(default="", max_length=LONGEST_NAME)
    call: str = Field(default="", pattern=r"^[A-Za-z0-9_.:-]{0,150}$", description="Id of the call")


class Made(Told):
    """The new message."""

    id: str


class Handled(Asked):
    """What came of it."""

    outcome: str = Field(min_length=1, max_length=LONGEST_OUTCOME)


class Forward(Asked):
    """To whose mailbox."""

    mailbox: Number


class CallBack(Asked):
    """From which phone: one's own, which is also meant when nothing is said."""

    extension: Number | None = None


class PlacedShown(Told):
    """The call that is being placed; its id in the records."""

    call: str


@operations.get("/messages", "Messages, newest first", needs=Permission.MESSAGES)
async def list_messages(request: web.Request, query: ListAsked) -> MessageList:
    """Who sees recorded calls sees all of them; others those in mailboxes they may open."""
    parts, account = request.app[PARTS], request[USER]
    boxes = opened_by(parts.rules(), account.extension)
    seen: tuple[str, ...] | None = boxes if query.mine or not account.may(Permission.CALLS) else None
    if query.mailbox is not None:
        seen = (query.mailbox,) if seen is None or query.mailbox in seen else ()
    wanted = Wanted(
        mailboxes=seen,
        states=(query.state,) if query.state else (),
        text=query.person.strip(),
        before=query.before or "",
        limit=query.limit,
    )
    found = await parts.messages.listed(wanted)
    return MessageList(
        messages=[shown(request, message) for message in found],
        new=await parts.messages.new(boxes),
        boxes=list(boxes),
    )


@operations.get("/messages/{message}", "One message", needs=Permission.MESSAGES, errors=(403,))
async def show_message(request: web.Request, message: MessageId) -> MessageWhole:
    """With what was done about it, and a picture of its sound for those who may hear it."""
    found = await _seen(request, message)
    parts = request.app[PARTS]
    told = shown(request, found)
    acts = [ActShown(**act) for act in await parts.messages.acts(found.id)]
    peaks = await parts.messages.shape(found) if told.opens and told.audio else []
    return MessageWhole(**told.model_dump(), acts=acts, peaks=peaks)


@operations.get("/messages/{message}/audio", "Its sound", needs=Permission.MESSAGES, errors=(403, 409))
async def hear_message(request: web.Request, message: MessageId) -> Sound:
    """WAV, in ranges when asked so. That somebody listened is kept."""
    found = await _to_open(request, message)
    path = Path(found.file)
    if not found.file or not await asyncio.to_thread(path.is_file):
        raise _refused(request, MessageRefused("no_sound", "it has no sound"))
    if _from_the_start(request):
        await audit(request, "message.listen", found.id)
        await request.app[PARTS].messages.listened(found, request[USER].author)
    return web.FileResponse(path, headers={"Content-Type": "audio/wav", "Content-Disposition": "inline"})


@operations.post("/messages", "Write a message down for somebody", needs=Permission.MESSAGES, status=201)
async def type_message(request: web.Request, body: Typed) -> Made:
    """It lies in the mailbox as any other: the phone's lamp is lit, and by phone it is read out."""
    author = request[USER].author
    try:
        id_ = await request.app[PARTS].messages.typed(
            body.mailbox, body.caller, body.name, body.text, author, body.call
        )
    except MessageRefused as refused:
        raise _refused(request, refused) from refused
    await audit(request, "message.type", id_)
    return Made(id=id_)


@operations.post("/messages/{message}/heard", "It was heard or read", needs=Permission.MESSAGES)
async def mark_heard(request: web.Request, message: MessageId) -> None:
    """By its owner, or one of its mailbox's openers: the lamp goes out, unless others are new."""
    found = await _to_open(request, message)
    if not request.app[PARTS].messages.owns(found, request[USER].extension):
        raise _refused(request, MessageRefused("not_allowed", "not theirs"))
    await request.app[PARTS].messages.heard(found, request[USER].author)


@operations.post("/messages/{message}/handled", "It is seen to", needs=Permission.MESSAGES, errors=(403, 409))
async def mark_handled(request: web.Request, message: MessageId, body: Handled) -> None:
    """With what came of it; the first to say so counts."""
    found = await _to_open(request, message)
    try:
        await request.app[PARTS].messages.handled(found, body.outcome, request[USER].author)
    except MessageRefused as refused:
        raise _refused(request, refused) from refused
    await audit(request, "message.handle", found.id, {"outcome": body.outcome})


@operations.post(
    "/messages/{message}/forward",
    "Put a copy into another mailbox",
    needs=Permission.MESSAGES,
    status=201,
    errors=(403, 409),
)
async def forward_message(request: web.Request, message: MessageId, body: Forward) -> Made:
    """Once for each mailbox."""
    found = await _to_open(request, message)
    try:
        id_ = await request.app[PARTS].messages.forward(found, body.mailbox, request[USER].author)
    except MessageRefused as refused:
        raise _refused(request, refused) from refused
    await audit(request, "message.forward", found.id, {"mailbox": body.mailbox})
    return Made(id=id_)


@operations.post(
    "/messages/{message}/call-back",
    "Call back: one's own phone rings, then the caller's",
    needs=Permission.MESSAGES,
    status=202,
    errors=(403, 409),
)
async def call_back(request: web.Request, message: MessageId, body: CallBack) -> PlacedShown:
    """It may dial what that phone may dial. Ordered at most once."""
    parts, account = request.app[PARTS], request[USER]
    found = await _seen(request, message)
    if body.extension is not None and body.extension != account.extension:
        raise Refused(403, "not_allowed", t(request, "messages.refused.not_your_phone"))
    try:
        placed = await parts.placing.place(account.extension, found.caller, account.author, found.id)
    except PlacingRefused as refused:
        raise _refused(request, refused) from refused
    await parts.messages.called_back(found, account.author, found.caller)
    await audit(request, "message.call-back", found.id, {"number": found.caller, "call": placed.call})
    return PlacedShown(call=placed.call)


def shown(request: web.Request, message: Message) -> MessageShown:
    """A message as whoever asks may see it."""
    parts, account = request.app[PARTS], request[USER]
    entry = parts.rules().extensions.get(message.mailbox)
    opens = _opens(request, account, message)
    return MessageShown(
        id=message.id,
        mailbox=message.mailbox,
        mailbox_name=entry.name[language_of(request)] if entry else "",
        call=message.call,
        caller=message.caller,
        name=message.name,
        received=message.received,
        seconds=message.seconds,
        reason=message.reason,
        state=message.state,  # type: ignore[arg-type]
        opens=opens,
        owns=parts.messages.owns(message, account.extension),
        text=message.text if opens else "",
        audio=bool(message.file) and message.deposit not in (Deposit.WAITING, Deposit.FAILED),
        author=message.author,
        source=message.source,
        heard=message.heard,
        heard_by=message.heard_by,
        handled=message.handled,
        handled_by=message.handled_by,
        outcome=message.outcome,
        mended=message.mended,
    )


def _opens(request: web.Request, account: Account, message: Message) -> bool:
    return request.app[PARTS].messages.opens(message, account.extension, account.author)


async def _seen(request: web.Request, id_: str) -> Message:
    """A message that who asks may at least know of. Raises Refused: for others it doesn't exist."""
    account = request[USER]
    try:
        found = await request.app[PARTS].messages.find(id_)
    except MessageRefused as refused:
        raise _refused(request, refused) from refused
    if not account.may(Permission.CALLS) and not _opens(request, account, found):
        raise _refused(request, MessageRefused("unknown", "not for you"))
    return found


async def _to_open(request: web.Request, id_: str) -> Message:
    """A message that who asks may hear and work on. Raises Refused."""
    found = await _seen(request, id_)
    if not _opens(request, request[USER], found):
        await audit(request, "message.refused", found.id)
        raise _refused(request, MessageRefused("not_allowed", "not yours"))
    return found


def _from_the_start(request: web.Request) -> bool:
    """Whether sound is asked for from its beginning: a player asks for more of it in later requests."""
    try:
        return request.method == "GET" and not request.http_range.start
    except ValueError:
        return True


def _refused(request: web.Request, error: MessageRefused | PlacingRefused) -> Refused:
    return Refused(STATUS.get(error.code, 409), error.code, t(request, f"messages.refused.{error.code}"))
