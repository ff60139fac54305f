"""A PBX that runs elsewhere: what is laid out for it, and what is not done here any more."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from switchboard import supervise
from switchboard.errors import SwitchboardError
from switchboard.pbx import elsewhere, files, programs
from switchboard.settings import SOURCE, Settings
from tests.pbx.test_render import files as rendered


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings.load({"SWITCHBOARD_DATA_DIR": str(tmp_path), "SWITCHBOARD_PBX": "elsewhere"})
    made.etc.mkdir(parents=True)
    for name in files.AT_START:
        (made.etc / name).write_text("; nothing\n")
    return made


def mark(settings: Settings) -> str:
    elsewhere.lay_out_mark(settings)
    return (settings.etc / elsewhere.MARK).read_text().splitlines()[0]


def test_the_mark_stays_while_nothing_read_at_the_start_changes(settings: Settings) -> None:
    """A controller that starts anew doesn't have the PBX start anew."""
    first = mark(settings)
    (settings.etc / "extensions.conf").write_text("other rules")
    assert mark(settings) == first
    assert mark(replace(settings, log_level="debug")) == first


@pytest.mark.parametrize("change", [{"sip_port": 5070}, {"external_address": "203.0.113.9"}])
def test_the_mark_changes_with_what_is_read_at_the_start(settings: Settings, change: dict) -> None:
    """Ports and addresses, which no reload takes in."""
    first = mark(settings)
    assert mark(replace(settings, **change)) != first


def test_the_mark_changes_with_modules(settings: Settings) -> None:
    """A version that needs another module has the PBX start anew, once no call is up."""
    first = mark(settings)
    (settings.etc / "modules.conf").write_text("load = res_new.so\n")
    assert mark(settings) != first


def test_the_mark_says_for_which_doors_the_files_are(settings: Settings) -> None:
    """As the entrypoint of the PBX's container puts them together from the same settings."""
    elsewhere.lay_out_mark(replace(settings, bind="172.28.88.18", ami_host="172.28.88.2"))
    lines = (settings.etc / elsewhere.MARK).read_text().splitlines()
    assert lines[1:] == ["172.28.88.18:5060 172.28.88.2:5038"]
    entrypoint = (SOURCE / "containers/pbx/entrypoint").read_text()
    assert (
        'doors="${SWITCHBOARD_BIND:?}:${SWITCHBOARD_SIP_PORT:-5060} '
        '${SWITCHBOARD_AMI_HOST:?}:${SWITCHBOARD_AMI_PORT:-5038}"'
    ) in entrypoint


def test_a_folder_that_cant_be_written_is_named(settings: Settings) -> None:
    """Not a traceback."""
    (settings.etc / "modules.conf").unlink()
    with pytest.raises(SwitchboardError, match=r"the PBX can't be told of its files: .*modules.conf"):
        elsewhere.lay_out_mark(settings)


def test_no_asterisk_is_looked_for_here(settings: Settings) -> None:
    """Its own files are where the PBX's container has them, whatever is on this machine."""
    found = programs.find(settings)
    assert found is not None
    assert found.modules == Path("/usr/lib/asterisk/modules")
    assert found.documentation == Path("/usr/share/asterisk/documentation")
    assert programs.obtain(settings, print).asterisk.argv == ("/usr/sbin/asterisk",)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be refused for being root")
def test_root_is_refused_beside_a_pbx_elsewhere(settings: Settings) -> None:
    """Its files would be closed to the PBX, and a container's root is a machine's root."""
    with pytest.raises(SwitchboardError, match="not as root"):
        supervise.run(settings, None, None)  # type: ignore[arg-type]


def test_the_manager_listens_on_its_own_address_and_knows_the_controllers_alone() -> None:
    """In a container that has two networks: on the inner one, and for nobody but the controller there."""
    manager = rendered(ami_host="172.28.88.2", agi_host="172.28.88.3", pbx="elsewhere")["manager.conf"]
    assert "bindaddr = 172.28.88.2" in manager
    assert "permit = 172.28.88.3/32" in manager
    assert "172.16.0.0" not in manager


def test_in_containers_all_logs_are_one_stream_of_json() -> None:
    """No file inside that nobody collects; security events are in the stream."""
    logger = rendered(log_to="stdout")["logger.conf"]
    assert "console = [json]notice,warning,error,security" in logger
    assert ".log = " not in logger
    assert "queue_log = no" in logger
    assert "security.log = security" in rendered()["logger.conf"]
