"""A switchboard with nothing in it: the least Asterisk that starts, and a controller that only says so.

`python tests/pbx/stand_in.py` supervises the two with the settings of the environment, as
`switchboard run` does; with an argument it is that controller.
"""

from __future__ import annotations

import http.server
import os
import signal
import socketserver
import sys
from collections.abc import Callable
from pathlib import Path

from switchboard import supervise
from switchboard.errors import SwitchboardError
from switchboard.pbx.programs import Programs
from switchboard.settings import Settings

CONTROLLER = (sys.executable, str(Path(__file__).resolve()), "controller")


def write_configuration(settings: Settings, programs: Programs) -> None:
    """An Asterisk without telephones: console socket, dialplan, nothing on the network."""
    s = settings
    folders = {
        "astetcdir": s.etc,
        "astmoddir": programs.modules,
        "astvarlibdir": s.asterisk_share,
        "astdbdir": s.asterisk_db,
        "astkeydir": s.etc,
        "astdatadir": s.asterisk_share,
        "astagidir": s.asterisk_share,
        "astspooldir": s.spool,
        "astrundir": s.asterisk_run,
        "astlogdir": s.asterisk_log,
    }
    files = {
        "asterisk.conf": "[directories]\n" + "".join(f"{k}={v}\n" for k, v in folders.items()),
        "modules.conf": "[modules]\nautoload=no\nload=pbx_config.so\nload=app_dial.so\n",
        "logger.conf": "[logfiles]\nconsole=error\n",
        "extensions.conf": "[nothing]\nexten => s,1,NoOp()\n",
    }
    for name, text in files.items():
        (s.etc / name).write_text(text)
        (s.etc / name).chmod(0o640)


async def prepare(settings: Settings, programs: Programs, progress: Callable[[str], None]) -> None:
    if os.environ.get("STAND_IN_FAILS") == "prepare":
        raise SwitchboardError("nothing can be prepared")
    write_configuration(settings, programs)


def announce(settings: Settings, say: Callable[[str], None]) -> None:
    say("READY")


def controller(settings: Settings) -> None:
    """Answers every GET on the control socket with its process id until SIGTERM."""
    if os.environ.get("STAND_IN_FAILS") == "controller":
        sys.exit("the controller has a fault")

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = f'{{"ready": true, "pid": {os.getpid()}}}'.encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

        def address_string(self) -> str:
            return "unix"

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with socketserver.ThreadingUnixStreamServer(str(settings.control_socket), Answer) as server:
        server.serve_forever(poll_interval=0.1)


if __name__ == "__main__":
    loaded = Settings.load()
    supervise.WATCH_SECONDS, supervise.SILENT_SECONDS = 0.5, 2.0
    if sys.argv[1:] == ["controller"]:
        controller(loaded)
    else:
        try:
            supervise.run(loaded, prepare, announce, CONTROLLER)
        except SwitchboardError as error:
            sys.exit(f"switchboard: {error}")
