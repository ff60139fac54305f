"""All ways of a call: told whole, bounded, and what no way leads to."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

from hypothesis import given, settings

from switchboard.domain.actions import Dial, Screen, TakeMessage
from switchboard.domain.call import Call
from switchboard.domain.company import Greeting, KeyAction, MenuKey, Name, Person, Rules
from switchboard.domain.mode import Mode
from switchboard.rehearsal import Answer, rehearse
from switchboard.rehearsal.parts import touched
from switchboard.rehearsal.picture import mermaid, svg
from switchboard.rehearsal.rows import one_way, rows
from switchboard.rehearsal.ways import MOST_NODES, Ways, explore
from switchboard.sentences import NOTHING
from tests.company import KEYS, company
from tests.rehearsal.supposed import NOW, rehearsed, speak
from tests.rehearsal.test_interpreter import situations


def ways(rules: Rules, mode: Mode | None = None) -> Ways:
    """All ways of a call to the main number."""
    return explore(rules, Call(id="1", rules=rules.version), NOW, {rules.main_number: NOTHING}, mode)


def test_every_node_can_be_come_by_and_is_told_once() -> None:
    """Numbers are given without gaps, each is told in full at exactly one place."""
    found = ways(company())
    told = [b.to for node in found.nodes.values() for b in node.branches if b.first and b.to]
    told += [b.to for b in found.roots if b.first]
    assert sorted(n for n in told if n) == sorted(found.nodes) == list(range(1, len(found.nodes) + 1))
    assert found.complete


def test_every_phone_and_mailbox_of_the_company_is_among_the_ways() -> None:
    """Departments, queue, executives: whom they ring and where messages go."""
    actions = [node.moment.action for node in ways(company()).nodes.values()]
    rung = {n for a in actions if isinstance(a, Dial | Screen) for n in a.phones}
    assert {"8101", "8102", "8890", "8801"} <= rung
    assert {"8100", "8600", "8899", "8801"} <= {a.mailbox for a in actions if isinstance(a, TakeMessage)}


def test_nothing_is_unreachable_in_a_sound_company() -> None:
    """Nothing is marked that callers do come to."""
    assert ways(company()).unreachable == ()


def test_an_extension_behind_a_key_is_unreachable() -> None:
    """7 complains at once, so nobody can dial a one-digit extension 7; its key is reachable."""
    hidden = Person("7", Name("门卫", "Gate"), line=77)
    rules = replace(company(), extensions={**company().extensions, "7": hidden})
    assert [(p.path, p.line) for p in ways(rules).unreachable] == [("extensions.7", 77)]


def test_wordings_that_are_never_said_are_unreachable() -> None:
    """Without a complaint key nobody ever hears the words of complaints."""
    keys = tuple(k for k in KEYS if k.action is not KeyAction.COMPLAINT)
    rules = company(
        greeting=Greeting(announced=("8100",), keys=keys),
        texts={"complaint-transfer": Name("抱歉", "Sorry"), "hold-on": Name("稍候", "Wait")},
    )
    assert [p.path for p in ways(rules).unreachable] == ["texts.complaint-transfer"]


def test_one_mode_limits_the_ways() -> None:
    """Automatic mode rings no operator."""
    rules = replace(company(), desk=replace(company().desk, operators=("8102",)))
    asked = [str(b.label) for b in ways(rules, Mode.AUTOMATIC).nodes[1].branches]
    assert asked == ["automatic mode"]
    assert len(ways(rules).nodes[1].branches) >= 3


def test_a_large_company_is_told_by_kinds() -> None:
    """10,000 equal people are one way; numbers of each are still known to be reachable."""
    many = {str(n): Person(str(n), Name("王", "Wang")) for n in range(20000, 30000)}
    found = ways(replace(company(), extensions={**company().extensions, **many}))
    assert len(found.nodes) < MOST_NODES / 4
    assert found.unreachable == ()


ODD = company(
    greeting=Greeting(announced=("8100",), keys=(*KEYS, MenuKey("3", KeyAction.EXTENSION, "8201"))),
    texts={"hold-on": Name("稍候", "Wait"), "trouble": Name("忙", "Busy")},
)
LOST = {part.path for part in ways(ODD).unreachable}


@given(situations)
@settings(max_examples=100, deadline=None)
def test_no_rehearsal_touches_what_is_called_unreachable(situation: object) -> None:
    """A key that leads nowhere new is no proof; a call that gets there would be."""
    assert not LOST & touched(rehearse(ODD, situation).moments)  # type: ignore[arg-type]


def test_pictures_hold_every_step_and_nothing_of_them_is_markup() -> None:
    """SVG is well-formed XML; a name with marks stays a text in both."""
    odd = Person("8201", Name('<b>"张伟"', 'Zhang & "Wei" <script>'))
    marked = replace(company(), extensions={**company().extensions, "8201": odd})
    drawn = list(rows(ways(marked), marked, speak))
    root = ElementTree.fromstring(svg(drawn, 'a "title" <&>'))
    texts = ["".join(t.itertext()) for t in root.iter("{http://www.w3.org/2000/svg}text")]
    assert len(texts) == len(drawn) + 1
    chart = mermaid(drawn)
    assert chart.startswith("flowchart TD\n")
    assert "<script>" not in chart
    assert len(re.findall(r'^  s\d+\["', chart, re.M)) == sum(1 for row in drawn if row.n)


def test_one_call_is_a_chain() -> None:
    """A picture of one call has its steps one after another, and its end."""
    rehearsal = rehearsed("8202", "1", phones={"8202": Answer.BUSY})
    drawn = list(rows(one_way(rehearsal, company()), company(), speak))
    assert {row.depth for row in drawn} == {0}
    assert drawn[-1].ends == "a message for 8202 赵雯 Zhao Wen (busy)"
    assert mermaid(drawn).count("-->") == len(drawn) - 1
