"""Telephones outside that an executive named: those and no others, and only with the question (A8)."""

from __future__ import annotations

import re
from dataclasses import replace

from switchboard.domain.company import Rules, Screened, Trunk
from switchboard.pbx.lines import named_by_executives
from tests.company import company
from tests.pbx.test_render import files as rendered


def with_a_mobile() -> Rules:
    rules = company(
        trunks=(Trunk("provider", {"62150000": "8000"}, host="203.0.113.9", outgoing=("1XXXXXXXXXX",)),)
    )
    manager = rules.extensions["8801"]
    assert isinstance(manager, Screened)
    also = ("8101", "13900000000", "0; evil")
    return replace(rules, extensions={**rules.extensions, "8801": replace(manager, also=also)})


def test_a_named_mobile_is_dialled_with_the_question_and_nothing_else_is() -> None:
    """One number, by the lines that take it, each time with the subroutine that asks."""
    assert named_by_executives(with_a_mobile()) == ("13900000000",)
    text = rendered(with_a_mobile())["screened.conf"]
    assert re.findall(r"^exten => (.*?),1,", text, re.MULTILINE) == ["13900000000"]
    dials = re.findall(r"Dial\((.*)\)", text)
    assert len(dials) == 1
    assert all("U(screen-ask)" in d and d.startswith("PJSIP/13900000000@trunk-provider,") for d in dials)


def test_nobody_named_anything() -> None:
    """No number can be reached that way."""
    assert "exten" not in rendered(company())["screened.conf"]
