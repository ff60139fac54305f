"""Rules go in force in one motion or not at all (D2, D3)."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from switchboard.domain.company import Rules
from switchboard.errors import AmiDisconnected, PbxError, RulesError, StorageError, SwitchboardError
from switchboard.flows.enforcement import Enforcement
from switchboard.flows.rulebook import REMEMBERED, Book
from tests.company import company
from tests.flows.test_step import Sounds


@dataclass
class Versions:
    """Versions kept, in memory."""

    texts: list[bytes] = field(default_factory=list)
    current: str = ""

    def keep(self, text: bytes, source: str, rules: Rules) -> str:
        if not self.texts or self.texts[-1] != text:
            self.texts.append(text)
        return f"{len(self.texts)}-x"

    full: bool = False

    def put_in_force(self, version: str) -> None:
        if self.full:
            raise StorageError("no space left on device")
        self.current = version


@dataclass(frozen=True)
class Problem:
    line: int
    said: str
    advice: None = None


def read(text: bytes) -> Rules:
    if text == b"wrong":
        raise RulesError("wrong", [Problem(3, "there is no extension 8999"), Problem(9, "unknown key")])
    return company()


@dataclass
class Published:
    """What the PBX was made to follow; `refuses` plays an Asterisk that doesn't take a file."""

    versions: list[str] = field(default_factory=list)
    refuses: bool = False
    away: bool = False

    async def __call__(self, rules: Rules) -> Sounds:
        if self.away:
            raise AmiDisconnected("the manager link is down")
        if self.refuses:
            raise PbxError("Asterisk refused pjsip.conf; all files are back as they were")
        self.versions.append(rules.version)
        return Sounds()


def no_fetch(version: str) -> tuple[Rules, Sounds]:
    raise SwitchboardError(f"no version {version}")


@pytest.fixture
def published() -> Published:
    return Published()


@pytest.fixture
def enforcement(published: Published) -> Enforcement:
    return Enforcement(Versions(), Book(no_fetch), read, published)


async def test_a_good_file_is_in_force_for_new_calls(enforcement: Enforcement, published: Published) -> None:
    """Published, kept, and the book gives it to the next call."""
    state = await enforcement.offer(b"good", "test")
    assert (state.state, state.version, state.errors) == ("in_force", "1-x", ())
    assert published.versions == ["1-x"]
    assert enforcement._book.in_force()[0].version == "1-x"


async def test_a_wrong_file_changes_nothing_and_says_every_error(enforcement: Enforcement) -> None:
    """The last good rules stay; the state tells each problem with its line."""
    await enforcement.offer(b"good", "test")
    state = await enforcement.offer(b"wrong", "test")
    assert (state.state, state.version) == ("refused", "1-x")
    assert state.errors == ("line 3: there is no extension 8999", "line 9: unknown key")
    assert enforcement._book.in_force()[0].version == "1-x"


async def test_a_file_that_asterisk_refuses_is_not_in_force(
    enforcement: Enforcement, published: Published
) -> None:
    """Publishing failed and rolled back: the old version rules on, and the reason is shown."""
    await enforcement.offer(b"good", "test")
    published.refuses = True
    state = await enforcement.offer(b"better", "test")
    assert (state.state, state.version) == ("refused", "1-x")
    assert "refused pjsip.conf" in state.errors[0]


async def test_a_right_file_waits_for_a_pbx_that_is_away(
    enforcement: Enforcement, published: Published
) -> None:
    """Pending, not refused: offered again when the PBX is there, it comes into force."""
    await enforcement.offer(b"good", "test")
    published.away = True
    state = await enforcement.offer(b"better", "test")
    assert (state.state, state.version) == ("pending", "1-x")
    published.away = False
    state = await enforcement.offer(b"better", "test")
    assert (state.state, state.version, state.errors) == ("in_force", "2-x", ())


async def test_what_cannot_be_remembered_is_taken_back(published: Published) -> None:
    """The disk fills up between PBX and version store: the PBX follows the old rules again."""
    versions = Versions()
    enforcement = Enforcement(versions, Book(no_fetch), read, published)
    await enforcement.offer(b"good", "test")
    versions.full = True
    state = await enforcement.offer(b"better", "test")
    assert (state.state, state.version) == ("refused", "1-x")
    assert published.versions == ["1-x", "2-x", "1-x"]
    assert enforcement._book.in_force()[0].version == "1-x"


async def test_the_same_file_again_does_nothing(enforcement: Enforcement, published: Published) -> None:
    """Saving without a change disturbs nobody; saving the good file after a wrong one clears the error."""
    await enforcement.offer(b"good", "test")
    await enforcement.offer(b"wrong", "test")
    state = await enforcement.offer(b"good", "test")
    assert (state.state, state.errors) == ("in_force", ())
    assert published.versions == ["1-x"]


def test_a_call_of_a_forgotten_version_goes_on_under_the_rules_in_force() -> None:
    """Today's rules are better than none."""
    book = Book(no_fetch)
    book.put_in_force(company(version="9-x"), Sounds())
    assert book.version("1-x")[0].version == "9-x"


def test_versions_are_remembered_while_their_calls_may_last() -> None:
    """The newest versions are at hand; older ones are fetched from what is kept."""
    fetched: list[str] = []

    def fetch(version: str) -> tuple[Rules, Sounds]:
        fetched.append(version)
        return company(version=version), Sounds()

    book = Book(fetch)
    for n in range(REMEMBERED + 1):
        book.put_in_force(company(version=f"{n}-x"), Sounds())
    assert book.version(f"{REMEMBERED}-x")[0].version == f"{REMEMBERED}-x"
    assert fetched == []
    assert book.version("0-x")[0].version == "0-x"
    assert fetched == ["0-x"]
