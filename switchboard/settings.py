"""Where a switchboard lives on its machine: ports, addresses and folders, and nothing about calls.

Each setting comes from `SWITCHBOARD_<NAME>` in the environment, else from `switchboard.toml` (the same
names in lower case) in the current folder or where SWITCHBOARD_SETTINGS says, else from a default that
opens no door. Every mistake is told at once. `docs/settings.md` describes them; a test compares.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import platformdirs

from switchboard import setting_kinds as kinds
from switchboard.errors import SettingsError
from switchboard.shipped import FOLDER

PREFIX = "SWITCHBOARD_"
FILE_VARIABLE = "SWITCHBOARD_SETTINGS"
FILE_NAME = "switchboard.toml"
SOURCE = FOLDER
"""The folder that holds `prompts/`, `dialplan/`, `asterisk-conf/` and the sample rules."""

SOCKET_PATH_LIMIT = 107
"""Bytes in the path of a unix socket, Linux unix(7)."""
DATA_DIR_LIMIT = 200
"""Bytes. Asterisk reads its files by paths of at most 255, and adds up to 50 to this."""
LONGEST_SOCKET_NAME = "/asterisk.ctl"


@dataclass(frozen=True)
class Settings:
    """All settings, checked, with absolute paths. Made by `Settings.load`, or by hand in tests."""

    rules: Path
    data_dir: Path
    cache_dir: Path
    bind: str = "0.0.0.0"  # noqa: S104  SIP and sound are the product's open doors, see the contract
    sip_port: int = 5060
    sips_port: int = 5061
    rtp_ports: tuple[int, int] = (10000, 10999)
    http_bind: str = "127.0.0.1"
    http_port: int = 8080
    https_port: int = 8443
    wss_port: int = 8089
    ami_port: int = 5038
    agi_port: int = 4573
    ami_host: str = "127.0.0.1"
    agi_host: str = "127.0.0.1"
    tls_cert: Path | None = None
    tls_key: Path | None = None
    external_address: str = ""
    http_names: tuple[str, ...] = ()
    http_proxies: tuple[str, ...] = ()
    local_nets: tuple[str, ...] = ()
    database_url: str = field(default="", repr=False)  # may hold a password; "" = SQLite in data_dir
    prompts_dir: Path = FOLDER / "prompts"
    piper_zh: Path | None = None
    piper_en: Path | None = None
    speaking_rate: int = 100
    log_level: str = "info"
    log_to: str = "files"
    pbx: str = "embedded"
    stop_seconds: int = 10

    def __post_init__(self) -> None:
        if not self.database_url:
            object.__setattr__(self, "database_url", f"sqlite+aiosqlite:///{self.data_dir}/switchboard.db")

    @classmethod
    def load(cls, environ: Mapping[str, str] = os.environ, file: Path | None = None) -> Settings:
        """Read environment and file. Raises SettingsError naming every setting that is wrong."""
        faults: list[str] = []
        file = file or (Path(environ[FILE_VARIABLE]) if environ.get(FILE_VARIABLE) else None)
        written = _from_file(file, faults)
        written |= _from_environment(environ, faults)
        values: dict[str, Any] = {}
        for name, (value, source, folder) in written.items():
            try:
                values[name] = _READERS[name](value, folder)
            except ValueError as error:
                faults.append(f"{source}: {error}")
        here = Path.cwd()
        values.setdefault("rules", here / "routing_rules.yaml")
        values.setdefault("data_dir", here / "var")
        values.setdefault("cache_dir", platformdirs.user_cache_path("switchboard").absolute())
        settings = cls(**values)
        faults += _contradictions(settings)
        if faults:
            raise SettingsError("these settings are wrong:\n" + "\n".join(f"  {f}" for f in faults))
        return settings

    def environment(self) -> dict[str, str]:
        """The same settings as SWITCHBOARD_… variables, for a child process."""
        result = {}
        for f in fields(self):
            value = getattr(self, f.name)
            if f.name == "rtp_ports":
                value = f"{value[0]}-{value[1]}"
            elif isinstance(value, tuple):
                value = ",".join(value)
            result[variable(f.name)] = "" if value is None else str(value)
        return result

    # Folders. The PBX reads etc and share, writes spool, run, log and db.
    @property
    def etc(self) -> Path:
        return self.data_dir / "asterisk" / "etc"

    @property
    def asterisk_share(self) -> Path:
        return self.data_dir / "asterisk" / "share"

    @property
    def sounds(self) -> Path:
        return self.asterisk_share / "sounds"

    @property
    def spool(self) -> Path:
        return self.data_dir / "asterisk" / "spool"

    @property
    def asterisk_db(self) -> Path:
        return self.data_dir / "asterisk" / "db"

    @property
    def asterisk_run(self) -> Path:
        return self._short_enough(self.data_dir / "asterisk" / "run", "pbx")

    @property
    def logs(self) -> Path:
        return self.data_dir / "log"

    @property
    def asterisk_log(self) -> Path:
        return self.logs / "asterisk"

    @property
    def journal(self) -> Path:
        return self.data_dir / "journal"

    @property
    def secrets(self) -> Path:
        return self.data_dir / "secrets"

    @property
    def rules_kept(self) -> Path:
        return self.data_dir / "rules"

    @property
    def run(self) -> Path:
        return self.data_dir / "run"

    @property
    def control_socket(self) -> Path:
        return self._short_enough(self.run, "run") / "control.sock"

    @property
    def programs(self) -> Path:
        return self.cache_dir / "pbx"

    @property
    def speech(self) -> Path:
        return self.cache_dir / "speech"

    @property
    def pbx_elsewhere(self) -> bool:
        """Whether somebody else runs Asterisk, in a container of its own; we then only lay out its files."""
        return self.pbx == "elsewhere"

    @property
    def piper_models(self) -> dict[str, Path]:
        return {k: v for k, v in (("zh", self.piper_zh), ("en", self.piper_en)) if v}

    def _short_enough(self, folder: Path, what: str) -> Path:
        """`folder`, or for a data folder too deep for a socket's path one in /tmp named after it."""
        if len(os.fsencode(folder)) + len(LONGEST_SOCKET_NAME) <= SOCKET_PATH_LIMIT:
            return folder
        mark = hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:12]
        return Path(f"/tmp/switchboard-{mark}-{what}")  # noqa: S108  owner and mode checked when made


def variable(name: str) -> str:
    """The environment variable of a setting: `sip_port` → `SWITCHBOARD_SIP_PORT`."""
    return PREFIX + name.upper()


Written = dict[str, tuple[Any, str, Path]]
"""Setting → (value as written, where it was written, folder that relative paths start from)."""


def _from_file(file: Path | None, faults: list[str]) -> Written:
    path = file or Path.cwd() / FILE_NAME
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if file is not None:
            faults.append(f"{path}: there is no such settings file")
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        faults.append(f"{path}: can't be read as TOML: {error}")
        return {}
    for unknown in values.keys() - _READERS.keys():
        faults.append(f"{path}: there is no setting {unknown!r}{_nearest(unknown)}")
    folder = path.absolute().parent
    return {k: (v, f"{path}: {k}", folder) for k, v in values.items() if k in _READERS}


def _from_environment(environ: Mapping[str, str], faults: list[str]) -> Written:
    result: Written = {}
    for key in sorted(k for k in environ if k.startswith(PREFIX)):
        name = key.removeprefix(PREFIX).lower()
        if name in _READERS:
            if environ[key].strip():
                result[name] = (environ[key].strip(), key, Path.cwd())
        elif key != FILE_VARIABLE and _nearest(name):
            # others put SWITCHBOARD_… there too (service links of container platforms): only what
            # looks like a slip of the pen is a fault
            faults.append(f"{key}: there is no such setting{_nearest(name, PREFIX, str.upper)}")
    return result


def _nearest(name: str, prefix: str = "", case: Callable[[str], str] = str) -> str:
    close = difflib.get_close_matches(name, _READERS, n=1, cutoff=0.8)
    return f"; did you mean {prefix}{case(close[0])}?" if close else ""


_KINDS: dict[Callable[[Any, Path], Any], tuple[str, ...]] = {
    kinds.path: ("rules", "data_dir", "cache_dir", "prompts_dir"),
    kinds.readable: ("tls_cert", "tls_key", "piper_zh", "piper_en"),
    kinds.port: ("sip_port", "sips_port", "http_port", "https_port", "wss_port", "ami_port", "agi_port"),
    kinds.ports: ("rtp_ports",),
    kinds.address: ("bind", "http_bind"),
    kinds.host: ("ami_host", "agi_host", "external_address"),
    kinds.nets: ("local_nets",),
    kinds.narrow_nets: ("http_proxies",),
    kinds.hosts: ("http_names",),
    kinds.url: ("database_url",),
    kinds.level: ("log_level",),
    kinds.one_of("files", "stdout"): ("log_to",),
    kinds.one_of("embedded", "elsewhere"): ("pbx",),
    kinds.seconds: ("stop_seconds",),
    kinds.percent: ("speaking_rate",),
}
_READERS = {name: reader for reader, names in _KINDS.items() for name in names}


def _contradictions(settings: Settings) -> list[str]:
    """What is wrong between settings that are right one by one."""
    faults = []
    owners: dict[int, str] = {}
    for name in _KINDS[kinds.port]:
        other = owners.setdefault(getattr(settings, name), name)
        if other != name:
            port = getattr(settings, name)
            faults.append(f"{variable(name)}: port {port} is also {variable(other)}; each needs its own")
    low, high = settings.rtp_ports
    if low <= settings.sip_port <= high:
        faults.append(
            f"{variable('rtp_ports')}: {low}-{high} holds {variable('sip_port')} {settings.sip_port}"
        )
    if len(os.fsencode(settings.data_dir)) > DATA_DIR_LIMIT:
        faults.append(
            f"{variable('data_dir')}: Asterisk can't work with paths as long as {settings.data_dir}"
        )
    if (settings.tls_cert is None) != (settings.tls_key is None):
        faults.append(f"{variable('tls_cert')} and {variable('tls_key')} go together: give both or none")
    return faults
