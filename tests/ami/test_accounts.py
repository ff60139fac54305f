"""The accounts as rendered are the accounts as reasoned."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from switchboard.ami.accounts import ACCOUNTS, Account

TEMPLATE = Path(__file__).parents[2] / "asterisk-conf/manager.conf.j2"


def rendered(account: Account, right: str) -> set[str]:
    text = TEMPLATE.read_text(encoding="utf-8").split(f"\n[{account.name}]\n", 1)[1].split("\n[", 1)[0]
    match = re.search(rf"^{right} = (.*)$", text, re.MULTILINE)
    assert match is not None
    return {name.strip() for name in match[1].split(",")}


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda a: a.name)
def test_manager_conf_gives_exactly_the_rights_with_reasons(account: Account) -> None:
    """A right in the file has its reason in `accounts`, and no other is given."""
    assert rendered(account, "read") == set(account.read)
    assert rendered(account, "write") == set(account.write)
    assert all([*account.read.values(), *account.write.values()])


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda a: a.name)
def test_no_account_can_run_programs(account: Account) -> None:
    """Neither `system` with `originate`, nor `config`, nor console commands."""
    assert not {"system", "originate"} <= set(account.write)
    assert not {"config", "command", "all"} & set(account.write)
