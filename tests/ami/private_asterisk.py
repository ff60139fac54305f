"""An Asterisk of a test's own: own folder, own ports, nothing loaded that the test doesn't name."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from switchboard.pbx import programs
from switchboard.pbx.program import in_folder, libraries
from switchboard.settings import Settings

_MODULES = """
pbx_config res_speech res_agi res_clioriginate app_playback app_record app_senddtmf app_verbose app_exec
app_stack app_read app_dial func_timeout func_channel func_callerid func_strings func_logic func_base64
func_uri func_devstate func_global format_pcm format_wav codec_ulaw bridge_simple bridge_softmix
"""
MODULES = _MODULES.split()


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def find_asterisk() -> tuple[Sequence[str], Mapping[str, str], Path, Path]:
    """Command, environment, module folder, data folder. Skips the test when there is no Asterisk."""
    folder = os.environ.get("SWITCHBOARD_TEST_PROGRAMS")  # a Debian tree to try things with
    if folder:
        root = Path(folder)
        program = in_folder(root, "usr/sbin/asterisk")
        assert program is not None
        return (
            program.argv,
            program.environment,
            libraries(root) / "asterisk/modules",
            root / "usr/share/asterisk",
        )
    found = programs.find(Settings.load())
    if found is None:
        pytest.skip("no Asterisk here: `make test` prepares one")
    return found.asterisk.argv, found.asterisk.environment, found.modules, found.asterisk_data


class PrivateAsterisk:
    """Files are written once; `start`, `kill` and `start` again keep folder and ports."""

    def __init__(self, folder: Path, files: Mapping[str, str], modules: Sequence[str] = ()) -> None:
        self.folder = folder
        self._argv, self._environment, module_folder, data = find_asterisk()
        for name in ("etc", "lib", "db", "keys", "spool", "run", "log", "share/sounds"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / "share/documentation").symlink_to(data / "documentation")
        loads = "".join(f"load={m}.so\n" for m in (*MODULES, *modules))
        d = folder
        base = {
            "asterisk.conf": "[directories]\n"
            f"astetcdir={d}/etc\nastmoddir={module_folder}\nastvarlibdir={d}/lib\nastdbdir={d}/db\n"
            f"astkeydir={d}/keys\nastdatadir={d}/share\nastagidir={d}/lib\nastspooldir={d}/spool\n"
            f"astrundir={d}/run\nastlogdir={d}/log\n[options]\nverbose=3\n",
            "modules.conf": f"[modules]\nautoload=no\n{loads}",
            "logger.conf": "[logfiles]\nfull=notice,warning,error,verbose\n",
            "cdr.conf": "[general]\nenable=no\n",
            "extensions.conf": "[none]\n",
        }
        for name, text in {**base, **files}.items():
            (folder / "etc" / name).write_text(text)
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        with (self.folder / "console").open("ab") as console:
            self._process = await asyncio.create_subprocess_exec(
                *self._argv,
                "-f",
                "-C",
                str(self.folder / "etc/asterisk.conf"),
                env={"PATH": os.environ["PATH"], **self._environment},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=console,
                stderr=console,
            )
        async with asyncio.timeout(30):
            await self.cli("core waitfullybooted")

    async def cli(self, command: str) -> str:
        """A console command's output; waits for the console's socket."""
        while True:
            assert self._process is not None
            assert self._process.returncode is None, self.log()
            if (self.folder / "run/asterisk.ctl").exists():
                asking = await asyncio.create_subprocess_exec(
                    *self._argv,
                    "-C",
                    str(self.folder / "etc/asterisk.conf"),
                    "-rx",
                    command,
                    env={"PATH": os.environ["PATH"], **self._environment},
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.STDOUT,
                )
                out, _ = await asking.communicate()
                text = out.decode("utf-8", "replace")
                if asking.returncode == 0 and "Unable to connect" not in text:
                    return text
            await asyncio.sleep(0.05)

    def log(self) -> str:
        parts = [self.folder / "console", self.folder / "log/full"]
        return "\n".join(p.read_text(errors="replace")[-8000:] for p in parts if p.exists())

    async def kill(self) -> None:
        """As a crash would end it."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        (self.folder / "run/asterisk.ctl").unlink(missing_ok=True)
        self._process = None


@asynccontextmanager
async def private_asterisk(
    files: Mapping[str, str], modules: Sequence[str] = ()
) -> AsyncIterator[PrivateAsterisk]:
    """Started and booted; killed and removed at the end. The folder's path is short: it holds a socket."""
    folder = Path(tempfile.mkdtemp(prefix="sb-", dir="/tmp"))
    asterisk = PrivateAsterisk(folder, files, modules)
    try:
        await asterisk.start()
        yield asterisk
    finally:
        await asterisk.kill()
        shutil.rmtree(folder, ignore_errors=True)
