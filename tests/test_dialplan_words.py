"""Names that dialplan and program share stand in `switchboard/dialplan.py`, and nowhere else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from switchboard import dialplan
from switchboard.dialplan import Context, Global, Route, Var, Verb
from switchboard.settings import SOURCE

FILES = [*sorted((SOURCE / "dialplan").glob("*.conf*")), SOURCE / "asterisk-conf/extensions.conf.j2"]

DECLARED = {*Var, *Global, *dialplan.EXECUTOR_OWN, *dialplan.UNAIDED_OWN}


def code(path: Path) -> str:
    """The file without its comments."""
    lines = path.read_text("utf-8").splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith(";"))


def everything() -> str:
    return "\n".join(code(path) for path in FILES)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_every_variable_of_ours_is_declared(path: Path) -> None:
    """No SB_ name is spelt in a dialplan file that the module doesn't know."""
    assert set(re.findall(r"\bSB_[A-Z_]+\b", code(path))) <= DECLARED


def test_every_declared_variable_is_used() -> None:
    """Nothing is declared that no dialplan file names."""
    used = set(re.findall(r"\bSB_[A-Z_]+\b", everything()))
    assert DECLARED - used == set()


def test_every_context_is_declared_and_written() -> None:
    """Sections of the dialplan files are the declared contexts, and all of them."""
    sections = set(re.findall(r"^\[([a-z-]+)\]", everything(), re.MULTILINE)) - {"general", "globals"}
    per_class_or_trunk = {Context.FROM_PHONE}  # "[{{ class.context }}]", beside the trunks' own
    assert sections == {*Context} - per_class_or_trunk


def test_jumps_lead_to_declared_contexts() -> None:
    """Goto and Gosub to another context name one that is declared."""
    jumps = set(re.findall(r"(?:Goto|Gosub)\(([a-z-]+),[^,()]+,1", everything()))
    assert jumps <= {*Context}


def test_the_executor_knows_every_verb() -> None:
    """Each verb is an extension of context `switchboard`."""
    executor = code(SOURCE / "dialplan/executor.conf")
    assert {f"exten => {verb},1," for verb in Verb} <= set(re.findall(r"exten => [a-z]+,1,", executor))


def test_the_executor_calls_every_route() -> None:
    """And with the dead man's seconds armed before."""
    executor = code(SOURCE / "dialplan/executor.conf")
    assert set(re.findall(r"\$\{SB_AGI\}/([a-z]+)", executor)) == {*Route}
    assert f"Set(TIMEOUT(absolute)={dialplan.DEAD_MAN_SECONDS})" in executor


def test_contexts_that_call_the_controller_have_a_t() -> None:
    """Where the absolute timeout fires, the call needs somewhere to go (T), or it is cut."""
    for path in FILES:
        for section in re.split(r"^\[", code(path), flags=re.MULTILINE)[1:]:
            if "AGI(" in section:
                assert "exten => T,1," in section


def test_the_ending_has_every_key_in_order() -> None:
    """The hangup handler writes just the declared keys."""
    ending = code(SOURCE / "dialplan/ending.conf")
    written = re.findall(r"(?:^|;|\\;|ending\)=|\})([a-z]+)=\$\{", ending.replace("\n", "\n "))
    assert tuple(k for k in written if k in dialplan.ENDING_KEYS) == dialplan.ENDING_KEYS


def test_messages_go_into_the_declared_voicemail_context() -> None:
    """`8201@sb` everywhere."""
    boxes = set(re.findall(r"@([a-z]+)[,)]", everything()))
    assert boxes == {dialplan.VOICEMAIL_CONTEXT}


def test_conversations_have_no_features_on_keys() -> None:
    """No Dial or Queue is given an option that lets pressed digits act, or follows a phone's forwarding."""
    dials = re.findall(r"Dial\(.*?,(?:[^,()]*|\$\{[^}]*\}),([a-zA-Z]*)", everything())
    assert dials
    for options in dials:
        assert "i" in options
        assert not set(options) & set("tTkKhHxXwWgF")
