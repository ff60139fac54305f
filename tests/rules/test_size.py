"""A company of 10,000 extensions: checked while one waits, right or wrong."""

from __future__ import annotations

import time

import pytest

from switchboard.rules import load_text
from tests.rules.small import SMALL

CHECK_SECONDS = 3.0


def large(people: int = 10_000, departments: int = 300, queues: int = 50) -> str:
    """The small company grown; every department and queue has members."""
    teams = [f'  "{5000 + i}":\n    name: {{zh: 部门{i}, en: Department {i}}}\n' for i in range(departments)]
    lines = [f'  "{6000 + i}":\n    name: {{zh: 队列{i}, en: Queue {i}}}\n' for i in range(queues)]
    numbers = [5000 + i for i in range(departments)] + [6000 + i for i in range(queues)]
    everybody = [
        f'  "{20000 + i}":\n    name: {{zh: 张三, en: Zhang San}}\n'
        f'    department: "{numbers[i % len(numbers)]}"\n    listing: internal\n    outside: local\n'
        for i in range(people)
    ]
    text = SMALL.replace("outside:\n", "defaults: {outside: local}\noutside:\n", 1)
    for section, entries in (("departments", teams), ("queues", lines), ("people", everybody)):
        text = text.replace(f"\n{section}:\n", f"\n{section}:\n" + "".join(entries), 1)
    return text


@pytest.fixture(scope="module")
def text():
    return large()


def test_a_large_company_is_checked_in_three_seconds(text):
    """From bytes to rules."""
    begun = time.process_time()
    loaded = load_text(text)
    assert loaded.ok
    assert len(loaded.rules.extensions) > 10_000
    assert time.process_time() - begun < CHECK_SECONDS


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("listing: internal", "listing: intern"),  # 10,000 mistakes the schema finds
        ('department: "5', 'department: "4'),  # 8,571 that don't fit together
        ("zh: 张三, ", ""),
        ('  "2', "  2"),
        ("    outside: local", "    outside: local\n    outside: local"),
    ],
)
def test_thousands_of_mistakes_take_no_longer(text, old, new):
    """Nothing is compared with everything else."""
    begun = time.process_time()
    loaded = load_text(text.replace(old, new))
    assert not loaded.ok
    assert time.process_time() - begun < CHECK_SECONDS
