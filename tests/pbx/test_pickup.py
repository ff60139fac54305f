"""Who may pick up whose phone."""

from __future__ import annotations

from dataclasses import replace

from switchboard.domain.company import Department, Desk
from switchboard.pbx import pickup
from tests.company import company


def test_groups_are_departments_queues_and_the_desk() -> None:
    """8101 belongs to a department, a queue and the operators."""
    rules = company(desk=Desk(operators=("8101", "701")))
    groups = pickup.groups(rules)
    assert groups["8101"] == "8100&8600&8000"
    assert groups["701"] == "8000"
    assert pickup.marks(rules)["8000"] == "8101@PICKUPMARK&701@PICKUPMARK"


def test_an_executive_is_in_no_group_whatever_the_rules_say() -> None:
    """A8, A9: nobody takes what rings for them."""
    rules = company()
    sales = rules.extensions["8200"]
    assert isinstance(sales, Department)
    rules = replace(
        rules,
        extensions={**rules.extensions, "8200": replace(sales, members=("8801", "8201", "8899"))},
        desk=Desk(operators=("8899",)),
    )
    assert not {"8801", "8899"} & set(pickup.groups(rules))
    assert "8801" not in pickup.marks(rules)["8200"]
    assert "8000" not in pickup.marks(rules)
