"""What a change of the rules changes, in words."""

from __future__ import annotations

import pytest

from switchboard.rules.differences import Kind, differences
from tests.rules.small import SMALL

CHANGES = [
    ("\npeople:", '\npeople:\n  "8205": {name: {zh: 翟敏, en: Zhai Min}}', ["added 8205 (翟敏) to people"]),
    ('  "8890": {name: {zh: 沈洁, en: Shen Jie}}\n', "", ["removed 8890 (沈洁) from people"]),
    ("outside: local", "outside: national", ["8101 (周文): outside local → national"]),
    (", outside: local", "", ["8101 (周文): outside is left out; it was local"]),
    ("en: Shen Jie", "en: Shen Jia", ["8890 (沈洁): name 沈洁 / Shen Jie → 沈洁 / Shen Jia"]),
    ("longest_wait: 60", "longest_wait: 90", ["8600 (客服): longest_wait 60 → 90"]),
    ('people: ["8011"]', 'people: ["8012", "8101"]', ["operators.people − 8011, + 8012, + 8101"]),
    ('["8100", "8600"]', '["8600", "8100"]', ["greeting.announce in another order: 8600, 8100"]),
    ('to: "12:00"', 'to: "12:30"', ["hours.weekly − mon-fri 09:00–12:00, + mon-fri 09:00–12:30"]),
    ('"7": complaint, ', "", ["greeting.keys.7 is left out; it was complaint"]),
    ("zh: 再见。", "zh: 再会。", ["texts.goodbye 再见。 / Goodbye. → 再会。 / Goodbye."]),
    ('  test-caller:\n', '  other: {username: other, numbers: {"8000": "8000"}}\n  test-caller:\n', None),
    ('main_number: "8000"', 'main_number: "8000"   # a comment\ntime_zone: Asia/Shanghai', []),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "words"), CHANGES)
def test_each_change_is_told_in_words(old, new, words):
    """Who came, who left, what is different; a comment or a spelled-out default is no change."""
    assert old in SMALL
    found = [change.words for change in differences(SMALL, SMALL.replace(old, new, 1))]
    if words is None:
        assert found
        assert found[0].startswith("trunks.other is now {")
    else:
        assert found == words


def test_who_becomes_protected_has_moved():
    """The same number in another section is the same person."""
    text = SMALL.replace('  "8890": {name: {zh: 沈洁, en: Shen Jie}}\n', "")
    text = text.replace('people:\n  "80', 'people:\n  "8891": {name: {zh: 甲, en: A}}\n  "80')
    text = text.replace(
        'secretary: "8890"',
        'secretary: "8891"\n  "8890":\n    name: {zh: 沈洁, en: Shen Jie}\n    screening: {deputy: "8101"}',
    )
    found = differences(SMALL, text)
    assert [(c.kind, c.path) for c in found][:2] == [
        (Kind.ADDED, "people.8891"),
        (Kind.CHANGED, "executives.8899.secretary"),
    ]
    assert "moved 8890 (沈洁) from people to executives" in [c.words for c in found]


@pytest.mark.parametrize("broken", [b"", b"\xff", "people: [", "people: 7", "people:\n  x: {}"])
def test_a_broken_file_is_compared_as_far_as_it_goes(broken):
    """`rules diff` works on what somebody is still writing."""
    differences(SMALL, broken)
    differences(broken, SMALL)


def test_nothing_that_controls_a_terminal_is_told():
    """A file's texts may hold anything."""
    text = SMALL.replace("unclear:", '"\\e[31m": x\nunclear:').replace("en: Shen Jie", 'en: "a\\u202eb"')
    assert all(change.words.isprintable() for change in differences(SMALL, text))
