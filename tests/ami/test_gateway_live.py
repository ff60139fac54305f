"""The gateway against a real Asterisk, with the rights of the accounts as they are rendered."""

from __future__ import annotations

import asyncio
import socket
import time
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

import pytest
import pytest_asyncio

from switchboard.ami import Board, Gateway, Lost, Message, actions
from switchboard.ami.accounts import ADMIN, BOARD, Account
from switchboard.errors import AmiDisconnected, AmiRefused
from tests.ami.private_asterisk import PrivateAsterisk, free_port, private_asterisk

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="module")]

_MODULES = """
res_timing_timerfd res_manager_devicestate app_queue app_voicemail app_userevent res_sorcery_config
res_sorcery_memory res_sorcery_astdb res_pjproject res_pjsip res_pjsip_session res_pjsip_pubsub chan_pjsip
res_pjsip_registrar res_pjsip_authenticator_digest res_pjsip_endpoint_identifier_user res_rtp_asterisk
res_pjsip_sdp_rtp
"""
MODULES = _MODULES.split()

EXTENSIONS = """
[talk]
exten => answers,1,Answer()
 same => n,Wait(60)
exten => caller,1,Wait(60)
"""

PJSIP = """
[udp]
type=transport
protocol=udp
bind=127.0.0.1:%d
[8201]
type=endpoint
aors=8201
context=talk
disallow=all
allow=ulaw
[8201]
type=aor
max_contacts=1
[8202]
type=endpoint
aors=8202
context=talk
disallow=all
allow=ulaw
[8202]
type=aor
"""


def section(account: Account, secret: str) -> str:
    return (
        f"[{account.name}]\nsecret={secret}\nread={','.join(account.read)}\n"
        f"write={','.join(account.write)}\nwritetimeout=5000\n"
    )


class Pbx:
    def __init__(self, asterisk: PrivateAsterisk, port: int, sip_port: int) -> None:
        self.asterisk, self.port, self.sip_port = asterisk, port, sip_port

    def register(self, phone: str, seconds: int) -> None:
        """What a phone sends, once; nobody reads the answer."""
        here = f"127.0.0.1:{free_port()}"
        text = (
            f"REGISTER sip:127.0.0.1:{self.sip_port} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {here};branch=z9hG4bK{seconds}\r\n"
            f"From: <sip:{phone}@127.0.0.1>;tag=a{seconds}\r\nTo: <sip:{phone}@127.0.0.1>\r\n"
            f"Call-ID: c{seconds}\r\nCSeq: 1 REGISTER\r\nMax-Forwards: 70\r\n"
            f"Contact: {f'<sip:{phone}@{here}>' if seconds else '*'}\r\nExpires: {seconds}\r\n"
            "User-Agent: test phone\r\nContent-Length: 0\r\n\r\n"
        )
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(text.encode(), ("127.0.0.1", self.sip_port))

    def gateway(self, account: Account, secret: str = "right") -> Gateway:
        return Gateway("127.0.0.1", self.port, account.name, secret)


async def until(true: Callable[[], bool], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.02)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def pbx() -> AsyncIterator[Pbx]:
    port, sip_port = free_port(), free_port()
    files = {
        "extensions.conf": EXTENSIONS,
        "manager.conf": f"[general]\nenabled=yes\nbindaddr=127.0.0.1\nport={port}\n"
        + section(BOARD, "right")
        + section(ADMIN, "right"),
        "pjsip.conf": PJSIP % sip_port,
        "queues.conf": "[general]\n[8600]\nmember => Local/answers@talk\n",
        "voicemail.conf": "[general]\nformat=wav\n[sb]\n8201 => 1234,Zhang\n",
    }
    async with private_asterisk(files, MODULES) as asterisk:
        yield Pbx(asterisk, port, sip_port)


@pytest_asyncio.fixture(loop_scope="module")
async def board_account(pbx: Pbx) -> AsyncIterator[Gateway]:
    gateway = pbx.gateway(BOARD)
    assert await gateway.start()
    yield gateway
    await gateway.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def admin_account(pbx: Pbx) -> AsyncIterator[Gateway]:
    gateway = pbx.gateway(ADMIN)
    assert await gateway.start()
    yield gateway
    await gateway.stop()


async def test_the_rights_are_enough(board_account: Gateway, admin_account: Gateway) -> None:
    """Everything we ask is allowed to the account that asks it."""
    assert await actions.channels(board_account) == []
    assert [q.name for q in await actions.queues(board_account)] == ["8600"]
    await actions.device_states(board_account)
    assert await actions.mailbox_count(board_account, "8201", "sb") == (0, 0)
    found = {e.name: e for e in await actions.endpoints(admin_account)}
    assert set(found) == {"8201", "8202"}
    assert not found["8201"].reachable
    assert await actions.contacts(admin_account) == []
    assert abs((await actions.started(board_account)).timestamp() - time.time()) < 60
    await actions.reload(admin_account, "pbx_config.so")
    await actions.reload(admin_account, "res_pjsip.so")
    await actions.refresh_mailbox(admin_account, "8201", "sb")
    with pytest.raises(AmiRefused):
        await actions.reload(admin_account, "no_such_module.so")


async def test_a_phone_that_registers_shows_on_the_board(
    pbx: Pbx, board_account: Gateway, admin_account: Gateway
) -> None:
    """Unreachable, then idle, then unreachable again; its contact is listed meanwhile."""
    board = Board(board_account)
    await board.start()
    await until(lambda: board.fresh)
    assert board.phone("8201") == "unreachable"
    pbx.register("8201", 60)
    await until(lambda: board.phone("8201") == "idle")
    (contact,) = await actions.contacts(admin_account)
    assert (contact.endpoint, contact.user_agent) == ("8201", "test phone")
    assert [e.name for e in await actions.endpoints(admin_account) if e.reachable] == ["8201"]
    pbx.register("8201", 0)
    await until(lambda: board.phone("8201") == "unreachable")
    await board.stop()


async def test_no_account_can_run_programs(board_account: Gateway, admin_account: Gateway) -> None:
    """Originate with System() is refused to one, Originate at all to the other; commands to both."""
    evil = {"Channel": "Local/answers@talk", "Application": "System", "Data": "touch /tmp/x"}
    for gateway in (board_account, admin_account):
        with pytest.raises(AmiRefused):
            await gateway.action("Originate", **evil)
        with pytest.raises(AmiRefused):
            await gateway.action("Command", Command="core stop now")
    with pytest.raises(AmiRefused):
        await board_account.action("Reload")
    with pytest.raises(AmiRefused):
        await admin_account.action("UpdateConfig", SrcFilename="manager.conf", DstFilename="x.conf")


async def test_a_call_appears_on_the_board_and_goes(pbx: Pbx, board_account: Gateway) -> None:
    """Kept from events alone, after one snapshot."""
    board = Board(board_account)
    await board.start()
    await until(lambda: board.fresh)
    assert board.calls == []
    reply = await board_account.action(
        "Originate",
        Channel="Local/answers@talk/n",
        Context="talk",
        Exten="caller",
        Priority=1,
        CallerID='"Wang Fang" <13800138000>',
        Async=True,
    )
    assert "queued" in reply.message
    await until(lambda: len(board.calls) == 1 and board.calls[0].state == "up")
    second = Board(board_account)  # one that comes later sees the same by its snapshot
    await second.start()
    await until(lambda: second.fresh)
    assert [c.id for c in second.calls] == [c.id for c in board.calls]
    for channel in await actions.channels(board_account):
        await actions.hangup(board_account, channel.name)
    await until(lambda: board.calls == [] and second.calls == [])
    await board.stop()
    await second.stop()


async def test_after_a_restart_it_connects_again_and_the_board_is_fresh(pbx: Pbx) -> None:
    """An action under way is told at once that the link fell; readers are told that events are missing."""
    gateway = pbx.gateway(BOARD)
    readied = 0

    async def ready() -> None:
        nonlocal readied
        readied += 1
        await actions.channels(gateway)

    gateway.on_ready(ready)
    events = gateway.subscribe("Newchannel")
    assert await gateway.start()
    board = Board(gateway)
    await board.start()
    await until(lambda: board.fresh and readied == 1)
    assert isinstance(await events.get(), Lost)
    await pbx.asterisk.kill()
    await until(lambda: not gateway.connected)
    assert not board.fresh
    with pytest.raises(AmiDisconnected):
        await gateway.action("Ping")
    await pbx.asterisk.start()
    await until(lambda: gateway.connected and board.fresh and readied == 2)
    assert isinstance(await events.get(), Lost)
    await pbx.asterisk.cli("channel originate Local/answers@talk extension caller@talk")
    event = await events.get()
    assert isinstance(event, Message)
    assert event.text("Channel").startswith("Local/answers@talk")
    await pbx.asterisk.cli("channel request hangup all")
    await board.stop()
    await gateway.stop()


async def test_a_wrong_password_is_an_error_at_once(pbx: Pbx) -> None:
    """Not a silence, and not retried behind one's back."""
    before = asyncio.all_tasks()
    gateway = pbx.gateway(BOARD, "wrong")
    with pytest.raises(AmiRefused, match="Authentication failed"):
        await gateway.start()
    assert not gateway.connected
    assert asyncio.all_tasks() == before


async def test_an_asterisk_that_is_not_there_yet_is_waited_for(pbx: Pbx) -> None:
    """The controller may start first."""
    port = free_port()
    gateway = Gateway("127.0.0.1", port, BOARD.name, "right")
    assert await gateway.start(patience=0.5) is False
    await gateway.stop()


async def test_hostile_values_stay_values(board_account: Gateway, pbx: Pbx) -> None:
    """Line ends are refused before sending; everything else comes back as it went."""
    events = board_account.subscribe("OriginateResponse", "Newchannel")
    name = 'quo"te \\ ${SHELL(id)} &PJSIP/8899 \u202e 😀 汉字'
    for refused in ("a\r\nAction: Logoff", "a\nb", "a\0b"):
        with pytest.raises(AmiRefused):
            await board_account.action("Originate", Channel="Local/answers@talk", CallerID=refused)
    await board_account.action("Setvar", Variable="HOSTILE", Value=name)
    reply = await board_account.action("Getvar", Variable="HOSTILE")
    assert reply.response.text("Value") == name
    events.close()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_another_client_sees_the_same(pbx: Pbx) -> None:
    """pyst2, which isn't ours, logs in with the rights as rendered."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from asterisk.manager import Manager

    def see() -> str:
        manager = Manager()
        manager.connect("127.0.0.1", pbx.port)
        try:
            manager.login(BOARD.name, "right")
            return str(manager.ping().get_header("Response"))
        finally:
            with suppress(ValueError):  # its own threads race: one shuts what the other still writes to
                manager.close()

    assert await asyncio.to_thread(see) == "Success"
