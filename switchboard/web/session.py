"""The cookie of a browser: encrypted, and nothing in it but the secret of a session that is a row.

Two switchboards on one machine, and HTTP beside HTTPS, each have a cookie of their own: browsers tell
cookies apart by host, not by port. Over HTTPS it is Secure and bound to the host (`__Host-`).
"""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256

from aiohttp import web
from aiohttp_session import Session, get_session, new_session
from aiohttp_session.cookie_storage import EncryptedCookieStorage

from switchboard.web.parts import PARTS

SECRET, VISITOR = "secret", "visitor"
CSRF_HEADER, CSRF_FIELD = "X-CSRF-Token", "csrf"


class CookieStorage(EncryptedCookieStorage):
    """Encrypted cookies whose name and safety follow how the request came."""

    def __init__(self, key: bytes, port: int) -> None:
        super().__init__(key, httponly=True, samesite="Lax")
        self._port = port

    def name(self, request: web.Request) -> str:
        """The cookie's name for this request."""
        return f"__Host-switchboard-{self._port}" if request.secure else f"switchboard-{self._port}"

    async def load_session(self, request: web.Request) -> Session:
        """The browser's session; an empty one for a cookie that isn't ours or was tampered with."""
        cookie = request.cookies.get(self.name(request), "")
        try:
            data = self._decoder(self._fernet.decrypt(cookie.encode()).decode())
            return Session(None, data=data, new=False)
        except Exception:  # noqa: BLE001  whatever somebody put there, it is no session of ours
            return Session(None, data=None, new=True)

    async def save_session(
        self, request: web.Request, response: web.StreamResponse, session: Session
    ) -> None:
        """Send the cookie, or take it away when nothing is in it."""
        if session.empty:
            response.del_cookie(self.name(request), secure=request.secure, httponly=True, samesite="Lax")
            return
        data = self._encoder(self._get_session_data(session)).encode()
        response.set_cookie(
            self.name(request),
            self._fernet.encrypt(data).decode(),
            secure=request.secure,
            httponly=True,
            samesite="Lax",
        )


async def secret_of(request: web.Request) -> str:
    """The session's secret, "" without one."""
    value = (await get_session(request)).get(SECRET, "")
    return value if isinstance(value, str) else ""


async def begin(request: web.Request, secret: str) -> None:
    """A session begins: whatever the cookie held before is gone."""
    session = await new_session(request)
    session[SECRET] = secret


async def end(request: web.Request) -> None:
    """The cookie is taken away."""
    (await get_session(request)).invalidate()


async def csrf_token(request: web.Request) -> str:
    """What forms and scripts of this browser's session must send along. A visitor gets a session for it."""
    session = await get_session(request)
    bound = session.get(SECRET) or session.get(VISITOR)
    if not isinstance(bound, str):
        bound = session[VISITOR] = secrets.token_urlsafe(16)
    return _sign(request.app[PARTS].key, bound)


async def csrf_fits(request: web.Request, token: str) -> bool:
    """Whether `token` was made for this browser's session."""
    session = await get_session(request)
    bound = session.get(SECRET) or session.get(VISITOR)
    if not isinstance(bound, str) or not token:
        return False
    return hmac.compare_digest(_sign(request.app[PARTS].key, bound).encode(), token.encode())


def _sign(key: bytes, bound: str) -> str:
    return hmac.new(key, b"csrf:" + bound.encode(), sha256).hexdigest()
