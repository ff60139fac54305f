"""Shows the company's mode outside: the lamp that phones watch, and the fallback's memory.

The lamp is a device state of our own (Asterisk: funcs/func_devstate.c); phones subscribe to the hint of the
manual-mode code. What the fallback reads is in Asterisk's own database, so that it is known without us.
"""

from __future__ import annotations

from switchboard.ami.gateway import Gateway
from switchboard.dialplan import MODE_DEVICE, MODE_FAMILY, MODE_KEY
from switchboard.domain.mode import Mode


class ModeLamp:
    """`board` may set device states, `admin` may write Asterisk's database."""

    def __init__(self, board: Gateway, admin: Gateway) -> None:
        self._board = board
        self._admin = admin

    async def show(self, mode: Mode) -> None:
        """Lit = manual. Raises AmiError when the PBX can't be told now."""
        lit = "INUSE" if mode is Mode.MANUAL else "NOT_INUSE"
        await self._board.action("Setvar", Variable=f"DEVICE_STATE({MODE_DEVICE})", Value=lit)
        await self._admin.action("DBPut", Family=MODE_FAMILY, Key=MODE_KEY, Val=mode.value)
