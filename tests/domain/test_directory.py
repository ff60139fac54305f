"""The search as somebody types, in every writing, ranked, and fast enough to type against (B1)."""

from __future__ import annotations

import random
import time
from dataclasses import replace

import pytest

from switchboard.domain import directory
from switchboard.domain.company import Department, Extension, Listing, Name, Person, Rules
from tests.company import company

PEOPLE = (
    ("8201", "张伟", "Zhang Wei"),
    ("8202", "张薇薇", "Vivian Zhang"),
    ("8203", "单丽", "Lily Shan"),
    ("8204", "吕布", "Lü Bu"),
    ("8205", "欧阳 修", "Ouyang Xiu"),
    ("8206", "王小明", "O'Brien Wang"),
    ("8207", "重庆", "Chong Qing"),
)


@pytest.fixture(scope="module")
def rules() -> Rules:
    entries: dict[str, Extension] = {
        number: Person(number, Name(zh, en), department="8200") for number, zh, en in PEOPLE
    }
    entries["8200"] = Department("8200", Name("销售部", "Sales"), members=tuple(entries))
    entries["8999"] = Person("8999", Name("张秘", "Secret Zhang"), listing=Listing.UNLISTED)
    entries["8998"] = Person("8998", Name("张内", "Inner Zhang"), listing=Listing.INTERNAL)
    return replace(company(), extensions=entries)


def numbers(rules: Rules, typed: str, **more: bool) -> list[str]:
    return [e.number for e in directory.find(rules, typed, unlisted=more.get("unlisted", True))]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("张伟", "8201"),
        ("伟", "8201"),
        ("zhangwei", "8201"),
        ("zhang wei", "8201"),
        ("zw", "8201"),
        ("zhangw", "8201"),
        ("zwei", "8201"),
        ("wei", "8201"),
        ("ZHANGWEI", "8201"),
        ("zhāng wěi", "8201"),
        ("ｚｈａｎｇｗｅｉ", "8201"),
        ("zhangweiwei", "8202"),
        ("vivian", "8202"),
        ("shanli", "8203"),
        ("danli", "8203"),
        ("lvbu", "8204"),
        ("lubu", "8204"),
        ("lü", "8204"),
        ("欧阳修", "8205"),
        ("ouyangxiu", "8205"),
        ("oyx", "8205"),
        ("obrien", "8206"),
        ("8207", "8207"),
        ("207", "8207"),
        ("chongqing", "8207"),
        ("xsb", "8200"),
        ("销售", "8200"),
        ("sales", "8200"),
        ("xiaoshoubu zhangwei", "8201"),
        ("销售 王", "8206"),
    ],
)
def test_every_writing_finds(rules: Rules, typed: str, first: str) -> None:
    """Characters, pinyin whole, by initials or mixed, from any syllable; English; digits; departments."""
    assert numbers(rules, typed)[:1] == [first]


@pytest.mark.parametrize("typed", ["zx", "张 8203", "qqq", "9", "' OR 1=1", "%", "\x00", "😀"])
def test_what_fits_nothing_finds_nothing(rules: Rules, typed: str) -> None:
    """Every part must fit the same entry; nothing typed is an instruction."""
    assert numbers(rules, typed) == []


def test_the_best_comes_first(rules: Rules) -> None:
    """The whole number or name before what only begins so, that before what has it somewhere."""
    assert numbers(rules, "张")[:2] == ["8201", "8998"]
    assert numbers(rules, "8200")[0] == "8200"
    assert numbers(rules, "82")[0] == "8200"
    assert numbers(rules, "zhang")[-1] != "8201"


def test_unlisted_entries_are_found_only_by_whom_they_are_shown_to(rules: Rules) -> None:
    """By no letters and no number; what is listed inside is for everybody inside."""
    for typed in ("8999", "张秘", "zm", "zhangmi", "secret", ""):
        assert "8999" in numbers(rules, typed)
        assert "8999" not in numbers(rules, typed, unlisted=False)
    assert "8998" in numbers(rules, "张内", unlisted=False)


def test_nothing_typed_shows_all_in_order(rules: Rules) -> None:
    """As a list to look through."""
    found = numbers(rules, "  ")
    assert found == sorted(found)
    assert len(found) == len(rules.extensions)


def test_hostile_text_is_only_slowly_no_name(rules: Rules) -> None:
    """However long and odd: an answer, at once."""
    for typed in ("z" * 100_000, "zhang" * 1000, "张" * 5000, " ".join("z" * 500)):
        began = time.perf_counter()
        directory.find(rules, typed, unlisted=True)
        assert time.perf_counter() - began < 0.05


def test_ten_thousand_entries_answer_within_fifty_milliseconds() -> None:
    """The slowest of many kinds of queries; processor time, the best of three: tests share the machine."""
    chance = random.Random(1)
    surnames, given = (
        "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗",
        "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英",
    )
    entries: dict[str, Extension] = {}
    for number in range(10000, 20000):
        zh = chance.choice(surnames) + "".join(chance.choices(given, k=chance.choice((1, 2))))
        entries[str(number)] = Person(str(number), Name(zh, f"Person {number}"), department="8200")
    entries["8200"] = Department("8200", Name("销售部", "Sales"))
    rules = replace(company(), extensions=entries)
    directory.prepare(rules)
    slowest = 0.0
    for typed in ("z", "zh", "zhang", "zhangw", "zw", "张", "1", "123", "person", "sales", "", "x s b"):
        slowest = max(slowest, min(_seconds(rules, typed) for _ in range(3)))
    assert slowest < 0.05


def _seconds(rules: Rules, typed: str) -> float:
    began = time.process_time()
    directory.find(rules, typed, unlisted=True)
    return time.process_time() - began
