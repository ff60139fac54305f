"""What we ask Asterisk for, typed. Each function says which account may ask it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from switchboard.ami.gateway import Gateway
from switchboard.ami.wire import Message
from switchboard.dialplan import extension_of
from switchboard.errors import AmiRefused

_MODULE = re.compile(r"[a-z][a-z0-9_]*(\.so)?", re.ASCII)
_MAILBOX = re.compile(r"[0-9A-Za-z_-]{1,40}", re.ASCII)
_ENDPOINT = re.compile(r"PJSIP/([A-Za-z0-9_-]+)", re.ASCII)

RELOAD_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class ChannelSeen:
    """A channel, from CoreShowChannels or an event. `state` is Asterisk's word: Down, Ring, Ringing, Up."""

    name: str
    unique_id: str
    linked_id: str
    state: str
    caller: str
    caller_name: str
    exten: str
    application: str = ""
    bridge: str = ""
    seconds: int = 0

    @staticmethod
    def of(event: Message) -> ChannelSeen:
        """From an event that carries a channel's snapshot."""
        return ChannelSeen(
            name=event.text("Channel"),
            unique_id=event.text("Uniqueid"),
            linked_id=event.text("Linkedid"),
            state=event.text("ChannelStateDesc"),
            caller=_known(event.text("CallerIDNum")),
            caller_name=_known(event.text("CallerIDName")),
            exten=event.text("Exten"),
            application=event.text("Application"),
            bridge=event.text("BridgeId") or event.text("BridgeUniqueid"),
            seconds=_seconds(event.text("Duration")),
        )


@dataclass(frozen=True, slots=True)
class EndpointSeen:
    """A configured PJSIP endpoint. `reachable`: it has a contact that isn't known to be gone."""

    name: str
    state: str
    contacts: int
    channels: int

    @property
    def reachable(self) -> bool:
        return self.contacts > 0 and self.state.lower() not in ("unavailable", "invalid")


@dataclass(frozen=True, slots=True)
class ContactSeen:
    """Where an endpoint can be reached. `status` is Asterisk's: Reachable, Unreachable, NonQualified …"""

    endpoint: str
    uri: str
    status: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class QueueSeen:
    """A queue with its members' devices and how many callers wait."""

    name: str
    waiting: int
    members: Mapping[str, str]  # interface → paused | in_use | not_in_use | unavailable | …


async def started(board: Gateway) -> datetime:
    """When this Asterisk began, to the second (board: reporting). CoreStatus tells it in local time."""
    response = (await board.action("CoreStatus")).response
    text = f"{response.text('CoreStartupDate')} {response.text('CoreStartupTime')}"
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").astimezone()
    except ValueError as error:
        raise AmiRefused(f"no start time in CoreStatus: {text!r}", "CoreStatus") from error


async def global_variable(board: Gateway, name: str) -> str:
    """A global variable of the dialplan, "" when unset (board: call)."""
    return (await board.action("Getvar", Variable=name)).response.text("Value")


async def channels(board: Gateway) -> list[ChannelSeen]:
    """Every channel there is (board: reporting)."""
    reply = await board.action("CoreShowChannels")
    return [ChannelSeen.of(event) for event in reply.events]


PARKING_PLACES = "123456789"
"""As dialplan/parking.conf has them: global variables PARKED_<place> name the channel parked there."""


async def parked(board: Gateway) -> dict[str, str]:
    """Names of channels that are or were parked, with the place of each (board: call). One question for each
    place: EVAL(), which would take one for all, is for accounts with `system` (manager.c)."""
    found = {}
    for place in PARKING_PLACES:
        if name := await global_variable(board, f"PARKED_{place}"):
            found[name] = place
    return found


async def channel_variable(board: Gateway, channel: str, name: str) -> str:
    """A variable of one channel, "" when unset or the channel is gone (board: call)."""
    try:
        response = (await board.action("Getvar", Channel=channel, Variable=name)).response
    except AmiRefused as error:
        if error.reason == "No such channel":
            return ""
        raise
    return response.text("Value")


async def device_states(board: Gateway) -> dict[str, str]:
    """State word of each PJSIP device Asterisk has in mind, by endpoint name (board: call). A configured
    phone that is missing has never been seen: take it for unreachable."""
    reply = await board.action("DeviceStateList")
    found = {}
    for event in reply.events:
        name = device_of(event.text("Device"))
        if name:
            found[name] = event.text("State")
    return found


async def queues(board: Gateway) -> list[QueueSeen]:
    """Queues, their members and waiting callers (any account)."""
    reply = await board.action("QueueStatus")
    waiting: dict[str, int] = {}
    members: dict[str, dict[str, str]] = {}
    for event in reply.events:
        queue = event.text("Queue")
        kind = event.text("Event")
        if kind == "QueueParams":
            waiting[queue] = _seconds(event.text("Calls"))
            members.setdefault(queue, {})
        elif kind == "QueueMember":
            paused = event.text("Paused") == "1"
            state = "paused" if paused else _QUEUE_STATES.get(event.text("Status"), "unknown")
            members.setdefault(queue, {})[event.text("Location")] = state
    return [QueueSeen(name, waiting.get(name, 0), found) for name, found in members.items()]


async def endpoints(admin: Gateway) -> list[EndpointSeen]:
    """Every configured endpoint, registered or not (admin: system)."""
    return [
        EndpointSeen(
            name=event.text("ObjectName"),
            state=event.text("DeviceState"),
            contacts=len([c for c in event.text("Contacts").split(",") if c]),
            channels=len([c for c in event.text("ActiveChannels").split(",") if c]),
        )
        for event in await _listed(admin, "PJSIPShowEndpoints")
        if event.text("Event") == "EndpointList"
    ]


async def contacts(admin: Gateway) -> list[ContactSeen]:
    """Every registered contact (admin: system). URI and user agent are the phone's own words."""
    return [
        ContactSeen(
            endpoint=event.text("Endpoint"),
            uri=event.text("Uri"),
            status=event.text("Status"),
            user_agent=event.text("UserAgent"),
        )
        for event in await _listed(admin, "PJSIPShowContacts")
        if event.text("Event") == "ContactList"
    ]


async def registrations(admin: Gateway) -> dict[str, str]:
    """State of each registration of ours with a provider, by its name (admin: system)."""
    return {
        event.text("ObjectName"): event.text("Status")
        for event in await _listed(admin, "PJSIPShowRegistrationsOutbound")
        if event.text("Event") == "OutboundRegistrationDetail"
    }


async def version(board: Gateway) -> str:
    """Asterisk's version (board: reporting)."""
    return (await board.action("CoreSettings")).response.text("AsteriskVersion")


async def reload(admin: Gateway, module: str = "") -> None:
    """Reload one module, "" for all (admin: system). Raises AmiRefused with Asterisk's reason."""
    if module and not _MODULE.fullmatch(module):
        raise AmiRefused(f"{module[:60]!r} is no module", "Reload", "refused before sending")
    await admin.action("Reload", RELOAD_SECONDS, Module=module or None)


async def refresh_mailbox(admin: Gateway, mailbox: str, context: str) -> None:
    """Count a mailbox's messages anew and light its lamps accordingly (admin: user)."""
    for part in (mailbox, context):
        if not _MAILBOX.fullmatch(part):
            raise AmiRefused(f"{part[:60]!r} is no mailbox", "VoicemailRefresh", "refused before sending")
    await admin.action("VoicemailRefresh", Context=context, Mailbox=mailbox)


async def mailbox_count(board: Gateway, mailbox: str, context: str) -> tuple[int, int]:
    """(new, heard) messages, as the lamp sees them (board: call)."""
    if not (_MAILBOX.fullmatch(mailbox) and _MAILBOX.fullmatch(context)):
        raise AmiRefused(f"{mailbox[:60]!r} is no mailbox", "MailboxCount", "refused before sending")
    response = (await board.action("MailboxCount", Mailbox=f"{mailbox}@{context}")).response
    new = _seconds(response.text("NewMessages")) + _seconds(response.text("UrgMessages"))
    return new, _seconds(response.text("OldMessages"))


async def hangup(board: Gateway, channel: str) -> None:
    """Hang one channel up, if it is still there (board: call). A name between slashes would be a pattern for
    many: refused."""
    if not channel or channel.startswith("/"):
        raise AmiRefused(f"{channel[:60]!r} is no channel", "Hangup", "refused before sending")
    try:
        await board.action("Hangup", Channel=channel)
    except AmiRefused as error:
        if error.reason != "No such channel":  # it went by itself
            raise


async def _listed(gateway: Gateway, name: str) -> tuple[Message, ...]:
    """Events of a list action. For an empty list res_pjsip answers with an error, "No Contacts found"."""
    try:
        return (await gateway.action(name)).events
    except AmiRefused as error:
        if error.reason.startswith("No ") and error.reason.endswith(" found"):
            return ()
        raise


def device_of(device: str) -> str:
    """The endpoint of a PJSIP device: "8201", "8201-web" for the phone in that person's page, "trunk-x"; ""
    for what is no PJSIP device."""
    match = _ENDPOINT.fullmatch(device)
    return match[1] if match else ""


def endpoint_of(device: str) -> str:
    """ "8201" for PJSIP/8201 and PJSIP/8201-web: whose phone it is; "" for what is no PJSIP device."""
    return extension_of(device_of(device))


def _known(text: str) -> str:
    return "" if text == "<unknown>" else text


def _seconds(text: str) -> int:
    """A count or a duration (`12`, `00:01:02`) as an int, 0 when it is neither."""
    total = 0
    for part in text.split(":"):
        if not part.isdecimal():
            return 0
        total = total * 60 + int(part)
    return total


_QUEUE_STATES = {
    "0": "unknown",
    "1": "not_in_use",
    "2": "in_use",
    "3": "busy",
    "4": "invalid",
    "5": "unavailable",
    "6": "ringing",
    "7": "ringing",
    "8": "on_hold",
}
