"""`python -m bench.queue_drain`: how long 50 callers in a queue of 5 agents take to drain, beside the ideal.

The ideal is that no agent is ever idle: 50 conversations, five at a time, one right after the other. Callers
are channels that the PBX makes itself; they come in by the test caller's trunk, are told place and wait, and
leave the queue for each announcement, as any caller.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import time
from contextlib import AsyncExitStack

from bench.agents import Agent
from bench.subject import TRUNK, Subject
from switchboard.ami import Gateway
from switchboard.ami.accounts import BOARD
from switchboard.pbx.secrets import Secrets

AGENTS = ("8601", "8602", "8603", "8201", "8202")

CHANGES = {
    "    longest_wait: 180 ": "    longest_wait: 900 ",
    "    size: 20 ": "    size: 100 ",
    "    wrap_up: 10 ": "    wrap_up: 0 ",
    "    strategy: rrmemory": '    members: ["8601", "8602", "8603", "8201", "8202"]\n    strategy: rrmemory',
    '    numbers: {"8000": "8000"}': '    numbers: {"8000": "8000", "8600": "8600"}',
}


async def drain(subject: Subject, callers: int, talk: float) -> float:
    """Seconds from the first caller to the end of the last conversation."""
    s, secrets = subject.settings, Secrets(subject.settings.secrets)
    async with AsyncExitStack() as ending:
        loop = asyncio.get_running_loop()
        agents = []
        for number in AGENTS:
            agent = Agent(number, secrets.phone(number), s.sip_port, talk)
            transport, _ = await loop.create_datagram_endpoint(lambda a=agent: a, ("127.0.0.1", 0))
            ending.callback(transport.close)
            agents.append(agent)
        board = Gateway(s.ami_host, s.ami_port, BOARD.name, secrets.ami(BOARD.name))
        await board.start(patience=10)
        ending.push_async_callback(board.stop)
        await asyncio.sleep(2)
        assert all(agent.registered for agent in agents)
        began = time.monotonic()
        for _ in range(callers):
            await board.action(
                "Originate",
                Channel=f"Local/8600@from-trunk-{TRUNK}",
                Application="Wait",
                Data="900",
                Async="true",
                CallerID="<13800138000>",
            )
            await asyncio.sleep(0.05)
        async with asyncio.timeout(callers / len(AGENTS) * talk * 4 + 60):
            while sum(len(agent.talks) for agent in agents) < callers:
                await asyncio.sleep(0.1)
        return max(t for agent in agents for t in agent.talks) - began


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.queue_drain")
    parser.add_argument("--callers", type=int, default=50)
    parser.add_argument("--talk", type=float, default=5.0, help="seconds of each conversation (5)")
    options = parser.parse_args()
    subject = Subject()
    rules = subject.folder / "rules.yaml"
    text = rules.read_text("utf-8")
    for old, new in CHANGES.items():
        assert old in text, f"the sample rules no longer have {old!r}"
        text = text.replace(old, new)
    rules.write_text(text, "utf-8")
    with subject:
        took = asyncio.run(drain(subject, options.callers, options.talk))
    ideal = math.ceil(options.callers / len(AGENTS)) * options.talk
    print(
        f"{options.callers} callers, {len(AGENTS)} agents, {options.talk:g} s each: drained in {took:.1f} s"
    )
    print(f"ideal {ideal:.1f} s: {took / ideal:.2f} times that")


if __name__ == "__main__":
    main()
