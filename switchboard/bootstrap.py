"""Wires the adapters to the flows: the one place that knows them all.

`prepare` makes everything that must lie ready before the PBX and the controller start; `controller_main`
is the controller itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from switchboard import logs
from switchboard.agi import AgiServer, Channel
from switchboard.ami import Board, Gateway, actions
from switchboard.ami.accounts import ACCOUNTS, ADMIN, BOARD
from switchboard.dialplan import CDR_FILE, VOICEMAIL_CONTEXT
from switchboard.domain.company import Rules
from switchboard.errors import PbxError, RulesError, SwitchboardError
from switchboard.flows.enforcement import Enforcement
from switchboard.flows.ports import Voice
from switchboard.flows.rulebook import Book
from switchboard.flows.step import Steps
from switchboard.pbx import files
from switchboard.pbx.programs import Programs, find
from switchboard.publisher import Publisher, Workshop
from switchboard.rules import Loaded, load, load_text
from switchboard.rules.store import RulesStore
from switchboard.rules.watch import watch
from switchboard.settings import Settings
from switchboard.storage import Follower, Journal, open_database, versions_of_open_calls
from switchboard.web import ControlServer

log = structlog.get_logger()

Say = Callable[[str], None]

RETIRE_SECONDS = 30.0
"""How often is looked whether removed phones are still needed by calls under way."""


def now() -> datetime:
    """The time here, with its zone."""
    return datetime.now().astimezone()


async def prepare(settings: Settings, programs: Programs, progress: Say) -> None:
    """Rules, secrets, prompts, database and the PBX's files, all in place when it returns.

    A wrong rules file doesn't stop the switchboard: the last good one rules. Raises SwitchboardError when
    there is none, or when something else can't be made.
    """
    store = RulesStore(settings.rules_kept)
    rules = _rules_to_begin_with(settings, store, progress)
    workshop = Workshop.of(settings, programs)
    workshop.secrets.ensure(
        phones=[p.number for p in rules.phones],
        trunks=[t.name for t in rules.trunks],
        accounts=[a.name for a in ACCOUNTS],
    )
    sounds = await asyncio.to_thread(workshop.speak, rules, _spoken(progress))
    database = await open_database(settings.database_url)
    await database.close()
    await asyncio.to_thread(workshop.write, rules, sounds)
    progress(f"rules {rules.version} are in force: {len(rules.phones)} phones, {len(rules.trunks)} trunks")


def controller_main(settings: Settings) -> None:
    """Run the controller until SIGTERM or SIGINT. What `run` prepared must lie ready."""
    logs.configure(settings.log_level)
    asyncio.run(_controller(settings))


async def _controller(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with running(settings):
        log.info("controller_up", agi_port=settings.agi_port)
        await stop.wait()
        log.info("controller_stopping")


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Controller]:
    """A controller at work; everything it began ends with the block."""
    programs = find(settings)
    if programs is None:
        raise PbxError("there is no Asterisk here: start the switchboard with `switchboard run`")
    workshop = Workshop.of(settings, programs)
    database = await open_database(settings.database_url)
    async with AsyncExitStack() as ending:
        ending.push_async_callback(database.close)
        controller = Controller(settings, workshop, database)
        await controller.begin(ending)
        yield controller


class Controller:
    """All parts of a controller, begun in order and ended in the opposite one."""

    def __init__(self, settings: Settings, workshop: Workshop, database: Any) -> None:
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
        self.publisher = Publisher(workshop, self._reload, lambda: self._retired)
        self.enforcement = Enforcement(self.store, self.book, _read, self.publisher)
        self.agi = AgiServer(self._agi, settings.agi_host, settings.agi_port)
        self.steps = Steps(self.book, self.journal, now)
        self._retired: tuple[Rules, ...] = ()

    async def begin(self, ending: AsyncExitStack) -> None:
        """Start every part; each is stopped by `ending`. Calls are answered once this returns."""
        rules = self.store.in_force()
        if rules is None:
            raise SwitchboardError("no rules are in force: start the switchboard with `switchboard run`")
        self.enforcement.started(rules, self.workshop.sounds(rules))
        await self.agi.start()
        ending.push_async_callback(self.agi.stop)
        control = ControlServer(self.settings.control_socket, {"/status": self.status})
        await control.start()
        ending.push_async_callback(control.stop)
        tasks = await ending.enter_async_context(_tasks())
        tasks.append(asyncio.create_task(self.follower.run(), name="follower"))
        self.gateway.on_ready(self._pbx_is_there)
        self.admin.on_ready(self._reload_all)
        await self.board.start()
        ending.push_async_callback(self.board.stop)
        for gateway in (self.gateway, self.admin):
            ending.push_async_callback(gateway.stop)
            await gateway.start(patience=5.0)
        tasks.append(asyncio.create_task(self._watch_rules(), name="rules file"))
        tasks.append(asyncio.create_task(self._retire(), name="retired phones"))
        tasks.append(asyncio.create_task(self._poke(), name="records"))
        for task in tasks:
            task.add_done_callback(_ended)

    async def status(self) -> dict[str, Any]:
        """What `switchboard status --json` shows."""
        rules, _ = self.book.in_force()
        state = self.enforcement.state
        up = self.board.fresh
        return {
            "ready": up,
            "mode": "automatic",
            "mode_source": "schedule",
            "mode_until": None,
            "pbx": "up" if self.gateway.connected else "down",
            "phones": [{"extension": p.number, "state": self.board.phone(p.number)} for p in rules.phones],
            "calls": [_call(seen) for seen in self.board.calls],
            "rules": {"version": state.version, "state": state.state, "errors": list(state.errors)},
            "pids": {"pbx": self._pbx_pid(), "controller": os.getpid()},
        }

    def _gateway(self, account: str) -> Gateway:
        s = self.settings
        return Gateway(s.ami_host, s.ami_port, account, self.workshop.secrets.ami(account))

    def _fetch(self, version: str) -> tuple[Rules, Voice]:
        rules = self.store.get(version)
        return rules, self.workshop.sounds(rules)

    async def _agi(self, channel: Channel) -> None:
        await self.steps(channel)

    async def _reload(self, modules: Sequence[str]) -> None:
        for module in modules:
            await actions.reload(self.admin, module)

    async def _reload_all(self) -> None:
        """Whatever happened while nobody watched, Asterisk reads the files as they are now."""
        await self._reload(files.reloads(path.name for path in self.settings.etc.glob("*.conf")))

    async def _pbx_is_there(self) -> None:
        """The PBX is up, perhaps anew: calls of an earlier one have ended."""
        await self.follower.pbx_started(await actions.started(self.gateway))

    async def _watch_rules(self) -> None:
        path = self.settings.rules
        known = await asyncio.to_thread(_content, path)
        loaded = await asyncio.to_thread(load, path)
        if loaded.rules is None:
            await self.enforcement.offer(loaded.content, str(path))
        async for saved in watch(path, known):
            if saved.fault:
                self.enforcement.refused(str(path), [f"the file can't be read: {saved.fault}"])
            else:
                await self.enforcement.offer(saved.content, str(path))

    async def _retire(self) -> None:
        """Keep removed phones for the calls that need them, and let them go afterwards."""
        while True:
            await asyncio.sleep(RETIRE_SECONDS)
            with contextlib.suppress(SwitchboardError):
                await self._retire_once()

    async def _retire_once(self) -> None:
        live = {seen.id for seen in self.board.calls} if self.board.fresh else None
        wanted = await versions_of_open_calls(self.database, live)
        rules, _ = self.book.in_force()
        retired = tuple(self.book.version(v)[0] for v in sorted(wanted) if v != rules.version)
        if {r.version for r in retired} != {r.version for r in self._retired}:
            self._retired = retired
            await self.publisher(rules)

    async def _poke(self) -> None:
        """Calls end and lamps change: the records follow at once."""
        async for event in self.gateway.subscribe("Hangup", "MessageWaiting"):
            mailbox = getattr(event, "text", lambda _: "")("Mailbox")
            self.follower.poke(mailbox)

    def _pbx_pid(self) -> int | None:
        with contextlib.suppress(OSError, ValueError):
            return int((self.settings.asterisk_run / "asterisk.pid").read_text())
        return None


def _rules_to_begin_with(settings: Settings, store: RulesStore, progress: Say) -> Rules:
    loaded = load(settings.rules)
    if loaded.rules is not None:
        version = store.keep(loaded.content, str(settings.rules), loaded.rules)
        return store.put_in_force(version)
    errors = [f"{settings.rules}:{p.line}: {p.message}" for p in loaded.errors]
    rules = store.last_good()
    if rules is None:
        raise RulesError("\n".join(["the rules can't be put in force:", *errors]), loaded.problems)
    for error in errors:
        progress(error)
    progress(f"the rules file is wrong; the last good version, {rules.version}, stays in force")
    return store.put_in_force(rules.version)


def _read(content: bytes) -> Rules:
    """Rules of a file's content. Raises RulesError with every problem."""
    loaded: Loaded = load_text(content, "the rules file")
    if loaded.rules is None:
        raise RulesError("the rules have errors", loaded.errors)
    return loaded.rules


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _spoken(progress: Say) -> Callable[[int, int, str], None]:
    """Progress of speaking, told every hundred sounds."""

    def told(done: int, total: int, text: str) -> None:
        if total >= 20 and (done == 1 or done % 100 == 0 or done == total):
            progress(f"prompts: {done} of {total} spoken")

    return told


def _call(seen: Any) -> dict[str, Any]:
    return {
        "id": seen.id,
        "caller": seen.caller,
        "name": seen.caller_name,
        "dialled": seen.dialled,
        "state": seen.state,
        "phones": list(seen.phones),
        "since": datetime.fromtimestamp(seen.since).astimezone().isoformat(timespec="seconds"),
    }


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
