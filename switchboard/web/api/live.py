"""Calls as they are now, and orders into them (B1)."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from pydantic import AwareDatetime, Field, StringConstraints

from switchboard.domain.live import LiveState
from switchboard.domain.order import Order, OrderKind, Typed
from switchboard.domain.orders import LONGEST
from switchboard.domain.roles import Permission
from switchboard.errors import OrderRefused
from switchboard.flows.orders import State
from switchboard.web.addresses import asked_from
from switchboard.web.answers import Refused
from switchboard.web.api.declaring import Asked, Operations, Told, one_of
from switchboard.web.api.kinds import PLAIN, CallId, RowId, Target
from switchboard.web.api.refusing import refused
from switchboard.web.parts import PARTS, USER
from switchboard.web.trail import audit

operations = Operations("live")

STATUSES = {
    "gone": 409,
    "taken": 409,
    "not_possible": 409,
    "not_allowed": 403,
    "unknown_target": 422,
    "pbx_down": 503,
}
"""Of an order that is refused, by its code."""


class CallerTold(Told):
    """Who calls. Figures are null until they are looked up."""

    number: str
    name: str
    organisation: str
    grade: str
    notes: str
    earlier_calls: int | None
    open_tickets: int | None


class StepTold(Told):
    """The last decision about a call."""

    action: str
    reason: str


class OpenOrder(Told):
    """An order that is being carried out."""

    id: int
    kind: Annotated[str, one_of(*OrderKind)]
    by: str


class Consultation(Told):
    """Whom an operator asks about a held caller."""

    by: str
    target: str
    state: Annotated[str, one_of("calling", "ringing", "talking")]


class LastOrder(Told):
    """What came of the last order."""

    kind: Annotated[str, one_of(*OrderKind)]
    outcome: str


class LiveCall(Told):
    """A call that is up. `with` are the phones that talk with the caller, or ring; `place` where the caller
    is parked; `waiting_since` since when they wait for a person."""

    id: str
    caller: CallerTold
    inside: bool
    dialled: str
    state: Annotated[str, one_of(*LiveState)]
    since: AwareDatetime
    waiting_since: AwareDatetime | None
    with_: list[str] = Field(alias="with")
    held_by: str
    target: str
    language: str
    place: int | None
    step: StepTold | None
    order: OpenOrder | None
    consult: Consultation | None
    last: LastOrder | None
    verdict: str = Field(description="what an executive answered an operator, as `none`; empty: not asked")


Surname = Annotated[str, StringConstraints(max_length=LONGEST["surname"], pattern=PLAIN)]
Organisation = Annotated[str, StringConstraints(max_length=LONGEST["organisation"], pattern=PLAIN)]
Purpose = Annotated[str, StringConstraints(max_length=LONGEST["purpose"], pattern=PLAIN)]


class TypedWanted(Asked):
    """What the caller told the operator; at least one."""

    surname: Surname = ""
    organisation: Organisation = ""
    purpose: Purpose = ""


class OrderWanted(Asked):
    """An order. `target` is an extension, needed by transfer, consult, serial, camp, voicemail and screen; of
    the first two also a number outside, as the phone of whoever orders dials it, the prefix included."""

    kind: OrderKind
    target: Target | None = None
    typed: TypedWanted | None = None


class OrderPlaced(Told):
    """An order that was sent into the call."""

    id: int
    state: Annotated[str, one_of(*State)]


class OrderTold(OrderPlaced):
    """An order, and how far it has come. `outcome`: a word, or why it failed."""

    call: str
    kind: Annotated[str, one_of(*OrderKind)]
    by: str
    target: str
    author: str
    placed: AwareDatetime
    outcome: str


@operations.get("/calls/live", "Calls that are up", needs=Permission.LIVE_OWN)
async def list_live_calls(request: web.Request) -> list[LiveCall]:
    """Oldest first; without `live` those of one's own phone and queues. To follow them read `/events`."""
    calls = request.app[PARTS].live.calls(request[USER].view)
    return [LiveCall.model_validate(call) for call in calls]


@operations.post(
    "/calls/{call}/orders", "Order something into a call", needs=Permission.ORDER, status=202, errors=(409,)
)
async def place_order(request: web.Request, call: CallId, body: OrderWanted) -> OrderPlaced:
    """In the name of the phone of whoever asks. What came of it shows in the call, and in `/orders/{order}`.

    Codes of refusal: `gone`, `taken` (another order, or another operator has the caller), `not_possible`
    (409); `not_allowed` (403); `unknown_target` (422); `pbx_down` (503).
    """
    account, parts = request[USER], request.app[PARTS]
    if not account.extension:
        raise refused(request, 409, "no_extension")
    typed = Typed(**body.typed.model_dump()) if body.typed is not None else None
    order = Order(body.kind, account.extension, body.target or "", typed)
    about = {"target": order.target} if order.target else None
    await audit(request, f"order.{order.kind.value}", call, about)
    try:
        id_ = await parts.orders.place(call, order, account.author, asked_from(request))
    except OrderRefused as error:
        raise refused(request, STATUSES[error.code], error.code, str(error)) from error
    kept = await parts.orders.get(id_)
    return OrderPlaced(id=id_, state=kept.state if kept is not None else State.PLACED)


@operations.get("/orders/{order}", "One order", needs=Permission.ORDER)
async def show_order(request: web.Request, order: RowId) -> OrderTold:
    """How far an order has come."""
    kept = await request.app[PARTS].orders.get(order)
    if kept is None:
        raise Refused(404, "not_found")
    return OrderTold(
        id=kept.id,
        state=kept.state,
        call=kept.call,
        kind=kept.order.kind,
        by=kept.order.by,
        target=kept.order.target,
        author=kept.author,
        placed=kept.placed.astimezone(),
        outcome=kept.outcome,
    )
