"""People from a spreadsheet into the rules file."""

from __future__ import annotations

import io

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switchboard.errors import RulesError
from switchboard.rules import load_text
from switchboard.rules.importing import plan, romanized
from switchboard.rules.spreadsheet import HEADINGS, Row, rows
from tests.rules.small import SMALL

SHEET = """\
分机号,姓名,英文名,部门,外线权限,邮箱
8205,翟敏,Zhai Min,8100,,zhai.min@small.example
8206,欧阳若兰,,综合管理部,,
"""


def from_csv(tmp_path, text: str | bytes) -> list[Row]:
    path = tmp_path / "people.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return rows(path)


def imported(tmp_path, text: str, content: str = SMALL, **options):
    return plan(content.encode(), from_csv(tmp_path, text), **options)


def test_people_become_lines_at_the_end_of_people(tmp_path):
    """In the file's own manner; a department by its name, an English name from the pinyin."""
    made = imported(tmp_path, SHEET)
    assert made.ok
    assert made.problems == ()
    assert made.lines == (
        '  "8205": {name: {zh: 翟敏, en: Zhai Min}, department: "8100", email: zhai.min@small.example}',
        '  "8206": {name: {zh: 欧阳若兰, en: Ouyang Ruolan}, department: "8100"}',
    )
    text = made.content.decode()
    assert "\n".join(made.lines) + "\noutside:\n" in text
    for line in made.lines:
        text = text.replace(line + "\n", "")
    assert text == SMALL, "nothing else changed"
    assert load_text(made.content).rules.extensions["8206"].name.en == "Ouyang Ruolan"


def test_comments_and_line_ends_stay(tmp_path):
    """Also in a file from Windows, and with a comment that introduces the next section."""
    text = SMALL.replace("outside:\n", "  # the last of people\n\n# ── Outside ──\noutside:\n")
    made = imported(tmp_path, SHEET, "\ufeff" + text.replace("\n", "\r\n"))
    assert made.ok
    assert b'\r\n  # the last of people\r\n  "8205"' in made.content
    assert made.content.startswith(b"\xef\xbb\xbf")
    assert made.content.count(b"\n") == made.content.count(b"\r\n")


WRONG = [
    ("8205,翟敏,,8660,,", "8205.department", "Did you mean 8600"),
    ("8205,翟敏,,8101,,", "8205.department", "is a person"),
    ("8205,,,,,", "8205.name.zh", "zh is missing"),
    (",翟敏,,,,", "", "number is missing"),
    ("8101,翟敏,,,,", "8101", "line 31 of the rules already"),
    ("8100,翟敏,,,,", "8100", "of the rules already"),
    ("82-05,翟敏,,,,", "82-05", "2 to 10 digits"),
    ("82.05,翟敏,,,,", "82.05", "2 to 10 digits"),
    ("9205,翟敏,,,,", "9205", "outside.prefix"),
    ("8205,翟敏,,,everything,", "8205.outside", "expected none"),
    ("8205,翟敏,,,,nobody", "8205.email", "e-mail address"),
]


@pytest.mark.parametrize(("row", "path", "words"), WRONG)
def test_each_mistake_names_its_row(tmp_path, row, path, words):
    """What was found and what was expected; and the file is not to be written."""
    made = imported(tmp_path, f"{SHEET}{row}\n".replace("8205,翟敏,Zhai", "8207,翟敏,Zhai"))
    assert not made.ok
    found = [p for p in made.problems if p.row == 4]
    assert found, made.problems
    assert found[0].problem.path == f"people.{path}"
    assert words in f"{found[0].problem.message} {found[0].problem.hint}"


def test_every_mistake_is_told_at_once(tmp_path):
    """Rows with wrong shapes don't hide rows that don't fit."""
    made = imported(tmp_path, "number,zh,department,outside\n8301,甲,8109,\n8302,乙,,locl\n8302,丙,,\n")
    assert [(p.row, p.problem.code) for p in made.problems] == [
        (2, "unknown-extension"),
        (3, "bad-value"),
        (4, "listed-twice"),
    ]


def test_who_is_there_already_is_left_alone(tmp_path):
    """The same list may be imported twice; others' values only with skip_present."""
    made = imported(tmp_path, "number,zh,en\n8890,沈洁,Shen Jie\n")
    assert (made.ok, made.added, made.present) == (True, (), ("8890",))
    other = "number,zh\n8890,沈杰\n"
    assert not imported(tmp_path, other).ok
    assert imported(tmp_path, other, skip_present=True).present == ("8890",)


def test_a_file_with_errors_is_not_touched(tmp_path):
    """First things first."""
    with pytest.raises(RulesError, match="errors itself"):
        imported(tmp_path, SHEET, SMALL.replace('unclear: "8100"', 'unclear: "8111"'))


def test_people_in_braces_are_refused(tmp_path):
    """There is no line to put an entry after."""
    head, _, rest = SMALL.partition('people:\n  "8011"')
    braces = 'people: {"8011": {name: {zh: 何静, en: He Jing}}, "8101": {name: {zh: 周文, en: Zhou Wen}, ' \
             'department: "8100"}, "8601": {name: {zh: 林娜, en: Lin Na}, department: "8600"}, ' \
             '"8890": {name: {zh: 沈洁, en: Shen Jie}}}\n'  # fmt: skip
    text = head + braces + rest[rest.index("\noutside:") + 1 :].replace('  wider: ["8101"]\n', "")
    with pytest.raises(RulesError, match="on a line of its own"):
        imported(tmp_path, SHEET, text)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_is_read_in_the_encodings_that_programs_write(tmp_path, encoding):
    """Excel in China writes GBK."""
    people = from_csv(tmp_path, SHEET.encode(encoding))
    assert people[0] == Row(
        2,
        {
            "number": "8205",
            "name.zh": "翟敏",
            "name.en": "Zhai Min",
            "department": "8100",
            "email": "zhai.min@small.example",
        },
    )


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_csv_may_have_other_delimiters(tmp_path, delimiter):
    """As programs of other countries write it."""
    assert len(from_csv(tmp_path, SHEET.replace(",", delimiter))) == 2


def test_xlsx_is_read(tmp_path):
    """Numbers kept as numbers, truth as truth, empty rows between."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Number", "Name", "Department", "wait_when_busy", "ring_for"])
    sheet.append([8205, "翟 敏", 8100, True, 20.0])
    sheet.append([None] * 5)
    sheet.append(["8206", "李雷", None, "否", None])
    content = io.BytesIO()
    book.save(content)
    path = tmp_path / "people.xlsx"
    path.write_bytes(content.getvalue())
    people = rows(path)
    assert [row.line for row in people] == [2, 4]
    made = plan(SMALL.encode(), people)
    assert made.lines == (
        '  "8205": {name: {zh: 翟敏, en: Zhai Min}, department: "8100", wait_when_busy: true, ring_for: 20}',
        '  "8206": {name: {zh: 李雷, en: Li Lei}, wait_when_busy: false}',
    )


BAD_SHEETS = [
    (b"", "empty"),
    (b"number,name,salary\n", "no column is called 'salary'"),
    (b"name,department\n", "expected a column number"),
    (b"number,ext,name\n", "two columns mean number"),
    (b"PK\x03\x04 not really", "no spreadsheet"),
    (b"\xd0\xcf\x11\xe0 old excel", "save it as .xlsx"),
    (b"\xff\xff\xff", "neither UTF-8"),
    (b'number,name\n"8205,"x\n', "no CSV file"),
]


@pytest.mark.parametrize(("content", "words"), BAD_SHEETS)
def test_what_is_no_list_of_people_is_refused(tmp_path, content, words):
    """With what was expected instead."""
    with pytest.raises(RulesError, match=words):
        from_csv(tmp_path, content)


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("曾国强", "Zeng Guoqiang"),
        ("单 丽", "Shan Li"),
        ("欧阳若兰", "Ouyang Ruolan"),
        ("吕布", "Lyu Bu"),
        ("David", "David"),
    ],
)
def test_names_are_romanized_as_in_passports(zh, en):
    """Surnames by their own readings."""
    assert romanized(zh) == en


TEXTS = st.text(max_size=12) | st.sampled_from(
    ["a: b", "#x", "*", "- ", '"', "8205", "true", "}{", "\n", "\u2028"]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(sorted(HEADINGS)), TEXTS, max_size=6), max_size=4))
def test_whatever_the_cells_hold_the_file_is_right_or_stays(cells):
    """Right means: it loads, and everybody has the values of their row."""
    people = [Row(i + 2, row) for i, row in enumerate(cells)]
    made = plan(SMALL.encode(), people, skip_present=True)
    if made.ok:
        loaded = load_text(made.content)
        assert loaded.ok
        for number in made.added:
            row = next(p.cells for p in people if p.cells.get("number") == number)
            assert loaded.rules.extensions[number].name.zh.split() == row["name.zh"].split()
