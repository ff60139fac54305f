"""Asks the running controller something, over HTTP on its unix socket."""

from __future__ import annotations

import http.client
import json
import socket
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
    connection = _OverSocket(control_socket, seconds)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        body = response.read(_LARGEST_ANSWER)
        if response.status != 200:
            raise NotRunning(f"the controller answered {response.status} to {path}")
        return json.loads(body)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotRunning(f"no switchboard is running here (nobody answers on {control_socket})") from error
    finally:
        connection.close()
