"""The phone in the page: with which account, and where, a browser registers."""

from __future__ import annotations

from collections.abc import Awaitable

import structlog
from aiohttp import web
from pydantic import Field

from switchboard.domain.roles import Permission
from switchboard.errors import SwitchboardError
from switchboard.flows.page_phones import NoPhone, PhoneAccount
from switchboard.web.answers import Refused
from switchboard.web.api.declaring import Operations, Told
from switchboard.web.parts import PARTS, USER

log = structlog.get_logger()

operations = Operations("phone")


class PagePhone(Told):
    """What a browser's telephone needs: SIP over a WebSocket (RFC 7118), sound by WebRTC."""

    uri: str = Field(description="Its address, as sip:8011-web@pbx.example")
    username: str
    password: str
    ws: str = Field(description="Where it connects, as wss://pbx.example:8089/ws")
    extension: str = Field(description='Whose phone it is; "" for the test caller')
    main_number: str = Field(description="What the test caller dials")


@operations.get("/phone", "The account of one's own phone in the page", needs=Permission.PHONE, errors=(404,))
async def show_phone(request: web.Request) -> PagePhone:
    """Made when it is asked for the first time. It counts as the user's desk phone: the same number, the same
    rights. 404 for a user without an extension, or with one that has no phone in the rules."""
    phones = request.app[PARTS].page_phones
    return _told(request, await _account(phones.account(request[USER].extension)))


@operations.get("/phone/call-us", "The account of the test caller", needs=Permission.TEST_CALL, errors=(404,))
async def show_test_caller(request: web.Request) -> PagePhone:
    """A caller from outside, who reaches the main number and nothing else. Good for an hour."""
    return _told(request, await _account(request.app[PARTS].page_phones.visitor()))


async def _account(asked: Awaitable[PhoneAccount]) -> PhoneAccount:
    try:
        return await asked
    except NoPhone as none:
        raise Refused(404, none.code) from none
    except SwitchboardError as error:
        log.error("page_phone_not_made", why=str(error))
        raise Refused(503, "phone_not_now") from error


def _told(request: web.Request, account: PhoneAccount) -> PagePhone:
    """By the name under which the browser reached us: the certificate is for that one too."""
    parts = request.app[PARTS]
    host = request.url.host or "localhost"
    host = f"[{host}]" if ":" in host else host
    return PagePhone(
        uri=f"sip:{account.username}@{host}",
        username=account.username,
        password=account.password,
        ws=f"wss://{host}:{parts.site.wss_port}/ws",
        extension=account.extension,
        main_number=parts.rules().main_number,
    )
