"""One test per kind of mistake in what a file says."""

# ruff: noqa: E501  one case a line makes the table readable

from __future__ import annotations

import ast
import re
from datetime import date
from pathlib import Path

import pytest

from switchboard.rules import Severity, checks, codes, load_text
from tests.rules.small import SMALL, added, changed, line_of, only


def test_the_small_company_is_faultless():
    """What the other tests change is right to begin with."""
    assert load_text(SMALL).problems == ()


CASES = [
    # old, new, code, path, words in message or hint
    ("complaints:", "complaint:", "unknown-key", "complaint", "Did you mean complaints?"),
    ("    longest_wait: 60", "    longest_wiat: 60", "unknown-key", "queues.8600.longest_wiat", "longest_wait"),
    ("en: Shen Jie", "en:Shen Jie", "unknown-key", "people.8890.name.en:Shen Jie", "a space after it"),
    ('unclear: "8100"\n', "", "missing", "unclear", "unclear is missing"),
    (", en: Shen Jie", "", "missing", "people.8890.name.en", "en is missing in people.8890.name"),
    ("en: Shen Jie", "en: ", "missing", "people.8890.name.en", "empty"),
    ("en: Shen Jie", 'en: " "', "bad-value", "people.8890.name.en", "empty text"),
    ("en: Shen Jie", "en: true", "wrong-type", "people.8890.name.en", "quotes"),
    ("en: Shen Jie", "en: [a]", "wrong-type", "people.8890.name.en", "a list"),
    ("{zh: 沈洁, en: Shen Jie}", "Shen Jie", "wrong-type", "people.8890.name", "Shen Jie"),
    ("longest_wait: 60", "longest_wait: soon", "wrong-type", "queues.8600.longest_wait", "whole number"),
    ("longest_wait: 60", 'longest_wait: "60"', "wrong-type", "queues.8600.longest_wait", "without quotes"),
    ("longest_wait: 60", "longest_wait: 0", "out-of-range", "queues.8600.longest_wait", "at least 1"),
    ("longest_wait: 60", "longest_wait: 1e9", "wrong-type", "queues.8600.longest_wait", "whole number"),
    ("listing: unlisted", "listing: unlistd", "bad-value", "people.8102.listing", "Did you mean unlisted?"),
    ("outside: local", "outside: everything", "bad-value", "people.8101.outside", "expected none, local"),
    ('department: "8600"', 'department: "8660"', "unknown-extension", "people.8601.department", "8600 (客服)"),
    ('department: "8600"', "department: 客服", "bad-value", "people.8601.department", 'write "8600"'),
    ('department: "8600"', 'department: "８６００"', "bad-value", "people.8601.department", "full-width"),
    ('department: "8600"', 'department: "8101"', "wrong-kind", "people.8601.department", "is a person"),
    ('unclear: "8100"', 'unclear: "8600"', "wrong-kind", "unclear", "is a queue; expected"),
    ('unclear: "8100"', 'unclear: "8111"', "unknown-extension", "unclear", "8100"),
    ('general_head: "8101"', 'general_head: "8801"', "wrong-kind", "general_head", "executive"),
    ('complaints: "8600"', 'complaints: "8101"', "wrong-kind", "complaints", "a queue or a department"),
    ('complaints: "8600"\n', "", "missing", "greeting.keys.7", "complaints is missing"),
    ('people: ["8011"]', 'people: ["8100"]', "wrong-kind", "operators.people.0", "department"),
    ('people: ["8011"]', 'people: ["8011", "8011"]', "listed-twice", "operators.people.1", "twice"),
    ('openers: ["8101"]', 'openers: ["8109"]', "unknown-extension", "departments.8100.mailbox_openers.0", "8101"),
    ('openers: ["8101"]', "openers: []", "no-openers", "departments.8100.mailbox_openers", "Nobody"),
    ('openers: ["8101"]', 'openers: ["8101"]\n    members: []', "no-members", "departments.8100", "nobody to ring"),
    ('openers: ["8101"]', 'openers: ["8101"]\n    members: ["8801"]', "wrong-kind", "departments.8100.members.0", "executive"),
    ('Lin Na}, department: "8600"', "Lin Na}", "no-members", "queues.8600", "nobody to ring"),
    ('deputy: "8101"', 'deputy: "8801"', "loop", "executives.8801.screening.deputy", "own deputy"),
    ('deputy: "8101"', 'deputy: "8899"', "loop", "executives.8801.screening.deputy", "executive too"),
    ('deputy: "8101"', 'deputy: "8100"', "wrong-kind", "executives.8801.screening.deputy", "department"),
    ('secretary: "8890"', 'secretary: "8899"', "loop", "executives.8899.secretary", "own secretary"),
    ('secretary: "8890"', 'secretary: "8801"', "loop", "executives.8899.secretary", "protected"),
    ('secretary: "8890"', 'secretary: "8891"', "unknown-extension", "executives.8899.secretary", "8890 (沈洁)"),
    ('    secretary: "8890"\n', "", "protection", "executives.8899", "neither"),
    ('secretary: "8890"', 'secretary: "8890"\n    screening: {deputy: "8101"}', "protection", "executives.8899", "both"),
    ('"8890": {name', '"8100": {name', "duplicate-extension", "people.8100", "departments (line 15)"),
    ('"8011": {name', '"8000": {name', "duplicate-extension", "people.8000", "the main number (line 2)"),
    ('"8011": {name', '"110": {name', "shadows-emergency", "people.110", "is an emergency number"),
    ('"8011": {name', '"1100": {name', "shadows-emergency", "people.1100", "110"),
    ('"8011": {name', '"12": {name', "shadows-emergency", "people.12", "120"),
    ('"8011": {name', '"9011": {name', "shadows-outside-prefix", "people.9011", "begins with 9"),
    ('"8011": {name', '"*97": {name', "shadows-code", "people.*97", "feature codes"),
    ('"8011": {name', '"80-11": {name', "bad-value", "people.80-11", "2 to 10 digits"),
    ('"8011": {name', '"7": {name', "bad-value", "people.7", "2 to 10 digits"),
    ('prefix: "9"', 'prefix: "1"', "shadows-emergency", "outside.prefix", "110"),
    ('"7": complaint', '"7": complain', "bad-value", "greeting.keys.7", "Did you mean complaint?"),
    ('"7": complaint', '"7": "8666"', "unknown-extension", "greeting.keys.7", "8600"),
    ('"7": complaint', '"77": complaint', "bad-value", "greeting.keys.77", "one digit"),
    ('announce: ["8100"', 'announce: ["8102"', "not-listed", "greeting.announce.0", "unlisted"),
    ('announce: ["8100"', 'announce: ["8109"', "unknown-extension", "greeting.announce.0", "an extension"),
    ('voicemail: "*97"', 'voicemail: "97"', "bad-value", "codes.voicemail", '"*97"'),
    ('voicemail: "*97"', 'voicemail: "*71"', "duplicate-code", "codes.voicemail", "operator_in"),
    ('to: "12:00"', 'to: "08:00"', "hours-backwards", "hours.weekly.0", "midnight"),
    ('to: "12:00"', 'to: "25:00"', "bad-value", "hours.weekly.0.to", "08:30"),
    ("days: mon-fri", "days: mon-fry", "bad-value", "hours.weekly.0.days", "mon-fry"),
    ("unclear:", "time_zone: Asia/Bejing\nunclear:", "bad-value", "time_zone", "time zone"),
    ('local: ["NXXXXXXX"]', 'local: ["_X."]', "bad-value", "outside.classes.local.0", "dial pattern"),
    ('local: ["NXXXXXXX"]', 'local: ["X.X"]', "bad-value", "outside.classes.local.0", "dial pattern"),
    ('local: ["NXXXXXXX"]', 'local: ["[5-1]X"]', "bad-value", "outside.classes.local.0", "5-1"),
    ('local: ["NXXXXXXX"]', 'local: ["X,1,System(x)"]', "bad-value", "outside.classes.local.0", "dial pattern"),
    ("    local:", "    premium:", "bad-value", "outside.classes.premium", "expected local"),
    ("    username: test-caller", '    addresses: ["127.0.0.1"]', "loopback", "trunks.test-caller.addresses.0", "loopback"),
    ("    username: test-caller", '    addresses: ["0.0.0.0/0"]', "loopback", "trunks.test-caller.addresses.0", "loopback"),
    ("    username: test-caller", '    addresses: ["::1"]', "loopback", "trunks.test-caller.addresses.0", "loopback"),
    ("    username: test-caller", '    addresses: ["::ffff:127.0.0.1"]', "bad-value", "trunks.test-caller.addresses.0", "IPv4"),
    ("    username: test-caller", '    addresses: ["provider"]', "bad-value", "trunks.test-caller.addresses.0", "IP address"),
    ("    username: test-caller\n", "", "trunk-unknown", "trunks.test-caller", "username"),
    ("    username: test-caller", "    username: a;b", "bad-value", "trunks.test-caller.username", "letters"),
    ("  test-caller:", "  Test Caller:", "bad-value", "trunks.Test Caller", "lower-case"),
    ('{"8000": "8000"}', '{"8000": "8777"}', "unknown-extension", "trunks.test-caller.numbers.8000", "8777"),
    ("    username: test-caller", '    username: test-caller\n    outgoing: ["X."]', "trunk-without-host", "trunks.test-caller.outgoing", "where to"),
    ("    username: test-caller", "    username: test-caller\n    host: a b", "bad-value", "trunks.test-caller.host", "host"),
    ("  goodbye: {zh: 再见。, en: Goodbye.}", "  goodbye: {zh: 再见。}", "missing-text", "texts.goodbye.en", "no text in en"),
    ("  goodbye:", "  goodby:", "unknown-prompt", "texts.goodby", "Did you mean goodbye?"),
    ("en: Goodbye.", 'en: "Goodbye {compny}."', "unknown-placeholder", "texts.goodbye.en", "{company}"),
    ("en: Goodbye.", 'en: "Goodbye {key}."', "unknown-placeholder", "texts.goodbye.en", "{company}"),
    ("en: Goodbye.", 'en: "Goodbye }."', "unknown-placeholder", "texts.goodbye.en", "single"),
    ('outside: local}', "outside: local, email: a b}", "bad-value", "people.8101.email", "e-mail"),
    ('deputy: "8101"', 'deputy: "8101", assistant: "8801"', "loop", "executives.8801.screening.assistant", "own assistant"),
    ('deputy: "8101"', 'deputy: "8101", assistant: "8899"', "loop", "executives.8801.screening.assistant", "executive too"),
    ('deputy: "8101"', 'deputy: "8101", also: ["8100"]', "wrong-kind", "executives.8801.screening.also.0", "is a department"),
    ('deputy: "8101"', 'deputy: "8101", also: ["8801"]', "listed-twice", "executives.8801.screening.also.0", "rings anyway"),
    ('deputy: "8101"', 'deputy: "8101", also: ["8102", "8102"]', "listed-twice", "executives.8801.screening.also.1", "twice"),
    ('deputy: "8101"', 'deputy: "8101", also: ["8109"]', "not-permitted", "executives.8801.screening.also.0", "8101 (周文)"),
    ('deputy: "8101"', 'deputy: "8101", also: ["13900000000"]', "not-permitted", "executives.8801.screening.also.0", "(none)"),
    ('deputy: "8101"', 'deputy: "8101", also: ["922222222"]', "not-permitted", "executives.8801.screening.also.0", "without 9: 22222222"),
    ('deputy: "8101"', 'deputy: "8101", also: ["22222222"]', "not-permitted", "executives.8801.screening.also.0", "higher class"),
    ('deputy: "8101"', 'deputy: "8101", also: ["+8613900000000"]', "bad-value", "executives.8801.screening.also.0", "an outside number"),
    ('deputy: "8101"', 'deputy: "8101", unscreened: ["x"]', "bad-value", "executives.8801.screening.unscreened.0", "how it begins"),
    ('deputy: "8101"', 'deputy: "8101", hours: [{days: mon, from: "9:00", to: "8:00"}]', "hours-backwards", "executives.8801.screening.hours.0", "midnight"),
    ('deputy: "8101"}', 'deputy: "8101"}\n    copy_to_secretary: true', "no-secretary", "executives.8801.copy_to_secretary", "no secretary"),
    ("longest_wait: 60", 'overflow: "8600"', "loop", "queues.8600.overflow", "8600 → 8600"),
    ("longest_wait: 60", 'overflow: "8801"', "wrong-kind", "queues.8600.overflow", "executive"),
    ("longest_wait: 60", 'overflow: "8108"', "unknown-extension", "queues.8600.overflow", "Did you mean 8100"),
    ("longest_wait: 60", "overflow: messages", "bad-value", "queues.8600.overflow", "Did you mean message?"),
    ("longest_wait: 60", "valued: [{numbers: []}]", "missing", "queues.8600.valued.0.numbers", "at least one"),
    ("longest_wait: 60", "pause_reasons: [tea, tea]", "listed-twice", "queues.8600.pause_reasons.1", "twice"),
    ("longest_wait: 60", "pause_reasons: [a, b, c, d, e, f, g, h, i, j]", "out-of-range", "queues.8600.pause_reasons", "at most 9"),
    ('voicemail: "*97"', 'ask_pin: [manuel]', "bad-value", "codes.ask_pin.0", "Did you mean manual?"),
    ('voicemail: "*97"', 'park: "*69"', "duplicate-code", "codes.park", "fetch"),
    ("hours:\n", "hours:\n  margin: 300\n", "out-of-range", "hours.margin", "at most 120"),
    ("hours:\n", "hours:\n  holidays: us\n", "bad-value", "hours.holidays", "expected cn"),
    ("hours:\n", "hours:\n  extra_holidays: [2026-02-30]\n", "bad-value", "hours.extra_holidays.0", "a day that exists"),
    ("hours:\n", "hours:\n  extra_holidays: [2026-02-01 to 2026-01-01]\n", "bad-value", "hours.extra_holidays.0", "a later day"),
    ("hours:\n", "hours:\n  extra_holidays: [2026-02-01 to 2027-02-01]\n", "bad-value", "hours.extra_holidays.0", "62 days"),
    ("hours:\n", "hours:\n  extra_holidays: [1.10.2026]\n", "bad-value", "hours.extra_holidays.0", "2026-10-01"),
    ("hours:\n", "hours:\n  extra_holidays: [2026-10-08]\n  extra_working_days: [2026-10-08]\n", "free-and-worked", "hours.extra_working_days", "one of the two"),
    ("hours:\n", 'hours:\n  lunch: {from: "12:00", to: "13:00", turns: [{days: mon, people: ["8101"]}]}\n', "not-operator", "hours.lunch.turns.0.people.0", "no operator"),
    ("hours:\n", 'hours:\n  lunch: {from: "13:00", to: "12:00"}\n', "hours-backwards", "hours.lunch", "begins at 13:00"),
    ("hours:\n", "hours:\n  closures:\n    - {from: 2026-12-02, to: 2026-12-01}\n", "hours-backwards", "hours.closures.0", "Swap"),
    ("hours:\n", "hours:\n  closures:\n    - {from: 2026-12-02 25:00, to: 2026-12-03}\n", "bad-value", "hours.closures.0.from", "2026-12-31 14:00"),
    ("hours:\n", "hours:\n  seasons:\n    - {from: 06-31, to: 07-01, weekly: []}\n", "bad-value", "hours.seasons.0.from", "exists"),
    ("hours:\n", 'hours:\n  seasons:\n    - {from: 06-01, to: 07-01, weekly: [{days: mon, from: "9:00", to: "8:00"}]}\n', "hours-backwards", "hours.seasons.0.weekly.0", "midnight"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code", "path", "words"), CASES)
def test_each_mistake_is_an_error_with_its_line_and_a_way_out(old, new, code, path, words):
    """What was found, what was expected, in the line where it stands; and the rules are not made."""
    loaded = changed(old, new)
    found = [p for p in loaded.problems if (p.code, p.path) == (code, path)]
    assert found, loaded.problems
    problem = found[0]
    assert problem.severity is Severity.ERROR
    assert words in f"{problem.message} {problem.hint}"
    assert loaded.rules is None
    last = path.split(".")[-1]
    row = loaded.content.decode().split("\n")[problem.line - 1]
    if code not in ("missing", "missing-text") and not last.isdigit():
        assert last in row
    assert not any(word in problem.message for word in ("pydantic", "str_type", "Input should", "validation"))


WARNINGS = [
    ('"7": complaint', '"8": "8600"', "key-begins-extension", "greeting.keys.8"),
    ('"7": complaint', '"6": language', "meaning-twice", "greeting.keys.6"),
    ("screening: {deputy: \"8101\"}", "screening: {}", "no-deputy", "executives.8801"),
    ('    secretary: "8890"', '    secretary: "8890"\n    mailbox: false', "no-mailbox", "executives.8899"),
    ("    username: test-caller", '    addresses: ["10.0.0.0/8"]', "address-wide", "trunks.test-caller.addresses.0"),
    ('from: "13:00"', 'from: "11:00"', "hours-overlap", "hours.weekly.1"),
    ('local: ["NXXXXXXX"]', 'local: ["NXXXXXXX"]\n    national: ["NXXXXXXX"]', "pattern-twice", "outside.classes.national.0"),
    ('{"8000": "8000"}', '{"8000": "8100"}', "main-number-unreached", "trunks"),
    ('    local: ["NXXXXXXX"]', "    local: []", "empty-class", "people.8101.outside"),
    ('deputy: "8101"', 'deputy: "8101", assistant: "8101"', "helper-twice", "executives.8801.screening.assistant"),
    ('deputy: "8101"', 'deputy: "8101", unscreened: ["02988886666"]', "no-trusted-trunk", "executives.8801.screening.unscreened"),
    ('deputy: "8101"}', 'deputy: "8101", also: ["22222222"]}\n    outside: local', "no-way-out", "executives.8801.screening.also.0"),
    ("longest_wait: 60", "call_back: true", "no-way-out", "queues.8600.call_back"),
    ("longest_wait: 60", 'valued: [{numbers: ["139"]}, {numbers: ["138", "139"]}]', "listed-twice", "queues.8600.valued.1.numbers.1"),
    ('voicemail: "*97"', "ask_pin: [manual, manual]", "listed-twice", "codes.ask_pin.1"),
    ("hours:\n", 'hours:\n  lunch: {from: "19:00", to: "20:00"}\n', "lunch-without-break", "hours.lunch"),
    ("hours:\n", 'hours:\n  lunch: {from: "12:00", to: "12:10"}\n', "hours-hole", "hours.weekly.1"),
    ('to: "12:00"', 'to: "10:00"', "hours-hole", "hours.weekly.1"),
    ("hours:\n", "hours:\n  seasons:\n    - {from: 07-01, to: 07-31, weekly: [{days: 'mon, wed', from: 8:00, to: 9:00}]}\n", "hours-hole", "hours.seasons.0.weekly"),
    ("hours:\n", "hours:\n  seasons:\n    - {from: 07-01, to: 07-31, weekly: []}\n", "hours-never-open", "hours.seasons.0"),
    ("hours:\n", "hours:\n  closures:\n    - {from: 2026-12-31, to: 2027-12-31}\n", "closure-long", "hours.closures.0"),
    ("hours:\n  weekly:\n    - {days: mon-fri, from: \"09:00\", to: \"12:00\"}\n    - {days: mon-fri, from: \"13:00\", to: \"18:00\"}\n", "", "hours-never-open", "hours"),
    ('deputy: "8101"', 'deputy: "8101", hours: []', "hours-never-open", "executives.8801.screening.hours"),
    ('operators: {people: ["8011"]}', "operators: {ring: all}", "no-operators", "operators"),
    ('"7": complaint', '"5": "8101"', "key-untold", "greeting.keys.5"),
    (', "0": enquiry', "", "no-enquiry", "greeting.keys"),
    ('["8100", "8600"]', "[]", "nothing-announced", "greeting.announce"),
    ('keys: {"9": language, "7": complaint, "0": enquiry}\nunclear: "8100"\ngeneral_head: "8101"\ncomplaints: "8600"\n', 'keys: {"0": enquiry}\nunclear: "8100"\ngeneral_head: "8101"\n', "no-complaints", "greeting"),
    ("en: Shen Jie}}", "en: Shen Jie}, listing: unlisted}\n  \"8891\": {name: {zh: 甲, en: A}, listing: unlisted}", "reached-by-nobody", "people.8891"),
    ("zh: 沈洁, en: Shen Jie", 'zh: "？", en: "？"', "not-findable", "people.8890.name"),
    ("en: Shen Jie", "en: 沈洁", "one-language", "people.8890.name.en"),
    ("en: Goodbye.", "en: 再见。", "one-language", "texts.goodbye.en"),
    ("zh: 再见。", "zh: Goodbye.", "one-language", "texts.goodbye.zh"),
    ('  wider: ["8101"]\n', "", "wider-than-default", "people.8101.outside"),
    ('    secretary: "8890"', '    secretary: "8890"\n  "8898":\n    name: {zh: 乙, en: B}\n    secretary: "8890"', "secretary-shared", "executives.8898.secretary"),
    ("en: Shen Jie}", "en: Shen Jie}, mailbox: false", "no-mailbox", "executives.8899.secretary"),
    ("hours:\n", "hours:\n  seasons:\n    - {from: 11-01, to: 02-28, weekly: []}\n    - {from: 02-28, to: 03-31, weekly: []}\n", "seasons-overlap", "hours.seasons.1"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code", "path"), WARNINGS)
def test_each_doubt_is_a_warning_that_stops_nothing(old, new, code, path):
    """Warnings tell, and the rules are made all the same."""
    loaded = changed(old, new)
    found = [p for p in loaded.problems if (p.code, p.path) == (code, path)]
    assert found, loaded.problems
    assert found[0].hint, "every warning says what can be done about it"
    assert not loaded.errors
    assert loaded.ok


def test_a_number_that_begins_another_is_a_warning():
    """Whoever dials the short one waits for more digits."""
    problem = only(added('  "810": {name: {zh: 甲, en: A}}', "people:"))
    assert (problem.severity, problem.code, problem.path) == (
        Severity.WARNING,
        "prefix-of-extension",
        "people.810",
    )


def test_a_person_rung_by_group_and_queue_is_a_warning():
    """Their phone would ring for both at once."""
    loaded = added('    members: ["8101", "8601"]', "    longest_wait: 60")
    problem = only(loaded)
    assert (problem.severity, problem.code, problem.path) == (
        Severity.WARNING,
        "member-of-both",
        "queues.8600",
    )


def test_trunks_may_not_share_addresses():
    """Neither the same address nor one inside another's network tells two trunks apart."""
    trunks = """\
  a:
    addresses: ["198.51.100.0/24"]
    numbers: {"1001": "8000"}
  b:
    addresses: ["203.0.113.7", "198.51.100.20"]
    numbers: {"1001": "8000"}
  c:
    addresses: ["203.0.113.7", "2001:db8::1"]
    numbers: {"1001": "8000"}"""
    loaded = added(trunks, "trunks:")
    assert [(p.code, p.path) for p in loaded.problems] == [
        ("address-taken", "trunks.b.addresses.1"),
        ("address-taken", "trunks.c.addresses.0"),
    ]


def test_trunks_may_not_share_usernames():
    """A name and password belong to one trunk."""
    other = '  other:\n    username: test-caller\n    numbers: {"1001": "8000"}'
    assert only(added(other, "trunks:")).code == "duplicate-username"


def test_everything_is_told_at_once():
    """Schema mistakes don't hide what doesn't fit together, in whatever order they stand."""
    text = SMALL
    for old, new in (
        ('main_number: "8000"', "main_number: 8000"),
        ("listing: unlisted", "listing: never"),
        ('secretary: "8890"', 'secretary: "8899"'),
        ('"8600"}', '"8660"}'),
        ("longest_wait: 60", "longest_wait: soon"),
        ('to: "12:00"', 'to: "08:00"'),
        ("  goodbye:", "  goodby:"),
        ('numbers: {"8000": "8000"}', 'numbers: {"8000": "8001"}'),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    loaded = load_text(text)
    assert [p.code for p in loaded.problems] == [
        "unquoted-number",
        "hours-backwards",
        "no-members",
        "wrong-type",
        "loop",
        "bad-value",
        "unknown-extension",
        "main-number-unreached",
        "unknown-extension",
        "unknown-prompt",
    ]


def test_a_damaged_entry_is_not_held_against_others():
    """A person whose entry is wrong still exists for those who name them."""
    loaded = changed("{zh: 林娜, en: Lin Na}", "{zh: 林娜}")
    assert only(loaded).path == "people.8601.name.en"


def test_names_may_hold_what_means_something_elsewhere():
    """Quotes, dollars, semicolons are text; whoever renders them quotes them."""
    name = '${SHELL(rm)} \\"x\\"; &PJSIP/8801 🙂 \u202eabc'
    loaded = changed("en: Shen Jie", f'en: "{name}"')
    assert loaded.ok
    assert loaded.rules.extensions["8890"].name.en == name.replace("\\", "")


@pytest.mark.parametrize("bad", ["\\n", "\\r", "\\0", "\\t", "\\u2028", "\\x7f", "\\ud800"])
def test_names_with_control_characters_are_refused(bad):
    """A line end in a name could end a line of a configuration file."""
    loaded = changed("en: Shen Jie", f'en: "a{bad}b"')
    assert not loaded.ok
    assert loaded.problems[0].line == line_of('8890": {', load_text(SMALL))


@pytest.mark.parametrize("bad", ["\\e[31m", "\u3000", "\\u202e"])
def test_keys_with_odd_characters_are_told_without_them(bad):
    """What is told goes to terminals."""
    loaded = changed('  "8890": {name: {zh: 沈洁, en: Shen Jie}}', f'  "88{bad}90": {{title: {{zh: 甲}}}}')
    assert not loaded.ok
    assert all(f"{p.path}{p.message}{p.hint}".isprintable() for p in loaded.problems)


def test_names_have_a_bound():
    """A name of 4 kB is no name."""
    assert only(changed("en: Shen Jie", f"en: {'x' * 4000}")).code == "bad-value"


def test_a_section_left_empty_counts_as_left_out():
    """Commenting everything below `queues:` away is no mistake of its own."""
    assert changed('operators: {people: ["8011"]}', "operators:").ok
    assert changed("texts:\n  goodbye: {zh: 再见。, en: Goodbye.}", "texts:\n  # nothing").ok


def test_problems_have_an_end():
    """Thousands of mistakes give the first ones and a count."""
    people = "\n".join(f'  "{30000 + i}": {{name: {{zh: 甲}}}}' for i in range(2000))
    loaded = added(people, "people:")
    assert len(loaded.problems) == 501
    assert "1500 more" in loaded.problems[-1].message


def test_queues_that_overflow_in_a_circle_are_refused_once():
    """Nobody would ever leave it."""
    queues = """\
  "8610":
    name: {zh: 甲, en: A}
    members: ["8601"]
    overflow: "8620"
  "8620":
    name: {zh: 乙, en: B}
    members: ["8601"]
    overflow: "8610"
  "8630":
    name: {zh: 丙, en: C}
    members: ["8601"]
    overflow: "8610\""""
    problem = only(added(queues, "queues:"))
    assert problem.code == "loop"
    assert problem.path == "queues.8620.overflow"
    assert "8610 → 8620 → 8610" in problem.message


def test_holidays_nobody_announced_yet_are_a_warning():
    """From November on for the year to come, at once for this one; not once the file names some."""
    text = SMALL.replace("hours:\n", "hours:\n  holidays: cn\n")

    def told(text: str, *day: int) -> list[str]:
        return [p.message[:31] for p in load_text(text, today=date(*day)).problems]

    assert told(text, 2026, 10, 31) == []
    assert told(text, 2025, 12, 31) == []
    assert told(text, 2098, 11, 1) == ["The holidays of 2098 are not kn", "The holidays of 2099 are not kn"]
    assert told(text, 2098, 1, 1) == ["The holidays of 2098 are not kn"]
    named = text.replace("holidays: cn\n", "holidays: cn\n  extra_holidays: [2098-02-04]\n")
    assert told(named, 2098, 1, 1) == []


def test_wide_permissions_of_many_are_one_warning():
    """Nobody reads a thousand lines that say the same."""
    people = "\n".join(f'  "{30000 + i}": {{name: {{zh: 甲, en: A}}, outside: local}}' for i in range(200))
    problem = only(added(people, "people:"))
    assert problem.code == "wider-than-default"
    assert problem.message.startswith("200 people may dial more")


def test_every_kind_of_problem_has_its_meaning():
    """In the table for tools and people: all that the checks can tell, and nothing else."""
    folder = Path(checks.__file__).parents[1]
    sources = {path.name: path.read_text("utf-8") for path in folder.rglob("*.py") if path.name != "codes.py"}
    told = {
        node.args[0].value: node.func.attr
        for source in sources.values()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("error", "warning")
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }
    assert {kind.partition(".")[0] for kind in told} <= set(codes.MEANINGS)
    assert {case[2] for case in (*CASES, *WARNINGS)} <= set(codes.MEANINGS)
    used = "".join(sources.values())
    unused = [code for code in codes.MEANINGS if not re.search(rf'"{code}[".]', used)]
    assert unused == []
    assert not set(codes.ERRORS) & set(codes.WARNINGS)
