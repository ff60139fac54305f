"""What the desk does with messages and callers, wired: the flow, its rows, the PBX's mailboxes, the voice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from switchboard.ami import Board, Gateway
from switchboard.ami.placing import AmiPlacing
from switchboard.ami.voicemail import AmiMailboxes
from switchboard.domain.company import Rules
from switchboard.flows.callers import Callers
from switchboard.flows.messages import Messages
from switchboard.flows.placing import Placing
from switchboard.prompts import dictate
from switchboard.publisher import Workshop
from switchboard.storage import (
    CallerRows,
    Database,
    Depositing,
    Follower,
    Journal,
    MessageRows,
    PlacedRows,
)


def messages(
    database: Database,
    follower: Follower,
    journal: Journal,
    gateways: tuple[Gateway, Gateway],
    workshop: Workshop,
    rules: Callable[[], Rules],
    now: Callable[[], datetime],
) -> Messages:
    """The flow of messages. `gateways`: the board's account and the admin's."""

    def spoken(name: str, number: str, text: str) -> bytes:
        return dictate(name, number, text, workshop.sounds(rules()), workshop.speech)

    async def recorded(mailbox: str) -> None:
        follower.poke(mailbox)
        await follower.catch_up()

    depositing = Depositing(follower.spool.folder, workshop.settings.data_dir / "messages")
    rows, boxes = MessageRows(database), AmiMailboxes(*gateways)
    flow = Messages(rows, boxes, depositing, spoken, journal, rules, now, recorded)
    follower.looked.append(lambda mailbox: flow.tell())
    return flow


def callers(database: Database, now: Callable[[], datetime]) -> Callers:
    """What is noted of callers."""
    return Callers(CallerRows(database), now)


def placing(
    database: Database,
    gateway: Gateway,
    board: Board,
    rules: Callable[[], Rules],
    now: Callable[[], datetime],
) -> Placing:
    """Calls placed for one's own phone."""
    pbx = AmiPlacing(gateway, board.phone, lambda call: call in board.channels)
    return Placing(PlacedRows(database), pbx, rules, now)
