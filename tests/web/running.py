"""The API's application in a thread of its own, asked over the network by programs that wait."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

from switchboard.domain.call import Call, Stage
from switchboard.flows.orders import LineSeen
from tests.web.api_house import Api, api_house
from tests.web.site import PASSWORD

LIVE_CALL = "1800000001.7"
"""The id of the call that is up."""


class Running:
    """`start`, then `url` and `headers` of somebody signed in by token, by session, and not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._ending = asyncio.Event()
        self._fault: BaseException | None = None
        self.url = ""
        self.token = ""
        self.headers: dict[str, dict[str, str]] = {"nobody": {}}
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._run(),))

    def start(self) -> None:
        """Serve. Raises what kept it from that."""
        self._thread.start()
        self._ready.wait(30)
        if self._fault is not None:
            raise self._fault

    def stop(self) -> None:
        """Serve no more."""
        self._loop.call_soon_threadsafe(self._ending.set)
        self._thread.join(10)

    async def _run(self) -> None:
        try:
            async with api_house(self._folder) as api:
                await furnish(api)
                self.url = str(api.house.client.make_url("")).rstrip("/")
                self.token = api.token
                self.headers["token"] = {"Authorization": f"Bearer {api.token}"}
                csrf = await api.house.sign_in("boss", PASSWORD)
                jar = api.house.client.session.cookie_jar
                cookies = "; ".join(f"{c.key}={c.value}" for c in jar)
                self.headers["session"] = {"Cookie": cookies, "X-CSRF-Token": csrf}
                self._ready.set()
                await self._ending.wait()
        except BaseException as error:
            self._fault = error
            self._ready.set()
            raise


async def furnish(api: Api) -> None:
    """Something to be found: calls, tickets, a message, a call that is up, an operator at the desk."""
    behind, at = api.switchboard, api.house.clock.now.isoformat()
    for n in range(5):
        call = f"170000000{n}.1"
        behind.journal.append(
            {"at": at, "kind": "started", "call": call, "caller": "13800000001", "name": "王<b>\u202e",
             "dialled": "8000", "origin": "outside", "trunk": "provider", "rules": "1-00000000"}
        )  # fmt: skip
        behind.journal.append(
            {"at": at, "kind": "step", "call": call, "n": 1, "action": "say", "detail": "您好",
             "reason": "the greeting", "rule_line": 12, "outcome": "arrived"}
        )  # fmt: skip
        behind.journal.append(
            {"at": at, "kind": "ticket", "call": call, "what": "complaint", "caller": "13800000001",
             "author": ""}
        )  # fmt: skip
    await behind.messages._recorded("")
    await behind.messages.typed("8201", "13800000001", "王芳", "请回电", "user:boss (8011)")
    await api.ask("PUT", "/callers/13800000001", json={"name": "王芳"})
    await api.ask("POST", "/duty", json={"word": "in"})
    behind.caller(LIVE_CALL, "13800000001")
    state = Call(id=LIVE_CALL, rules=behind.rules().version, stage=Stage.DESK_LINE)
    behind.live.watch(state, "wait", "the desk is busy")
    behind.lines.seen[LIVE_CALL] = LineSeen("PJSIP/trunk-provider-1", state.pack())
