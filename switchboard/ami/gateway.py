"""The manager connection to Asterisk, kept up.

One task owns the link: connect, log in, wait until Asterisk is fully booted, watch it by pings, and after a
loss begin again. panoramisk's Manager does none of this safely (docs/decisions), so only its messages and
protocol are used. Every action has a deadline and is sent once: when the link falls before the answer, the
caller learns it (AmiDisconnected) and decides.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from switchboard.ami.subscription import Subscription
from switchboard.ami.wire import Action, Message, Value, Wire
from switchboard.errors import AmiDisconnected, AmiError, AmiRefused, AmiTimeout

log = structlog.get_logger(__name__)

ACTION_SECONDS = 5.0
CONNECT_SECONDS = 5.0
BOOT_SECONDS = 120.0
"""How long a logged-in link may wait for Asterisk's FullyBooted."""

PING_SECONDS = 10.0
PING_ANSWER_SECONDS = 5.0
RETRY_SECONDS = (0.2, 0.5, 1.0, 2.0)
"""Pauses between attempts to connect; the last one is repeated."""

REFUSED_SECONDS = 30.0
"""Pause after a refused login: another attempt is only of use once somebody has mended the account."""

READY_SECONDS = 30.0
"""How long one `on_ready` callback may take."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What Asterisk answered: the response, and for list actions their events, the closing one left out."""

    response: Message
    events: tuple[Message, ...] = ()

    @property
    def message(self) -> str:
        """Asterisk's sentence."""
        return self.response.text("Message")


class Gateway:
    """`await start()`, then `action` and `subscribe`; `await stop()`. Makes one connection at a time."""

    def __init__(self, host: str, port: int, username: str, secret: str) -> None:
        self.host, self.port, self.username = host, port, username
        self._secret = secret
        self._wire: Wire | None = None
        self._connected = asyncio.Event()
        self._settled = asyncio.Event()  # connected, or refused
        self._refused: AmiRefused | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._subscriptions: list[Subscription] = []
        self._wanted: dict[str, list[Subscription]] = {"fullybooted": []}
        self._booted = asyncio.Event()
        self._ready: list[Callable[[], Awaitable[None]]] = []
        self.ping_seconds = PING_SECONDS
        self.ping_answer_seconds = PING_ANSWER_SECONDS

    @property
    def connected(self) -> bool:
        """Logged in and Asterisk fully booted."""
        return self._connected.is_set()

    @property
    def fault(self) -> str:
        """Why it isn't connected, when the reason is one that waiting won't mend; else ""."""
        return str(self._refused) if self._refused else ""

    async def start(self, patience: float = 10.0) -> bool:
        """Begin to keep the connection. True once connected; False when it isn't within `patience` seconds
        (it goes on trying). Raises AmiRefused for a wrong name or password, and then has stopped."""
        if self._keeper is None:
            self._keeper = asyncio.create_task(self._keep(), name=f"ami {self.username}")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._settled.wait()
        if self._refused is not None:
            refused = self._refused
            await self.stop()
            raise refused
        return self.connected

    async def stop(self) -> None:
        """Close the link and end everything: no timer, no task, no reader stays behind."""
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await keeper
        for subscription in list(self._subscriptions):
            subscription.close()

    async def action(self, name: str, timeout: float = ACTION_SECONDS, **fields: Value) -> Reply:
        """Ask `name` with `fields` (a list repeats the field, None leaves it out).

        Raises AmiRefused (Asterisk's "Error", or a value we don't send), AmiTimeout after `timeout` seconds
        without the whole answer, AmiDisconnected. In the last two, whether it was done is unknown.
        """
        if self._wire is None or not self.connected:
            raise AmiDisconnected("the manager link is down", name)
        return await self._ask(self._wire, Action(name, fields), timeout)

    def subscribe(self, *names: str, limit: int = 1000) -> Subscription:
        """Events of these names from now on, across reconnects."""
        subscription = Subscription(names, limit, self._leave)
        self._subscriptions.append(subscription)
        for name in subscription.names:
            self._wanted.setdefault(name, []).append(subscription)
        return subscription

    def on_ready(self, callback: Callable[[], Awaitable[None]]) -> None:
        """Call it after every login, in order; one that fails is logged and disturbs nobody."""
        self._ready.append(callback)

    def _leave(self, subscription: Subscription) -> None:
        if subscription in self._subscriptions:
            self._subscriptions.remove(subscription)
            for name in subscription.names:
                with contextlib.suppress(ValueError):
                    self._wanted[name].remove(subscription)
                if not self._wanted[name] and name != "fullybooted":
                    del self._wanted[name]

    def _event(self, event: Message) -> None:
        name = event.text("Event").lower()
        if name == "fullybooted":
            self._booted.set()
        for subscription in self._wanted.get(name, ()):
            subscription.put(event)

    async def _ask(self, wire: Wire, action: Action, timeout: float) -> Reply:
        name = str(action["Action"])
        try:
            async with asyncio.timeout(timeout):
                wire.ask(action)
                messages = await action.future
        except TimeoutError as error:
            raise AmiTimeout(f"no answer to {name} within {timeout:g} s", name) from error
        finally:
            wire.forget(action)
        response = messages[0]
        if response.text("Response").lower() not in ("success", "goodbye", "follows"):
            reason = (response.text("Message") or response.text("Response")).strip()
            raise AmiRefused(f"Asterisk refused {name}: {reason}", name, reason)
        return Reply(response, tuple(messages[1:-1]) if action.multi else ())

    async def _keep(self) -> None:
        attempt = 0
        try:
            while True:
                try:
                    await self._link()
                except AmiRefused as error:
                    if not self._refused:
                        log.error("ami_login_refused", account=self.username, why=error.reason)
                    self._refused = error
                    self._settled.set()
                except (OSError, TimeoutError, AmiError) as error:
                    if attempt == 0:
                        log.warning("ami_unreachable", account=self.username, why=str(error) or "no answer")
                else:
                    log.warning("ami_link_lost", account=self.username)
                    attempt = 0
                if self._refused is not None:
                    pause = REFUSED_SECONDS
                else:
                    pause = RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)]
                attempt += 1
                await asyncio.sleep(pause)
        finally:
            self._down()

    async def _link(self) -> None:
        """One connection from connecting to its end. Returns only when it had been ready."""
        loop = asyncio.get_running_loop()
        self._booted.clear()
        async with asyncio.timeout(CONNECT_SECONDS):
            _, wire = await loop.create_connection(
                lambda: Wire(self._event, self._wanted), self.host, self.port
            )
        self._wire = wire
        try:
            login = Action("Login", {"Username": self.username, "Secret": self._secret, "Events": "on"})
            await self._ask(wire, login, CONNECT_SECONDS)
            await self._until(self._booted.wait(), wire, BOOT_SECONDS)
            self._refused = None
            for subscription in self._subscriptions:
                subscription.interrupted()
            self._connected.set()
            self._settled.set()
            log.info("ami_connected", account=self.username, version=wire.version)
            for callback in list(self._ready):
                await self._call(callback)
            await self._watch(wire)
        finally:
            wire.close()
            self._down()

    def _down(self) -> None:
        self._connected.clear()
        self._settled.clear()
        self._wire = None

    async def _until(self, happening: Awaitable[object], wire: Wire, seconds: float) -> None:
        """Wait for it while the link holds; AmiDisconnected or AmiTimeout otherwise."""
        waiting = asyncio.ensure_future(happening)
        try:
            await asyncio.wait((waiting, wire.lost), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if wire.lost.done():
                raise AmiDisconnected("Asterisk closed the manager link")
            if not waiting.done():
                raise AmiTimeout(f"Asterisk isn't fully booted after {seconds:g} s")
        finally:
            waiting.cancel()

    async def _watch(self, wire: Wire) -> None:
        """Ping until the link is lost; a link that doesn't answer is lost."""
        while not wire.lost.done():
            await asyncio.wait((wire.lost,), timeout=self.ping_seconds)
            if wire.lost.done():
                return
            try:
                await self._ask(wire, Action("Ping", {}), self.ping_answer_seconds)
            except AmiError as error:
                log.warning("ami_ping_failed", account=self.username, why=str(error))
                return

    async def _call(self, callback: Callable[[], Awaitable[None]]) -> None:
        try:
            async with asyncio.timeout(READY_SECONDS):
                await callback()
        except Exception:  # somebody else's callback: logged, and the link lives on
            log.exception("ami_ready_callback_failed", account=self.username)
