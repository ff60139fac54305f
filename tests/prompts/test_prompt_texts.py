"""What is said: every prompt has a text in every language, and placeholders are filled."""

from __future__ import annotations

from pathlib import Path

import pytest

from switchboard.domain import prompt_keys
from switchboard.domain.company import LANGUAGES, Greeting, KeyAction, MenuKey, Name
from switchboard.errors import PromptError
from switchboard.prompts import texts
from switchboard.prompts.asterisk_vocabulary import VOCABULARY
from switchboard.settings import SOURCE
from tests.company import company

WRITTEN = texts.read(SOURCE / "prompts")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_prompt_has_a_text_with_nothing_left_to_fill_in(language: str) -> None:
    """Each key of the engine and of Asterisk, in each language."""
    for key in (*prompt_keys.ALL, *VOCABULARY):
        text = WRITTEN.of(key, language, company())
        assert text.strip(), key
        assert "{" not in text, key
        assert "}" not in text, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_left_over_that_nobody_says(language: str) -> None:
    """A key that neither the engine nor Asterisk knows is a slip of the pen."""
    assert set(WRITTEN.written[language]) == {*prompt_keys.ALL, *VOCABULARY}


def test_names_of_the_engine_and_of_asterisk_differ() -> None:
    """One file per language holds both."""
    shared = set(prompt_keys.ALL) & set(VOCABULARY)
    assert shared <= {"minutes"}  # a word is a word: 分钟 after a number
    assert len(set(VOCABULARY)) == len(VOCABULARY)


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (prompt_keys.HELLO, "您好，这里是星光集团。"),
        (prompt_keys.DIAL_EXTENSION, "请拨分机号，查号请拨零。"),
        (prompt_keys.LISTEN, "请听好。"),
        (prompt_keys.HOLD_ON, "请稍等。"),
        (prompt_keys.BUSY, "对不起，电话占线，请稍后再拨。"),
        (prompt_keys.NO_ANSWER, "对不起，无人接听。"),
    ],
)
def test_the_regulations_words_are_used_as_they_stand(key: str, said: str) -> None:
    """The phrases that requirements A5 to A7 prescribe."""
    assert WRITTEN.of(key, "zh", company()) == said


def test_the_other_language_is_offered_in_that_language() -> None:
    """Who doesn't understand the greeting must understand the offer."""
    assert WRITTEN.of(prompt_keys.OTHER_LANGUAGE, "zh", company()) == "For English, press 9."
    assert WRITTEN.of(prompt_keys.OTHER_LANGUAGE, "en", company()) == "中文请按九。"


def test_keys_are_those_of_the_greeting() -> None:
    """{key} follows the rules, not the sample's numbers."""
    rules = company(greeting=Greeting(keys=(MenuKey("5", KeyAction.COMPLAINT, "8600"),)))
    assert WRITTEN.of(prompt_keys.COMPLAINT_KEY, "zh", rules) == "投诉请按五。"
    assert WRITTEN.of(prompt_keys.COMPLAINT_KEY, "en", rules) == "For complaints, press 5."


def test_the_rules_wording_goes_before_the_files() -> None:
    """An administrator words a prompt anew in the rules."""
    rules = company(texts={prompt_keys.GOODBYE: Name("再会，{company}。", "So long.")})
    assert WRITTEN.of(prompt_keys.GOODBYE, "zh", rules) == "再会，星光集团。"
    assert WRITTEN.of(prompt_keys.GOODBYE, "en", rules) == "So long."


def test_a_wording_that_cannot_be_filled_in_is_told_and_left() -> None:
    """No rules stop the switchboard: the file's text is spoken instead."""
    read = texts.read(SOURCE / "prompts")
    rules = company(texts={prompt_keys.GOODBYE: Name("再会，{firm}。", "So long.")})
    assert read.of(prompt_keys.GOODBYE, "zh", rules) == "谢谢来电，再见。"
    assert len(read.warnings) == 1
    assert "{firm}" in read.warnings[0]
    assert "{company}" in read.warnings[0]


def test_a_name_with_braces_is_a_name() -> None:
    """What a placeholder brings in is not filled in again."""
    rules = company(company=Name("{unclear}公司", "{key}"))
    assert WRITTEN.of(prompt_keys.HELLO, "zh", rules) == "您好，这里是{unclear}公司。"


def test_a_broken_text_file_is_told_with_everything_wrong(tmp_path: Path) -> None:
    """Missing keys, numbers, unknown placeholders: all at once, with the file."""
    (tmp_path / "zh.yaml").write_text("hold-on: 5\ngoodbye: 再见{nobody}\n", encoding="utf-8")
    with pytest.raises(PromptError) as caught:
        texts.read(tmp_path)
    told = str(caught.value)
    assert "hold-on" in told
    assert "{nobody}" in told
    assert "en.yaml" in told


def test_a_syntax_error_is_told_with_its_line(tmp_path: Path) -> None:
    """file:line, as editors understand it."""
    for language in LANGUAGES:
        (tmp_path / f"{language}.yaml").write_text('a: "b"\nc: "d\n', encoding="utf-8")
    with pytest.raises(PromptError, match=r"zh\.yaml:\d"):
        texts.read(tmp_path)


def test_a_folder_of_recordings_alone_says_the_rest_as_shipped(tmp_path: Path) -> None:
    """An installed switchboard has no texts to edit beside it: a folder of one's own needs no more."""
    read = texts.read(tmp_path, SOURCE / "prompts")
    assert read.of("hold-on", "zh", company()) == WRITTEN.of("hold-on", "zh", company())
    assert read.warnings == []


def test_texts_of_ones_own_outlive_an_upgrade(tmp_path: Path) -> None:
    """What a later version says besides is taken from what it came with, and told."""
    for language in LANGUAGES:
        (tmp_path / f"{language}.yaml").write_text('hold-on: "等一下。"\n', encoding="utf-8")
    read = texts.read(tmp_path, SOURCE / "prompts")
    assert read.of("hold-on", "zh", company()) == "等一下。"
    assert read.of("goodbye", "zh", company()) == "谢谢来电，再见。"
    assert len(read.warnings) == 2
