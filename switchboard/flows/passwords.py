"""Passwords: hashed with argon2id, off the event loop, one at a time.

Calls go on while somebody signs in: hashing runs in a thread (argon2 lets go of the interpreter), one at a
time, so that a core is left, and who waits longer than a few seconds is told to come back. Parameters:
OWASP's first recommendation for argon2id (46 MiB, one pass, one lane), about a tenth of a second.
"""

from __future__ import annotations

import asyncio
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from switchboard.errors import SwitchboardError

AT_ONCE = 1
PATIENCE_SECONDS = 8.0
SHORTEST, LONGEST = 10, 256
_ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Letters and digits that aren't mistaken for each other when read from paper."""
_COMMON = (
    "password",
    "passw0rd",
    "qwerty",
    "asdfgh",
    "1q2w3e",
    "iloveyou",
    "woaini",
    "letmein",
    "admin",
    "switchboard",
    "888888",
    "666666",
    "000000",
    "111111",
    "123123",
    "123456",
    "654321",
    "abc123",
)


class PasswordTooWeak(SwitchboardError):
    """`code`: short | long | name (holds the user's name) | common."""

    def __init__(self, code: str) -> None:
        super().__init__(_SENTENCES[code])
        self.code = code


_SENTENCES = {
    "short": f"a password has at least {SHORTEST} characters",
    "long": f"a password has at most {LONGEST} characters",
    "name": "a password can't hold the user's name",
    "common": "this password is one of the first that are guessed",
}


class Hasher:
    """Argon2id. `memory_kib` and `passes` are for tests, which needn't be slow."""

    def __init__(self, memory_kib: int = 47_104, passes: int = 1) -> None:
        self._argon = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1)
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def hash(self, password: str) -> str:
        """The hash, with salt and parameters, in argon2's notation. Raises TimeoutError when busy."""
        async with asyncio.timeout(PATIENCE_SECONDS), self._turns:
            return await asyncio.to_thread(self._argon.hash, password)

    async def verify(self, hash_: str, password: str) -> bool:
        """Whether it is the password. Raises TimeoutError when too many sign in at once."""
        if len(password) > LONGEST:
            password = ""  # no password is that long; the work is the same
        async with asyncio.timeout(PATIENCE_SECONDS), self._turns:
            return await asyncio.to_thread(self._fits, hash_, password)

    def _fits(self, hash_: str, password: str) -> bool:
        try:
            return self._argon.verify(hash_, password)
        except (VerificationError, InvalidHashError, UnicodeError):
            return False

    def is_outdated(self, hash_: str) -> bool:
        """Whether it was made with other parameters."""
        return self._argon.check_needs_rehash(hash_)

    @staticmethod
    def fit(password: str, user: str) -> None:
        """Raises PasswordTooWeak unless it may be used."""
        bare = password.casefold()
        if len(password) < SHORTEST:
            raise PasswordTooWeak("short")
        if len(password) > LONGEST:
            raise PasswordTooWeak("long")
        if len(user) >= 4 and user.casefold() in bare:
            raise PasswordTooWeak("name")
        rest = bare
        for word in _COMMON:
            rest = rest.replace(word, "")
        if len(rest) < 4 or len(set(bare)) < 5:
            raise PasswordTooWeak("common")


def new_password() -> str:
    """One nobody chose: 20 letters and digits, 116 bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(20))
