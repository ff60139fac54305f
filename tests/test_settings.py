"""Settings: what an administrator may write, and what they are told when it's wrong."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from switchboard.errors import SettingsError
from switchboard.settings import SOCKET_PATH_LIMIT, SOURCE, Settings


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_nothing_written_gives_the_contracts_defaults(tmp_path: Path) -> None:
    """The defaults of the contract hold, with paths made absolute from the current folder."""
    settings = Settings.load({})
    assert settings.rules == tmp_path / "routing_rules.yaml"
    assert settings.data_dir == tmp_path / "var"
    assert settings.cache_dir.is_absolute()
    assert (settings.bind, settings.sip_port, settings.rtp_ports) == ("0.0.0.0", 5060, (10000, 10999))
    assert (settings.http_bind, settings.ami_host, settings.agi_host) == ("127.0.0.1",) * 3
    assert settings.database_url == f"sqlite+aiosqlite:///{tmp_path}/var/switchboard.db"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    """A file holds the usual, the environment changes it for one run."""
    (tmp_path / "switchboard.toml").write_text('sip_port = 5070\nagi_port = "4600"\ndata_dir = "d"\n')
    settings = Settings.load({"SWITCHBOARD_SIP_PORT": "5080"})
    assert (settings.sip_port, settings.agi_port) == (5080, 4600)
    assert settings.data_dir == tmp_path / "d"


def test_paths_in_a_file_start_from_that_file(tmp_path: Path) -> None:
    """A settings file elsewhere means folders beside it."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "a.toml").write_text('data_dir = "data"\nlocal_nets = ["10.0.0.0/8"]\n')
    settings = Settings.load({"SWITCHBOARD_SETTINGS": str(elsewhere / "a.toml")})
    assert settings.data_dir == elsewhere / "data"
    assert settings.local_nets == ("10.0.0.0/8",)


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    """One reading lists all faults, each with its place, and the nearest right name."""
    (tmp_path / "switchboard.toml").write_text('sipport = 5070\nrtp_ports = "9-8"\n')
    with pytest.raises(SettingsError) as caught:
        Settings.load(
            {
                "SWITCHBOARD_BIND": "everywhere",
                "SWITCHBOARD_AMI_PORT": "99999",
                "SWITCHBOARD_SPI_PORT": "5070",
                "SWITCHBOARD_LOCAL_NETS": "10.0.0.0/99",
                "SWITCHBOARD_TLS_CERT": "missing.pem",
                "SWITCHBOARD_LOG_LEVEL": "loud",
                "SWITCHBOARD_DATABASE_URL": "mysql://u:hidden@h/d",
            }
        )
    text = str(caught.value)
    for part in (
        "'sipport'; did you mean sip_port?",
        "switchboard.toml: rtp_ports",
        "SWITCHBOARD_BIND: expected an IP address, found 'everywhere'",
        "SWITCHBOARD_AMI_PORT: expected a port from 1 to 65535, found '99999'",
        "SWITCHBOARD_SPI_PORT: there is no such setting; did you mean SWITCHBOARD_SIP_PORT?",
        "SWITCHBOARD_LOCAL_NETS",
        "missing.pem",
        "SWITCHBOARD_LOG_LEVEL",
        "SWITCHBOARD_DATABASE_URL",
    ):
        assert part in text
    assert "hidden" not in text


def test_a_broken_or_missing_file_is_told(tmp_path: Path) -> None:
    """A file that was named must be there and be TOML."""
    with pytest.raises(SettingsError, match="no such settings file"):
        Settings.load({}, tmp_path / "absent.toml")
    (tmp_path / "switchboard.toml").write_text("sip_port =")
    with pytest.raises(SettingsError, match="TOML"):
        Settings.load({})


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"SWITCHBOARD_AMI_PORT": "5060"}, "port 5060 is also SWITCHBOARD_SIP_PORT"),
        ({"SWITCHBOARD_RTP_PORTS": "5000-6000"}, "holds SWITCHBOARD_SIP_PORT 5060"),
        ({"SWITCHBOARD_TLS_CERT": __file__}, "give both or none"),
        ({"SWITCHBOARD_HTTP_BIND": "127.0.0.1\nx"}, "SWITCHBOARD_HTTP_BIND"),
        ({"SWITCHBOARD_AMI_HOST": "a\r\nb"}, "SWITCHBOARD_AMI_HOST"),
        ({"SWITCHBOARD_DATA_DIR": "a\nb"}, "SWITCHBOARD_DATA_DIR"),
        ({"SWITCHBOARD_HTTP_PROXIES": "10.0.0.1, 0.0.0.0/0"}, "SWITCHBOARD_HTTP_PROXIES: .* is everybody"),
        ({"SWITCHBOARD_SPEAKING_RATE": "49"}, "SWITCHBOARD_SPEAKING_RATE: expected a whole number"),
        ({"SWITCHBOARD_SPEAKING_RATE": "1.2"}, "SWITCHBOARD_SPEAKING_RATE"),
    ],
)
def test_contradictions_and_hostile_values_are_refused(environ: dict[str, str], named: str) -> None:
    """Settings that can't hold together, or that would end up in a configuration as a second line."""
    with pytest.raises(SettingsError, match=named):
        Settings.load(environ)


def test_variables_of_others_are_left_alone() -> None:
    """Container platforms add SWITCHBOARD_SERVICE_HOST and the like for a service of that name."""
    Settings.load({"SWITCHBOARD_SERVICE_HOST": "10.1.1.1", "SWITCHBOARD_PORT": "tcp://10.1.1.1:5060"})


def test_settings_survive_the_way_to_a_child_process(tmp_path: Path) -> None:
    """What `environment` writes, `load` reads back the same."""
    settings = Settings.load(
        {
            "SWITCHBOARD_RTP_PORTS": "20000-20099",
            "SWITCHBOARD_LOCAL_NETS": "10.0.0.0/8, 192.168.1.0/24",
            "SWITCHBOARD_PIPER_ZH": __file__,
        }
    )
    assert Settings.load(settings.environment()) == settings


def test_a_deep_data_folder_gets_short_socket_paths(tmp_path: Path) -> None:
    """Sockets of a data folder 190 characters deep still have a path that the kernel takes."""
    deep = tmp_path / ("d" * (190 - len(str(tmp_path))))
    settings = Settings.load({"SWITCHBOARD_DATA_DIR": str(deep)})
    for path in (settings.asterisk_run / "asterisk.ctl", settings.control_socket):
        assert len(str(path)) <= SOCKET_PATH_LIMIT
    assert settings.asterisk_run != settings.control_socket.parent
    other = Settings.load({"SWITCHBOARD_DATA_DIR": str(deep / "f")})
    assert other.control_socket != settings.control_socket


def test_a_data_folder_too_deep_for_asterisk_is_refused(tmp_path: Path) -> None:
    """Asterisk would start with its built-in defaults instead, in the machine's own folders."""
    with pytest.raises(SettingsError, match="SWITCHBOARD_DATA_DIR"):
        Settings.load({"SWITCHBOARD_DATA_DIR": str(tmp_path / ("d" * 200))})


def test_a_password_in_the_database_url_is_not_printed() -> None:
    """Settings end up in logs; the URL's password must not."""
    settings = Settings.load({"SWITCHBOARD_DATABASE_URL": "postgresql+asyncpg://u:hidden@h/d"})
    assert "hidden" not in repr(settings)


def test_every_field_can_be_set() -> None:
    """No field without a reader: each one has its variable."""
    assert {f.name for f in fields(Settings)} == {
        name.removeprefix("SWITCHBOARD_").lower() for name in Settings.load({}).environment()
    }


def test_every_setting_is_documented() -> None:
    """docs/settings.md has a row for each, and none for what doesn't exist."""
    text = (SOURCE / "docs" / "settings.md").read_text("utf-8")
    documented = set(re.findall(r"^\| `(SWITCHBOARD_\w+)`", text, re.MULTILINE))
    assert documented == Settings.load({}).environment().keys()
