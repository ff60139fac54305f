"""Asks the running controller something, over HTTP on its unix socket."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from switchboard.errors import SwitchboardError

ASK_SECONDS = 3.0
_LARGEST_ANSWER = 16_000_000


class NotRunning(SwitchboardError):
    """No controller answers on this data folder's socket."""


class _OverSocket(http.client.HTTPConnection):
    def __init__(self, path: Path, seconds: float) -> None:
        super().__init__("localhost", timeout=seconds)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def ask(control_socket: Path, path: str, seconds: float = ASK_SECONDS) -> Any:
    """The JSON that GET `path` gives. Raises NotRunning when nobody answers in time. Blocks."""
    return _talk(control_socket, "GET", path, None, seconds)


def order(control_socket: Path, path: str, what: Mapping[str, Any], seconds: float = ASK_SECONDS) -> Any:
    """POST `what` as JSON; the controller's answer. Raises NotRunning, or SwitchboardError with the
    controller's reason to refuse. Blocks."""
    return _talk(control_socket, "POST", path, json.dumps(what), seconds)


def _talk(control_socket: Path, method: str, path: str, body: str | None, seconds: float) -> Any:
    connection = _OverSocket(control_socket, seconds)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
        response = connection.getresponse()
        answer = json.loads(response.read(_LARGEST_ANSWER))
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotRunning(f"no switchboard is running here (nobody answers on {control_socket})") from error
    finally:
        connection.close()
    if response.status != 200:
        raise SwitchboardError(answer.get("error", f"the controller answered {response.status} to {path}"))
    return answer
