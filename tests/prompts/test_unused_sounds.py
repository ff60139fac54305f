"""Sounds of people who left and of old wordings go after a while; whatever is needed stays."""

from __future__ import annotations

import time
from dataclasses import replace

from switchboard.domain.company import Name, Rules
from switchboard.domain.phrases import Spoken, Text
from switchboard.prompts.tidying import remove_unused
from tests.company import company
from tests.prompts.conftest import Make, Place, ToneSpeech

LATER = 1e12


def renamed() -> Rules:
    """The company after 8201 has changed hands."""
    rules = company()
    person = replace(rules.extensions["8201"], name=Name("新来的", "New One"))
    return replace(rules, version="2", extensions={**rules.extensions, "8201": person})


def test_only_what_no_rules_in_use_need_is_removed(make: Make, place: Place) -> None:
    """The old name goes, the new one and every prompt stay; with both versions in use nothing goes."""
    old, _ = make()
    new, _ = make(renamed())
    (was,), (is_now,) = old.files(Spoken("8201"), "zh"), new.files(Spoken("8201"), "zh")
    assert was != is_now
    assert remove_unused([old, new], place.sounds, LATER) == 0
    assert remove_unused([new], place.sounds, LATER) > 0
    assert not list((place.sounds / "zh").glob(f"{was}.*"))
    assert list((place.sounds / "zh").glob(f"{is_now}.*"))
    fresh, report = make(renamed())
    assert report.built == []  # nothing was missing
    assert fresh.files(Text("hold-on"), "en") == new.files(Text("hold-on"), "en")


def test_what_was_needed_lately_stays(make: Make, place: Place) -> None:
    """Somebody may go back to the rules before."""
    make()
    new, _ = make(renamed())
    assert remove_unused([new], place.sounds, time.time() - 60) == 0


def test_going_back_speaks_again_what_went(make: Make, place: Place) -> None:
    """From the cache: nothing has to be said once more."""
    old, _ = make()
    new, _ = make(renamed())
    remove_unused([new], place.sounds, LATER)
    silent = ToneSpeech()
    again, report = make(company(), silent)
    assert report.built
    assert silent.said == []
    assert again.files(Spoken("8201"), "zh") == old.files(Spoken("8201"), "zh")
