"""A made-up company of any size, as text of a rules file."""

from __future__ import annotations

from switchboard.settings import SOURCE

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"
SPELLED = (
    "Wang Li Zhang Liu Chen Yang Huang Zhao Wu Zhou Xu Sun Ma Zhu Hu Guo He Gao Lin Luo "
    "Wei Fang Na Min Jing Li Qiang Lei Jun Yang Yong Yan Jie Juan Tao Ming Chao Xiu Xia Ping"
)
PINYIN = dict(zip(SURNAMES + GIVEN, SPELLED.split(), strict=True))


def text(people: int) -> str:
    """The sample company with `people` more employees, numbers 200000 onward, all in sales."""
    sample = (SOURCE / "routing_rules.yaml").read_text("utf-8")
    head, people_key, rest = sample.partition("\npeople:\n")
    return head + people_key + "".join(map(_person, range(people))) + rest


def _person(i: int) -> str:
    surname = SURNAMES[i % len(SURNAMES)]
    first = GIVEN[i // 20 % len(GIVEN)]
    second = GIVEN[i // 400 % len(GIVEN)]
    name = f"{surname}{first}{second}"
    english = f"{PINYIN[surname]} {PINYIN[first]}{PINYIN[second].lower()}"
    return f'  "{200000 + i}": {{name: {{zh: {name}, en: {english}}}, department: "8200"}}\n'
