"""What each kind of problem is about: for `docs/rules.md`, and for tools that group problems by kind."""

from __future__ import annotations

from collections.abc import Mapping

from switchboard.rules.codes_zh import MEANINGS_ZH

ERRORS: Mapping[str, str] = {
    "unreadable": "The file can't be opened.",
    "encoding": "The file is not UTF-8.",
    "control-character": "An invisible character, mostly pasted from elsewhere.",
    "empty": "The file holds no rules.",
    "not-a-mapping": "The file doesn't begin with keys.",
    "syntax": "YAML can't read on from here.",
    "tab": "YAML wants spaces at the beginning of lines.",
    "alias": "`*` or `&` without quotes mean something else in YAML.",
    "tag": "`!` without quotes means something else in YAML.",
    "duplicate-key": "The same key twice: the second would silently win.",
    "too-deep": "More levels than rules have.",
    "too-large": "More than any company needs.",
    "too-many": "So many problems that the rest was not looked for.",
    "unquoted-number": "Without quotes YAML takes digits for a number, and 0123 becomes 123.",
    "unknown-key": "A key that means nothing here, mostly misspelt.",
    "missing": "Something that is needed is not there.",
    "wrong-type": "A list, text or number where another is expected.",
    "out-of-range": "A number too small or too large.",
    "bad-value": "A value that can't stand here.",
    "loopback": "An address of this machine: every program here would pass for the trunk.",
    "missing-text": "A phrase worded anew in one language only.",
    "unknown-prompt": "No phrase has this key.",
    "unknown-placeholder": "A `{…}` that can't be filled.",
    "unknown-extension": "No entry has this number.",
    "wrong-kind": "The number belongs to something else than is needed here.",
    "duplicate-extension": "One number for two entries.",
    "duplicate-code": "One feature code for two purposes.",
    "duplicate-username": "Two trunks sign in with the same name.",
    "shadows-emergency": "A number in the way of an emergency number.",
    "shadows-outside-prefix": "A number that begins like calls to the outside.",
    "shadows-code": "A number that looks like a feature code.",
    "no-members": "A department or queue that rings nobody.",
    "no-openers": "Messages that nobody may hear.",
    "not-listed": "Callers would be told of somebody they may not be told of.",
    "protection": "An executive needs screening or a secretary, one of the two.",
    "no-secretary": "Something for a secretary who isn't there.",
    "loop": "A call would go round in a circle.",
    "not-permitted": "A number that may not be dialled from there.",
    "hours-backwards": "Something ends before it begins.",
    "free-and-worked": "One day is free and worked.",
    "not-operator": "Lunch duty for somebody who may not work the desk.",
    "trunk-unknown": "Nothing tells this trunk's calls from others.",
    "trunk-without-host": "Outside calls with nowhere to go.",
    "address-taken": "One address for two trunks.",
}
"""Kinds that keep a file out of force."""

WARNINGS: Mapping[str, str] = {
    "listed-twice": "The same twice in one list.",
    "prefix-of-extension": "Callers who dial the shorter number wait longer.",
    "key-begins-extension": "The key works only after a pause.",
    "key-untold": "Nobody is told of the key.",
    "meaning-twice": "Two keys do the same.",
    "no-enquiry": "Nobody can be found by name.",
    "nothing-announced": "The greeting names nobody.",
    "no-complaints": "Nobody takes complaints.",
    "reached-by-nobody": "Only who knows the number already can call it.",
    "not-findable": "No telephone key spells anything of the name.",
    "one-language": "A text that isn't in the language it stands for.",
    "recording-one-language": "A recording in one language only.",
    "member-of-both": "A phone that two groups ring at once.",
    "no-operators": "Hours of duty without operators.",
    "no-deputy": "Calls the executive can't pass on.",
    "no-mailbox": "Messages that go to somebody else.",
    "secretary-shared": "Two principals with one secretary.",
    "helper-twice": "One person in two roles for one executive.",
    "no-trusted-trunk": "Nobody comes through unscreened.",
    "unscreened-wide": "Many come through unscreened.",
    "no-way-out": "A call to the outside that no trunk carries.",
    "wider-than-default": "More outside calls than the company's default permits.",
    "empty-class": "A permission for nothing.",
    "pattern-twice": "The lesser class is enough.",
    "address-wide": "Many machines pass for the trunk.",
    "main-number-unreached": "No trunk leads to the main number.",
    "hours-overlap": "Two spans say the same time.",
    "hours-hole": "Time of a working week without duty.",
    "hours-never-open": "Nobody is ever on duty.",
    "seasons-overlap": "Two seasons for one day.",
    "lunch-without-break": "Lunch duty when nobody has a break.",
    "closure-long": "Closed for so long that a date may be mistyped.",
    "no-friday": "Make-up days follow Friday's hours, and there are none.",
    "holidays-unknown": "Make-up working days not announced yet.",
}
"""Kinds that only tell."""

MEANINGS: Mapping[str, str] = {**ERRORS, **WARNINGS}


def meaning(code: str, language: str) -> str:
    """What problems of this kind are about, in zh or en; "" for an unknown kind."""
    return (MEANINGS_ZH if language == "zh" else MEANINGS).get(code, "")
