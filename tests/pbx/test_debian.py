"""Making the programs folder, with a stand-in for mmdebstrap on the PATH."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from switchboard.errors import PbxError
from switchboard.pbx import debian

MMDEBSTRAP = r"""#!/bin/sh
echo "$@" >>"$NOTES/calls"
for last; do root=$last; done
echo "I: running apt-get update..."
[ ! -e "$NOTES/slow" ] || sleep 0.3
if [ -e "$NOTES/fail" ]; then cat "$NOTES/fail"; exit 25; fi
libraries=$root/usr/lib/x86_64-linux-gnu
mkdir -p "$libraries" "$root/usr/sbin" "$root/usr/bin" "$root/usr/share/doc/asterisk" "$root/var/cache/apt"
echo text >"$root/usr/share/doc/asterisk/README"
cat >"$libraries/ld-linux-x86-64.so.2" <<'END'
#!/bin/sh
case $3 in
    */asterisk) echo "Asterisk 22.10.1~dfsg" ;;
    */espeak-ng) echo "eSpeak NG text-to-speech: 1.52.0" ;;
    */baresip) echo "baresip v1.1.0" ;;
    */sipp) echo "SIPp v3.8.0" ;;
esac
END
chmod +x "$libraries/ld-linux-x86-64.so.2"
touch "$root/usr/sbin/asterisk" "$root/usr/bin/espeak-ng" "$root/usr/bin/baresip" "$root/usr/bin/sipp"
"""

APT_CONFIG = """#!/bin/sh
cat <<'END'
APT "";
Acquire::Check-Valid-Until "false";
Acquire::AllowInsecureRepositories "1";
Acquire::http "";
Acquire::http::Timeout "7";
Acquire::Languages:: "none";
END
"""


@pytest.fixture
def notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the stand-ins write down how they were called, and read how to behave."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, text in (("mmdebstrap", MMDEBSTRAP), ("apt-config", APT_CONFIG)):
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    folder = tmp_path / "notes"
    folder.mkdir()
    monkeypatch.setenv("NOTES", str(folder))
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    keyring = tmp_path / "keyring.gpg"
    keyring.touch()
    monkeypatch.setattr(debian, "KEYRING", keyring)
    return folder


def test_the_folder_is_built_once_and_stays(notes: Path, tmp_path: Path) -> None:
    """Built, stripped, stamped with its version; the second time nothing runs. Progress has times."""
    told: list[str] = []
    root = debian.build(tmp_path / "pbx", told.append)
    assert debian.built(tmp_path / "pbx") == root
    assert debian.stamped_version(root) == "Asterisk 22.10.1~dfsg"
    assert debian.age_days(root) < 1
    assert not (root / "usr/share/doc").exists()
    assert any("half a minute" in line for line in told)
    assert any("0 s  running apt-get update" in line for line in told)
    debian.build(tmp_path / "pbx", told.append)
    assert len((notes / "calls").read_text().splitlines()) == 1


def test_checks_are_off_only_where_the_host_has_them_off(notes: Path, tmp_path: Path) -> None:
    """The host's own way of fetching is carried over; what would weaken trust is not."""
    debian.build(tmp_path / "pbx", lambda _: None)
    call = (notes / "calls").read_text()
    assert '--aptopt=Acquire::Check-Valid-Until "false"' in call
    assert '--aptopt=Acquire::http::Timeout "7"' in call
    assert "Insecure" not in call
    assert "Check-Date" not in call


def test_without_privileges_none_are_asked_for(
    notes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An ordinary user needs neither root nor user namespaces."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    debian.build(tmp_path / "pbx", lambda _: None)
    assert "--mode=chrootless --" in (notes / "calls").read_text()


def test_a_failed_build_leaves_nothing_and_tells_why(notes: Path, tmp_path: Path) -> None:
    """mmdebstrap's last words are in the error, and no half folder stays."""
    (notes / "fail").write_text("E: the mirror is on fire\n")
    with pytest.raises(PbxError, match="the mirror is on fire"):
        debian.build(tmp_path / "pbx", lambda _: None)
    assert debian.built(tmp_path / "pbx") is None
    assert [p.name for p in (tmp_path / "pbx").iterdir()] == [".lock"]


def test_two_builds_at_once_make_one_folder(notes: Path, tmp_path: Path) -> None:
    """The second one says that it waits, and takes what the first has made."""
    (notes / "slow").touch()
    told: list[str] = []
    runs = [threading.Thread(target=debian.build, args=(tmp_path / "pbx", told.append)) for _ in range(2)]
    for run in runs:
        run.start()
    for run in runs:
        run.join(timeout=30)
    assert len((notes / "calls").read_text().splitlines()) == 1
    assert any("built by another run" in line for line in told)


def test_what_a_killed_build_left_is_cleared_away(notes: Path, tmp_path: Path) -> None:
    """An unfinished workplace doesn't stay for ever."""
    (tmp_path / "pbx/.building-old/root").mkdir(parents=True)
    root = debian.build(tmp_path / "pbx", lambda _: None)
    assert [p.name for p in (tmp_path / "pbx").iterdir() if p.is_dir()] == [root.name]


def test_without_mmdebstrap_an_ordinary_user_is_told_what_to_type(
    notes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One command, to be typed once."""
    (tmp_path / "bin/mmdebstrap").unlink()
    (tmp_path / "bin/apt-get").write_text("#!/bin/sh\n")
    (tmp_path / "bin/apt-get").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(PbxError, match=r"sudo apt-get install mmdebstrap$"):
        debian.build(tmp_path / "pbx", lambda _: None)


def test_root_installs_it_after_saying_so(
    notes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the named tools, never the rest of what apt would recommend."""
    hidden = tmp_path / "mmdebstrap"
    (tmp_path / "bin/mmdebstrap").rename(hidden)
    (tmp_path / "bin/apt-get").write_text(
        f'#!/bin/sh\necho apt-get "$@" >>"$NOTES/installs"\n/bin/cp {hidden} {tmp_path}/bin/mmdebstrap\n'
    )
    (tmp_path / "bin/apt-get").chmod(0o755)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(debian, "_found", lambda name: (tmp_path / "bin" / name).exists())
    told: list[str] = []
    debian.build(tmp_path / "pbx", told.append)
    assert told[0] == "installing on this machine: mmdebstrap (apt-get)"
    installs = (notes / "installs").read_text()
    assert installs == "apt-get install -y -q --no-install-recommends mmdebstrap\n"


def test_an_unknown_signature_asks_for_a_newer_keyring(
    notes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The signature check is never switched off."""
    (notes / "fail").write_text("W: GPG error: the following signatures: NO_PUBKEY 6ED0E7B82643E131\n")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    (tmp_path / "bin/apt-get").write_text("#!/bin/sh\n")
    (tmp_path / "bin/apt-get").chmod(0o755)
    with pytest.raises(PbxError, match="debian-archive-keyring"):
        debian.build(tmp_path / "pbx", lambda _: None)
    assert len((notes / "calls").read_text().splitlines()) == 1
