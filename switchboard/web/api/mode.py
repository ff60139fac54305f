"""Who answers the main number, and who is at the desk (A1, A2, A16)."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any

from aiohttp import web
from pydantic import AwareDatetime

from switchboard.domain.duty import DutyWord
from switchboard.domain.mode import Mode, Source
from switchboard.domain.roles import Permission
from switchboard.flows.presence import mode_told
from switchboard.web.api.declaring import Asked, Operations, Told, one_of
from switchboard.web.api.kinds import Extension, Line, Minutes
from switchboard.web.api.refusing import refused
from switchboard.web.parts import PARTS, USER
from switchboard.web.trail import audit

operations = Operations("mode")


class Absent(Told):
    """An operator who is away; `until` null: nobody said when they are back."""

    extension: str
    until: AwareDatetime | None


class ModeTold(Told):
    """The mode in force, who or what is behind it and until when; operators at the desk, and those away."""

    mode: Annotated[str, one_of(*Mode)]
    source: Annotated[str, one_of(*Source)]
    author: str
    until: AwareDatetime | None
    reason: str
    operators: list[str]
    away: list[Absent]


class Wanted(StrEnum):
    """What may be chosen. `away`: the operator who asks leaves the desk for some minutes."""

    MANUAL = "manual"
    AUTOMATIC = "automatic"
    SCHEDULE = "schedule"
    AWAY = "away"


class ModeWanted(Asked):
    """`minutes`: it ends then (needed with `away`); `until_changed`: only another choice ends it; neither:
    with the next change of duty."""

    mode: Wanted
    minutes: Minutes | None = None
    until_changed: bool = False
    reason: Line = ""


class DutyWanted(Asked):
    """What an operator says. `minutes` goes with `away`; `extension` is one's own unless given."""

    word: DutyWord
    minutes: Minutes | None = None
    extension: Extension | None = None


@operations.get("/mode", "The mode in force", needs=Permission.LIVE_OWN)
async def show_mode(request: web.Request) -> ModeTold:
    """Who answers the main number now."""
    return ModeTold.model_validate(await _mode(request))


@operations.put("/mode", "Choose the mode", needs=Permission.MODE, errors=(409,))
async def choose_mode(request: web.Request, body: ModeWanted) -> ModeTold:
    """The last explicit choice wins until its end. Away needs an extension that may work at the desk; when
    the last operator goes, the company turns automatic."""
    account, desk = request[USER], request.app[PARTS].desk
    if body.mode is Wanted.AWAY:
        await _sign(request, DutyWord.AWAY, body.minutes, None)
    else:
        await audit(request, "mode", body.mode.value, body.model_dump(exclude_defaults=True, mode="json"))
        await desk.choose(
            None if body.mode is Wanted.SCHEDULE else Mode(body.mode.value),
            source_of(request),
            account.author,
            minutes=body.minutes,
            until_changed=body.until_changed,
            reason=body.reason,
        )
    return ModeTold.model_validate(await _mode(request))


@operations.post("/duty", "Sign in or out at the desk, or go away", needs=Permission.DUTY, errors=(409,))
async def sign_duty(request: web.Request, body: DutyWanted) -> ModeTold:
    """Signing in changes who rings, not the mode. Another's extension only for supervisors."""
    await _sign(request, body.word, body.minutes, body.extension)
    return ModeTold.model_validate(await _mode(request))


def source_of(request: web.Request) -> Source:
    """From where a choice comes."""
    return Source.API if request[USER].via == "token" else Source.CONSOLE


async def _sign(request: web.Request, word: DutyWord, minutes: int | None, extension: str | None) -> None:
    account, parts = request[USER], request.app[PARTS]
    who = extension or account.extension
    if who != account.extension and not account.may(Permission.STATUS):
        raise refused(request, 409, "not_your_phone")
    if who not in parts.rules().operators:
        raise refused(request, 409, "no_operator")
    if word is DutyWord.AWAY and minutes is None:
        raise refused(request, 409, "away_how_long")
    until = parts.now() + timedelta(minutes=minutes) if word is DutyWord.AWAY and minutes else None
    await audit(request, f"duty.{word.value}", who, {"minutes": minutes} if minutes else None)
    await parts.desk.sign(who, word, source_of(request), until, account.author)


async def _mode(request: web.Request) -> dict[str, Any]:
    parts = request.app[PARTS]
    return mode_told(await parts.desk.mode(), await parts.desk.said(), parts.now())
