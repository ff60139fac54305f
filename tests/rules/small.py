"""A small, faultless company that tests change one thing of."""

from __future__ import annotations

from switchboard.rules import Loaded, Problem, load_text

SMALL = """\
company: {zh: 小公司, en: Small Company}
main_number: "8000"
greeting:
  announce: ["8100", "8600"]
  keys: {"9": language, "7": complaint, "0": enquiry}
unclear: "8100"
general_head: "8101"
complaints: "8600"
operators: {people: ["8011"]}
hours:
  weekly:
    - {days: mon-fri, from: "09:00", to: "12:00"}
    - {days: mon-fri, from: "13:00", to: "18:00"}
departments:
  "8100":
    name: {zh: 综合管理部, en: General Administration}
    mailbox_openers: ["8101"]
queues:
  "8600":
    name: {zh: 客服, en: Customer Service}
    longest_wait: 60
executives:
  "8801":
    name: {zh: 方正华, en: Fang Zhenghua}
    screening: {deputy: "8101"}
  "8899":
    name: {zh: 陆承志, en: Lu Chengzhi}
    secretary: "8890"
people:
  "8011": {name: {zh: 何静, en: He Jing}}
  "8101": {name: {zh: 周文, en: Zhou Wen}, department: "8100", outside: local}
  "8102": {name: {zh: 单丽, en: Shan Li}, department: "8100", listing: unlisted}
  "8601": {name: {zh: 林娜, en: Lin Na}, department: "8600"}
  "8890": {name: {zh: 沈洁, en: Shen Jie}}
outside:
  prefix: "9"
  classes:
    local: ["NXXXXXXX"]
  wider: ["8101"]
trunks:
  test-caller:
    username: test-caller
    numbers: {"8000": "8000"}
codes:
  voicemail: "*97"
texts:
  goodbye: {zh: 再见。, en: Goodbye.}
"""


def changed(old: str, new: str) -> Loaded:
    """The small company with `old` replaced by `new`, loaded."""
    assert old in SMALL, f"{old!r} is not in the small company"
    return load_text(SMALL.replace(old, new, 1), "small.yaml")


def added(text: str, below: str) -> Loaded:
    """The small company with `text` put in after the line `below`."""
    return changed(f"{below}\n", f"{below}\n{text}\n")


def line_of(text: str, loaded: Loaded) -> int:
    """The line of the first occurrence of `text`."""
    return loaded.content.decode().partition(text)[0].count("\n") + 1


def only(loaded: Loaded) -> Problem:
    """The one problem there is."""
    assert len(loaded.problems) == 1, loaded.problems
    return loaded.problems[0]
