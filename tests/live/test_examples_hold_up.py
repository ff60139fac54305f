"""Rules that break an example call stay out on a running switchboard, until forced or agreed (D4)."""

from __future__ import annotations

import pytest

from tests.live.house import House

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="session")]

EXAMPLE = """
calls:
  - name: the chairman's own secretary
    given: {at: 2026-11-23 20:00}
    when: {presses: ["8899"]}
    then: {rings: ["8890"]}
"""


def state(house: House) -> tuple[str, str]:
    """State and hash of the rules."""
    rules = house.status()["rules"]
    return rules["state"], rules["version"].partition("-")[2]


async def test_a_broken_example_holds_rules_up(switchboard: House, saved: str) -> None:
    """Refused with the example's line; forced by command; back at once; agreed by changing the example."""
    _, before = state(switchboard)
    calls = switchboard.rules_file.with_name("rules.calls.yaml")
    calls.write_text(EXAMPLE, "utf-8")
    changed = saved.replace('secretary: "8890"', 'secretary: "8891"')
    switchboard.rules_file.write_text(changed, "utf-8")
    await switchboard.until(lambda: state(switchboard) == ("refused", before), "the rules stay out", 5)
    told = switchboard.status()["rules"]["errors"]
    assert told[0] == (
        'rules.calls.yaml: example "the chairman\'s own secretary", line 6: '
        "expected rings 8890; what happens: rings 8891"
    )

    forced = switchboard.cli("rules", "force")
    assert forced["state"] == "in_force"
    assert state(switchboard)[1] != before

    switchboard.rules_file.write_text(saved, "utf-8")
    await switchboard.until(lambda: state(switchboard) == ("in_force", before), "back at once", 5)

    other = saved.replace('secretary: "8890"', 'secretary: "8101"')
    switchboard.rules_file.write_text(other, "utf-8")
    await switchboard.until(lambda: state(switchboard) == ("refused", before), "refused again", 5)
    calls.write_text(EXAMPLE.replace("8890", "8101"), "utf-8")
    await switchboard.until(lambda: state(switchboard)[0] == "in_force", "tried again by itself", 5)
    assert state(switchboard)[1] != before
