"""Making the PBX follow a rules version: spoken names, rendered files, reloads; or everything as before.

Used when the switchboard starts (nothing runs yet, so nothing is reloaded) and when rules change under
calls. Folders, programs and voices are the same in both.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

import structlog

from switchboard import prompts
from switchboard.certificates import Certificates
from switchboard.dialplan import ENDPOINT_CALL_US
from switchboard.domain.company import Rules
from switchboard.errors import AmiDisconnected, PbxError
from switchboard.pbx import elsewhere, files
from switchboard.pbx.pages import PageDoor, put_certificate, speaks_opus
from switchboard.pbx.pins import put_first_pins
from switchboard.pbx.ports import own_address
from switchboard.pbx.programs import Programs
from switchboard.pbx.render import render
from switchboard.pbx.roster import mailboxes
from switchboard.pbx.secrets import Secrets
from switchboard.prompts import Sounds, Speech
from switchboard.settings import Settings

log = structlog.get_logger()

Progress = Callable[[int, int, str], None]
Reload = Callable[[Sequence[str]], Awaitable[None]]
"""Has Asterisk read its files again, module by module; raises PbxError when one is refused."""

Verify = Callable[[Rules], Awaitable[None]]
"""Asks Asterisk whether it follows these rules; raises PbxError when it doesn't."""


def quiet(done: int, total: int, text: str) -> None:
    """Progress for nobody."""


@dataclass(frozen=True)
class Workshop:
    """What is needed to turn rules into files. Its methods block: they speak, render and write."""

    settings: Settings
    programs: Programs
    secrets: Secrets
    speech: Speech

    @classmethod
    def of(cls, settings: Settings, programs: Programs) -> Workshop:
        """The workshop of one data folder. Raises PromptError when nothing can speak."""
        espeak = programs.espeak.argv if programs.espeak else ("espeak-ng",)
        speech = prompts.choose(espeak, settings.piper_models, settings.speaking_rate)
        return cls(settings, programs, Secrets(settings.secrets), speech)

    def speak(self, rules: Rules, progress: Progress = quiet) -> Sounds:
        """Every sound that `rules` need, those that are missing spoken now."""
        return prompts.build(rules, self.settings, self.speech, progress)

    def sounds(self, rules: Rules) -> Sounds:
        """The phrase book of `rules`, without speaking anything."""
        return Sounds(rules, self.settings.prompts_dir, self.settings.sounds, self.speech)

    def page_door(self) -> PageDoor | None:
        """The door for phones in pages; None, said in the log, when there is no certificate for it."""
        shown = Certificates.of(self.settings)
        try:
            place, mark = put_certificate(self.settings, shown.chain, shown.key)
        except PbxError as error:
            log.error("no_phones_in_pages", why=str(error))
            return None
        opened = self.secrets.pages()
        visitor = opened.pop(ENDPOINT_CALL_US, "")
        # elsewhere is Debian's Asterisk, whose modules aren't seen from here
        opus = self.settings.pbx_elsewhere or speaks_opus(self.programs.modules)
        return PageDoor(place, mark, opus, opened, visitor)

    def write(self, rules: Rules, sounds: Sounds, retired: Iterable[Rules] = ()) -> files.Swap:
        """Asterisk's files for `rules`. Raises PbxError having changed none."""
        earlier = tuple(retired)
        self.secrets.ensure(rules.extensions, (trunk.name for trunk in rules.trunks))
        rendered = render(
            rules,
            self.settings,
            self.secrets,
            sounds,
            earlier,
            programs=self.programs,
            # in another network its own address isn't known here, unless it is the one bound to
            address="" if elsewhere.apart(self.settings) else own_address(self.settings),
            page=self.page_door(),
        )
        put_first_pins(self.settings.spool, mailboxes(rules, earlier, self.secrets))
        return files.swap(self.settings.etc, rendered)


class Publisher:
    """Publishes rules to a PBX that runs. `in_use` gives the rules that calls under way began with.
    `retired` are the versions whose phones, queues and mailboxes are kept for such calls now.
    """

    def __init__(
        self,
        workshop: Workshop,
        reload: Reload,
        verify: Verify,
        in_use: Callable[[], Awaitable[Iterable[Rules]]],
    ) -> None:
        self._workshop = workshop
        self._reload = reload
        self._verify = verify
        self._in_use = in_use
        self.retired: set[str] = set()

    async def __call__(self, rules: Rules) -> Sounds:
        """Make the PBX follow `rules`, wholly, or raise SwitchboardError with all as it was.

        AmiDisconnected: the PBX isn't there to follow anything now.
        """
        sounds = await asyncio.to_thread(self._workshop.speak, rules)
        retired = [r for r in await self._in_use() if r.version != rules.version]
        swap = await asyncio.to_thread(self._workshop.write, rules, sounds, retired)
        try:
            await self._reload(files.reloads(swap.changed))
            await self._verify(rules)
        except AmiDisconnected:
            await self._roll_back(swap)
            raise
        except PbxError as error:
            await self._roll_back(swap)
            raise PbxError(f"the PBX did not take the new rules, the old ones are back: {error}") from error
        self.retired = {r.version for r in retired}
        if files.needs_restart(swap.changed):
            log.warning("pbx_restart_needed", files=list(swap.changed))
        return sounds

    async def _roll_back(self, swap: files.Swap) -> None:
        await asyncio.to_thread(swap.undo)
        try:
            await self._reload(files.reloads(swap.changed))
        except PbxError as error:  # Asterisk reads the old files at its next start
            log.error("pbx_roll_back_reload_failed", error=str(error))
