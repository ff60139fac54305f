"""How long a next try to sign in waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from switchboard.domain.lockout import LONGEST, Attempt, locked_until

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def failures(count: int, *, name: str = "wang", address: str = "192.0.2.1", every: int = 1) -> list[Attempt]:
    """Failures, the last one at noon."""
    return [
        Attempt(NOON - timedelta(seconds=every * n), name, address, worked=False)
        for n in reversed(range(count))
    ]


def wait(attempts: list[Attempt], *, name: str = "wang", address: str = "192.0.2.1") -> float:
    """Seconds from noon; 0 when there is nothing to wait for."""
    until = locked_until(name, address, attempts, NOON)
    return 0 if until is None else (until - NOON).total_seconds()


def test_four_mistakes_are_free_then_each_doubles_the_wait():
    """People mistype; a program that guesses is slowed down."""
    assert [wait(failures(n)) for n in range(4, 9)] == [0, 15, 30, 60, 120]


def test_no_wait_is_longer_than_the_longest():
    """However many guesses."""
    assert wait(failures(200)) == LONGEST.total_seconds()


def test_a_success_ends_the_row():
    """Who got in after four mistakes has four again."""
    attempts = [*failures(4), Attempt(NOON, "wang", "192.0.2.1", worked=True)]
    assert wait([*attempts, *failures(4)]) == 0


def test_an_hour_later_all_is_forgotten():
    """Old failures don't add up over a shift."""
    old = [Attempt(a.at - timedelta(hours=1), a.name, a.address, a.worked) for a in failures(50)]
    assert wait(old) == 0


def test_guesses_from_elsewhere_leave_the_owner_some_room():
    """Ten wrong passwords from another address don't keep the owner out; twenty do, for a minute."""
    assert wait(failures(10, address="203.0.113.5")) == 0
    assert wait(failures(20, address="203.0.113.5")) == 60


def test_an_address_that_tries_many_names_waits_for_every_name():
    """A list of names from one address: the thirtieth failure ends it, for names not tried yet as well."""
    attempts = [a for n in range(30) for a in failures(1, name=f"user{n}")]
    assert wait(attempts[:29], name="boss") == 0
    assert wait(attempts, name="boss") == 60
    assert wait(attempts, name="boss", address="192.0.2.77") == 0


@given(
    st.lists(
        st.tuples(st.integers(-7200, 60), st.sampled_from("abc"), st.sampled_from("xyz"), st.booleans()),
        max_size=60,
    )
)
def test_waits_are_bounded_and_in_the_future(rows: list[tuple[int, str, str, bool]]):
    """Whatever was tried, in whatever order clocks say."""
    attempts = [
        Attempt(NOON + timedelta(seconds=s), name, address, worked)
        for s, name, address, worked in sorted(rows)
    ]
    until = locked_until("a", "x", attempts, NOON)
    assert until is None or NOON < until <= NOON + LONGEST
