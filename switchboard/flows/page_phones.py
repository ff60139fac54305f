"""The phones inside pages: an account for each person who opens one, as long as a user of theirs may.

An account is made, and taken in by the PBX, when its owner's page asks for it the first time. It ends with
the user: somebody who may no longer sign in must not go on telephoning with a password the browser kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from switchboard.dialplan import ENDPOINT_CALL_US, ENDPOINT_PAGE_SUFFIX
from switchboard.domain.company import Rules
from switchboard.errors import StorageError, SwitchboardError
from switchboard.flows.ports import Clock

log = structlog.get_logger()

TIDY_SECONDS = 30.0
"""How often is looked whether an account has lost its user."""

VISIT = timedelta(hours=1)
"""How long the test caller's account lasts after it was last asked for."""


class NoPhone(SwitchboardError):
    """This user has no phone in the page. `code`: no_extension | no_such_phone."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True)
class PhoneAccount:
    """What a page registers with; for the test caller `extension` is ""."""

    username: str
    password: str
    extension: str


class Passwords(Protocol):
    """What only the PBX and the page know (`switchboard.pbx.secrets.Secrets`). Methods block shortly."""

    def page(self, name: str) -> str: ...
    def pages(self) -> Mapping[str, str]: ...
    def close_pages(self, names: Collection[str]) -> None: ...


Publish = Callable[[], Awaitable[None]]
"""Has the PBX take in the accounts as they are now. Raises SwitchboardError."""

Entitled = Callable[[], Awaitable[Collection[str]]]
"""Extensions whose users may have a phone in the page now. Raises StorageError."""


class PagePhones:
    """Accounts of phones in pages."""

    def __init__(
        self,
        passwords: Passwords,
        publish: Publish,
        rules: Callable[[], Rules],
        entitled: Entitled,
        now: Clock,
    ) -> None:
        self._passwords = passwords
        self._publish = publish
        self._rules = rules
        self._entitled = entitled
        self._now = now
        self._one = asyncio.Lock()
        self._visited: datetime | None = None

    async def account(self, extension: str) -> PhoneAccount:
        """The account of the page of whoever has `extension`; made when it is asked for the first time.

        Raises NoPhone when the rules give that extension no phone, SwitchboardError when the PBX can't take
        the account in now: it isn't kept then.
        """
        if not extension:
            raise NoPhone("no_extension", "this user has no extension")
        if extension not in {person.number for person in self._rules().phones}:
            raise NoPhone("no_such_phone", f"the rules give {extension} no phone")
        password = await self._password(extension)
        return PhoneAccount(extension + ENDPOINT_PAGE_SUFFIX, password, extension)

    async def visitor(self) -> PhoneAccount:
        """The account of the test caller, who calls from outside; good for VISIT. Raises as `account`."""
        self._visited = self._now()
        return PhoneAccount(ENDPOINT_CALL_US, await self._password(ENDPOINT_CALL_US), "")

    async def _password(self, name: str) -> str:
        async with self._one:
            known = (await asyncio.to_thread(self._passwords.pages)).get(name)
            if known:
                return known
            made = await asyncio.to_thread(self._passwords.page, name)
            try:
                await self._publish()
            except BaseException:
                self._passwords.close_pages([name])
                raise
            log.info("page_phone_opened", name=name)
            return made

    async def tidy(self) -> None:
        """Close accounts whose users may no longer have one. Raises SwitchboardError; tried again then."""
        async with self._one:
            opened = (await asyncio.to_thread(self._passwords.pages)).keys()
            if not opened:
                return
            kept = set(await self._entitled())
            if self._visited is not None and self._now() - self._visited < VISIT:
                kept.add(ENDPOINT_CALL_US)
            over = opened - kept
            if over:
                await asyncio.to_thread(self._passwords.close_pages, over)
                await self._publish()
                log.info("page_phones_closed", names=sorted(over))

    async def run(self) -> None:
        """`tidy` again and again."""
        while True:
            await asyncio.sleep(TIDY_SECONDS)
            try:
                await self.tidy()
            except StorageError as error:
                log.warning("page_phones_not_tidied", why=str(error))
            except SwitchboardError as error:  # the PBX is away: it reads the files when it comes back
                log.warning("page_phones_not_published", why=str(error))
