"""The controller's parts, begun in order and ended in the opposite one."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

import structlog

from switchboard.agi import AgiServer, Channel
from switchboard.ami import Board, Gateway, actions
from switchboard.ami.accounts import ADMIN, BOARD
from switchboard.ami.callbacks import AmiCallBacks
from switchboard.ami.lamp import ModeLamp
from switchboard.ami.queues import AmiQueues
from switchboard.ami.redirect import CallLines
from switchboard.bootstrap import console, handling, living
from switchboard.bootstrap.door import Door
from switchboard.bootstrap.examples import ExampleCalls
from switchboard.bootstrap.tidying import Housekeeping
from switchboard.bootstrap.typed import TypedAnswers
from switchboard.dialplan import CDR_FILE, VOICEMAIL_CONTEXT, Global
from switchboard.domain import directory, search
from switchboard.domain.agents import OUT_REASON
from switchboard.domain.call import Call
from switchboard.domain.company import Queue, Rules
from switchboard.domain.roles import Permission
from switchboard.errors import PbxError, RulesError, SwitchboardError
from switchboard.flows.acting import Services
from switchboard.flows.agents import Agents
from switchboard.flows.callback import CallBacks
from switchboard.flows.desk import Desk
from switchboard.flows.enforcement import Enforcement, Fault
from switchboard.flows.figures import Figures
from switchboard.flows.orders import Orders
from switchboard.flows.page_phones import PagePhones
from switchboard.flows.pins import Pins
from switchboard.flows.ports import Voice
from switchboard.flows.queues import Queues
from switchboard.flows.rulebook import Book
from switchboard.flows.step import Steps
from switchboard.pbx import files
from switchboard.pbx.clips import CallClips
from switchboard.pbx.pins import read_pin
from switchboard.prompts.saying import Sayer
from switchboard.publisher import Publisher, Workshop
from switchboard.rules import Loaded, load_text
from switchboard.rules.store import RulesStore
from switchboard.rules.watch import watch
from switchboard.sentences import say
from switchboard.settings import Settings
from switchboard.storage import (
    AgentRows,
    CallBackRows,
    Database,
    DeskRows,
    Follower,
    Journal,
    PinRows,
    UserRows,
    handling_seconds,
    ticket_of,
    versions_of_open_calls,
)
from switchboard.storage.orders import OrderRows
from switchboard.web import ControlServer

log = structlog.get_logger()

EXAMPLES_SECONDS = 1.0
"""How often is looked whether example calls were changed."""

RETIRE_SECONDS = 30.0
"""How often is looked whether removed phones are still needed by calls under way."""


def now() -> datetime:
    """The time here, with its zone."""
    return datetime.now().astimezone()


class Controller:
    """All parts of a controller, begun in order and ended in the opposite one."""

    def __init__(self, settings: Settings, workshop: Workshop, database: Database) -> None:
        self.settings = settings
        self.workshop = workshop
        self.database = database
        self.store = RulesStore(settings.rules_kept)
        self.book = Book(self._fetch)
        self.journal = Journal(settings.journal)
        self.follower = Follower(
            database,
            journal=settings.journal,
            cdr=settings.asterisk_log / "cdr-custom" / CDR_FILE,
            spool=settings.spool / "voicemail" / VOICEMAIL_CONTEXT,
            kept=settings.data_dir / "messages",
        )
        self.gateway = self._gateway(BOARD.name)
        self.admin = self._gateway(ADMIN.name)
        self.board = Board(self.gateway)
        self.publisher = Publisher(workshop, self._reload, self._verify, self._in_use)
        self.examples = ExampleCalls(settings.rules, self.store, lambda rules: workshop.sounds(rules).text)
        self.enforcement = Enforcement(self.store, self.book, _read, self.publisher, self.examples.unmet)
        lamp = ModeLamp(self.gateway, self.admin)
        self.desk = Desk(DeskRows(database), _Calls(self.board), lamp, lambda: self.book.in_force()[0], now)
        pins = Pins(self._pin, PinRows(database), now)
        clips = CallClips(settings.spool)
        self.in_queues = AmiQueues(self.gateway, _Calls(self.board).waiting)
        queues = Queues(self.in_queues, self._handling, now, OUT_REASON, self._wrap_up)
        self.agents = Agents(AgentRows(database), self.in_queues, self._rules, now)
        self.call_backs = CallBacks(
            CallBackRows(database),
            AmiCallBacks(self.gateway, self._live),
            queues,
            self.journal,
            self._rules,
            now,
            self.follower.catch_up,
        )
        self.orders = Orders(
            OrderRows(database),
            CallLines(self.gateway),
            self.desk,
            self.book,
            TypedAnswers(Sayer(workshop.speech, settings.prompts_dir), clips),
            now,
        )
        services = Services(
            self.desk,
            pins,
            partial(ticket_of, database),
            clips,
            now,
            queues,
            self.agents,
            self.call_backs,
            self.orders,
            watch=self._decided,
        )
        gateways = (self.gateway, self.admin)
        self.messages = handling.messages(
            database, self.follower, self.journal, gateways, workshop, self._rules, now
        )
        self.callers = handling.callers(database, now)
        self.placing = handling.placing(database, self.gateway, self.board, self._rules, now)
        self.tickets = living.tickets(database, now)
        self.live = living.live(
            database,
            self.board,
            self.gateway,
            self.desk,
            self.enforcement,
            self.orders,
            self.messages,
            self.callers,
            self.tickets,
            now,
        )
        self.page_phones = PagePhones(
            workshop.secrets, self._publish, self._rules, self._with_page_phone, now
        )
        self.steps = Steps(self.book, self.journal, services)
        self.figures = Figures()
        self.live.on_told = self.figures.event_delay.observe
        self.agi = AgiServer(self._step, settings.agi_host, settings.agi_port)

    async def begin(self, ending: AsyncExitStack) -> None:
        """Start every part; each is stopped by `ending`. Calls are answered once this returns."""
        rules = self.store.in_force()
        if rules is None:
            raise SwitchboardError("no rules are in force: start the switchboard with `switchboard run`")
        self.enforcement.started(rules, self.workshop.sounds(rules))
        await self.agi.start()
        ending.push_async_callback(self.agi.stop)
        door = Door(
            self.settings,
            self.book,
            self.board,
            self.gateway,
            self.desk,
            self.orders,
            self.enforcement,
            self.publisher,
            self.workshop.secrets,
        )
        control = ControlServer(self.settings.control_socket, door.answers, door.orders)
        await control.start()
        ending.push_async_callback(control.stop)
        tasks = await ending.enter_async_context(_tasks())
        tasks.append(asyncio.create_task(self.follower.run(), name="follower"))
        tasks.append(asyncio.create_task(asyncio.to_thread(_prepare, rules), name="names"))
        self.gateway.on_ready(self._pbx_is_there)
        self.admin.on_ready(self._follow_anew)
        await self.board.start()
        ending.push_async_callback(self.board.stop)
        for gateway in (self.gateway, self.admin):
            ending.push_async_callback(gateway.stop)
            await gateway.start(patience=5.0)
        tasks.append(asyncio.create_task(self._watch_rules(), name="rules file"))
        tasks.append(asyncio.create_task(self._watch_examples(), name="example calls"))
        tasks.append(asyncio.create_task(self._retire(), name="retired phones"))
        tasks.append(asyncio.create_task(self._poke(), name="records"))
        tasks.append(asyncio.create_task(self.desk.run(), name="mode"))
        tasks.append(asyncio.create_task(self.agents.run(), name="agents"))
        tasks.append(asyncio.create_task(self.call_backs.run(), name="call-backs"))
        tasks.append(asyncio.create_task(self._housekeeping().run(), name="housekeeping"))
        tasks.append(asyncio.create_task(self.messages.run(), name="messages"))
        tasks.append(asyncio.create_task(self.orders.run(), name="orders"))
        tasks.append(asyncio.create_task(self.live.run(), name="live view"))
        tasks.append(asyncio.create_task(self.page_phones.run(), name="phones in pages"))
        for task in tasks:
            task.add_done_callback(_ended)
        await console.begin(self, ending)

    async def _step(self, channel: Channel) -> None:
        with self.figures.asked():
            await self.steps(channel)

    def _decided(self, call: Call, action: str, reason: str) -> None:
        self.figures.decided()
        self.live.watch(call, action, reason)

    def _gateway(self, account: str) -> Gateway:
        s = self.settings
        return Gateway(s.ami_host, s.ami_port, account, self.workshop.secrets.ami(account))

    def _fetch(self, version: str) -> tuple[Rules, Voice]:
        rules = self.store.get(version)
        return rules, self.workshop.sounds(rules)

    def _pin(self, extension: str) -> str:
        return read_pin(self.settings.spool, extension) or self.workshop.secrets.pin(extension)

    def _rules(self) -> Rules:
        return self.book.in_force()[0]

    def _live(self) -> set[str] | None:
        """Ids of what is up: a call's own, and its channels' (a call placed by us may join another's)."""
        return _Calls(self.board).live() | self.board.channels if self.board.fresh else None

    def _wrap_up(self, queue: str) -> int:
        entry = self._rules().extensions.get(queue)
        return entry.wrap_up_seconds if isinstance(entry, Queue) else 0

    async def _publish(self) -> None:
        """The PBX takes in anew what the rules in force and the accounts kept beside them say."""
        async with self.enforcement.one_at_a_time:
            await self.publisher(self._rules())

    async def _with_page_phone(self) -> set[str]:
        """Extensions of users who may have a phone in the page."""
        listed = await UserRows(self.database).listed()
        able = {u.account.extension for u in listed if not u.locked and u.account.may(Permission.PHONE)}
        return able - {""}

    async def _handling(self, queue: str) -> int:
        return await handling_seconds(self.database, queue, now())

    async def _reload(self, modules: Sequence[str]) -> None:
        for module in modules:
            await actions.reload(self.admin, module)
        self.agents.poke()

    async def _verify(self, rules: Rules) -> None:
        """Whether Asterisk reads these rules' dialplan and has every phone of theirs."""
        version = await actions.global_variable(self.gateway, Global.RULES)
        if version != rules.version:
            raise PbxError(f"its dialplan is of rules {version or 'unknown'}, not {rules.version}")
        known = {endpoint.name for endpoint in await actions.endpoints(self.admin)}
        if missing := [p.number for p in rules.phones if p.number not in known]:
            raise PbxError(f"it doesn't have the phones {', '.join(missing[:10])}")

    async def _follow_anew(self) -> None:
        """The PBX is there: whatever happened while nobody watched, it follows the rules in force.

        A controller that died between writing files and putting rules in force left files of rules that
        never came into force: they are written again. Rules that waited for the PBX get their turn.
        """
        async with self.enforcement.one_at_a_time:
            rules, _ = self.book.in_force()
            retired = [r for r in await self._in_use() if r.version != rules.version]
            sounds = self.workshop.sounds(rules)
            await asyncio.to_thread(self.workshop.write, rules, sounds, retired)
            await self._reload(files.reloads(path.name for path in self.settings.etc.glob("*.conf")))
        if self.enforcement.state.state == "pending":
            content = await asyncio.to_thread(_content, self.settings.rules)
            if content is not None:
                await self.enforcement.offer(content, str(self.settings.rules))

    async def _pbx_is_there(self) -> None:
        """The PBX is up, perhaps anew: calls of an earlier one have ended, lamps are dark.

        A message that the earlier one's death cut off is in its mailbox now; this PBX hasn't counted it.
        """
        self.desk.forget_lamp()
        self.agents.poke()
        for mailbox in await self.follower.pbx_started(await actions.started(self.gateway)):
            await actions.refresh_mailbox(self.admin, mailbox, VOICEMAIL_CONTEXT)

    async def _watch_rules(self) -> None:
        """Offer the file as it is now, which may have been saved while nobody watched, and whenever it is."""
        path = self.settings.rules
        async for saved in watch(path):
            if saved.fault:
                self.enforcement.refused(str(path), [Fault(say("rules.cant_be_read", why=saved.fault))])
            else:
                await self.enforcement.offer(saved.content, str(path))

    async def _watch_examples(self) -> None:
        """Rules that stayed out may have been right: once their examples are changed they are tried again."""
        known = await asyncio.to_thread(self.examples.fingerprint)
        while True:
            await asyncio.sleep(EXAMPLES_SECONDS)
            now_ = await asyncio.to_thread(self.examples.fingerprint)
            if now_ == known:
                continue
            known = now_
            content = await asyncio.to_thread(_content, self.settings.rules)
            if content is not None and self.enforcement.state.state == "refused":
                await self.enforcement.offer(content, str(self.settings.rules))

    def _housekeeping(self) -> Housekeeping:
        async def needed() -> list[Rules]:
            return [self._rules(), *await self._in_use()]

        return Housekeeping(
            self.database,
            self.settings.journal,
            self.follower.cdr,
            self.settings.sounds,
            self.workshop.sounds,
            needed,
            self.enforcement.one_at_a_time,
            now,
        )

    async def _retire(self) -> None:
        """Keep removed phones for the calls that need them, and let them go afterwards."""
        while True:
            await asyncio.sleep(RETIRE_SECONDS)
            with contextlib.suppress(SwitchboardError):
                await self._retire_once()

    async def _retire_once(self) -> None:
        rules, _ = self.book.in_force()
        needed = {r.version for r in await self._in_use()} - {rules.version}
        if needed != self.publisher.retired:
            await self.publisher(rules)

    async def _in_use(self) -> list[Rules]:
        """Rules that calls under way began with."""
        await self.follower.catch_up()
        live = {seen.id for seen in self.board.calls} if self.board.fresh else None
        return [self.book.version(v)[0] for v in sorted(await versions_of_open_calls(self.database, live))]

    async def _poke(self) -> None:
        """Calls end and lamps change: the records follow at once."""
        async for event in self.gateway.subscribe("Hangup", "MessageWaiting"):
            mailbox = getattr(event, "text", lambda _: "")("Mailbox")
            self.follower.poke(mailbox)


def _read(content: bytes) -> Rules:
    """Rules of a file's content. Raises RulesError with every problem."""
    loaded: Loaded = load_text(content, "the rules file")
    if loaded.rules is None:
        raise RulesError("the rules have errors", loaded.errors)
    return loaded.rules


def _prepare(rules: Rules) -> None:
    """What the first search for a name would wait for."""
    search.prepare(rules)
    directory.prepare(rules)


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


class _Calls:
    """What the live board shows of calls, for the desk."""

    def __init__(self, board: Board) -> None:
        self._board = board

    def live(self) -> set[str]:
        return {seen.id for seen in self._board.calls}

    def waiting(self) -> set[str]:
        return self.live() - self.talking()

    def talking(self) -> set[str]:
        return {seen.id for seen in self._board.calls if seen.state == "talking"}


@asynccontextmanager
async def _tasks() -> AsyncIterator[list[asyncio.Task[None]]]:
    """Tasks of the controller's life: cancelled and awaited at its end."""
    tasks: list[asyncio.Task[None]] = []
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _ended(task: asyncio.Task[None]) -> None:
    """A task of a controller's life that ends by itself is a fault: the supervisor starts anew."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.critical("controller_part_failed", part=task.get_name(), error=repr(error))
        os.kill(os.getpid(), signal.SIGTERM)
