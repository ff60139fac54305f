"""How Chinese names are read: for search by letters on the keypad, and for speaking them.

Many characters are read otherwise as a surname (曾 zēng, not céng; 单 shàn, not dān). pypinyin has no
surname mode, so the table stands here. Sources: 《现代汉语词典》 and 《百家姓》 readings; where a surname
has several, the most frequent one.
"""

from __future__ import annotations

import re
from functools import cache

SURNAMES: dict[str, tuple[str, ...]] = {
    surname: tuple(reading.split())
    for surname, reading in (
        # two characters: matched first
        ("尉迟", "yu4 chi2"), ("万俟", "mo4 qi2"), ("澹台", "tan2 tai2"), ("单于", "chan2 yu2"),
        ("长孙", "zhang3 sun1"), ("令狐", "ling2 hu2"), ("皇甫", "huang2 fu3"), ("夏侯", "xia4 hou2"),
        ("乐正", "yue4 zheng4"), ("亓官", "qi2 guan1"), ("鲜于", "xian1 yu2"), ("呼延", "hu1 yan2"),
        ("濮阳", "pu2 yang2"), ("赫连", "he4 lian2"), ("拓跋", "tuo4 ba2"), ("宰父", "zai3 fu3"),
        ("谷梁", "gu3 liang2"), ("拓拔", "tuo4 ba2"), ("公冶", "gong1 ye3"), ("钟离", "zhong1 li2"),
        ("欧阳", "ou1 yang2"), ("司马", "si1 ma3"), ("上官", "shang4 guan1"), ("诸葛", "zhu1 ge3"),
        ("东方", "dong1 fang1"), ("慕容", "mu4 rong2"), ("司徒", "si1 tu2"), ("司空", "si1 kong1"),
        ("宇文", "yu3 wen2"), ("轩辕", "xuan1 yuan2"), ("端木", "duan1 mu4"), ("南宫", "nan2 gong1"),
        ("独孤", "du2 gu1"), ("申屠", "shen1 tu2"), ("公孙", "gong1 sun1"), ("闻人", "wen2 ren2"),
        ("太史", "tai4 shi3"), ("淳于", "chun2 yu2"), ("闾丘", "lv2 qiu1"), ("纳兰", "na4 lan2"),
        # one character
        ("曾", "zeng1"), ("单", "shan4"), ("仇", "qiu2"), ("区", "ou1"), ("朴", "piao2"), ("查", "zha1"),
        ("翟", "zhai2"), ("解", "xie4"), ("任", "ren2"), ("盖", "ge3"), ("冼", "xian3"), ("洗", "xian3"),
        ("召", "shao4"), ("乐", "yue4"), ("华", "hua4"), ("燕", "yan1"), ("员", "yun4"), ("贠", "yun4"),
        ("缪", "miao4"), ("祭", "zhai4"), ("隗", "wei3"), ("逄", "pang2"), ("覃", "qin2"), ("佴", "nai4"),
        ("乜", "nie4"), ("谌", "chen2"), ("晁", "chao2"), ("过", "guo1"), ("哈", "ha3"), ("郇", "xun2"),
        ("瞿", "qu2"), ("佘", "she2"), ("那", "na1"), ("种", "chong2"), ("秘", "bi4"), ("黑", "he4"),
        ("撒", "sa3"), ("卜", "bu3"), ("柏", "bai3"), ("薄", "bo2"), ("车", "che1"), ("盛", "sheng4"),
        ("折", "she2"), ("繁", "po2"), ("都", "du1"), ("句", "gou1"), ("勾", "gou1"), ("阚", "kan4"),
        ("郗", "xi1"), ("訾", "zi1"), ("牟", "mou2"), ("莘", "shen1"), ("纪", "ji3"), ("应", "ying1"),
        ("於", "yu1"), ("臧", "zang1"), ("强", "qiang2"), ("曲", "qu1"), ("相", "xiang4"), ("尉", "wei4"),
        ("占", "zhan1"), ("干", "gan1"), ("重", "chong2"), ("少", "shao4"), ("宿", "su4"), ("粘", "nian2"),
        ("郄", "qie4"), ("郤", "xi4"), ("呙", "guo1"), ("么", "yao1"), ("肖", "xiao1"), ("沈", "shen3"),
        ("笪", "da2"), ("炅", "gui4"), ("迮", "ze2"), ("厍", "she4"), ("费", "fei4"), ("宓", "mi4"),
        ("蒙", "meng2"), ("葛", "ge3"), ("角", "jue2"), ("昝", "zan3"), ("殷", "yin1"), ("颉", "xie2"),
        ("仝", "tong2"), ("逯", "lu4"), ("禤", "xuan1"), ("贲", "ben1"), ("隽", "juan4"), ("卞", "bian4"),
        ("朝", "chao2"), ("奇", "qi2"), ("藏", "zang1"), ("兴", "xing1"), ("行", "xing2"), ("宁", "ning2"),
        ("尧", "yao2"), ("吕", "lv3"), ("闾", "lv2"), ("褚", "chu3"), ("石", "shi2"),
        ("万", "wan4"), ("叶", "ye4"), ("冯", "feng2"), ("俞", "yu2"), ("能", "nai4"), ("适", "kuo4"),
        ("陆", "lu4"), ("塔", "ta3"), ("谷", "gu3"), ("贾", "jia3"), ("降", "jiang4"), ("阿", "a1"),
    )
}  # fmt: skip

HAN = re.compile(r"[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
_UNITS = re.compile(rf"({HAN.pattern}+)|([0-9A-Za-z]+)")


def toned(name: str) -> list[str]:
    """The syllables of a person's name with tone numbers: 曾伟 → ["zeng1", "wei3"]; ü is written v.

    A surname is looked for at the beginning only. Words in Latin letters stay whole, in lower case;
    everything else (dots, spaces, signs) is dropped. Never raises.
    """
    result: list[str] = []
    for i, unit in enumerate(_UNITS.finditer(name)):
        if unit[2]:
            result.append(unit[2].lower())
            continue
        run = unit[1]
        if i == 0 and not name[: unit.start()].strip():
            surname = run[:2] if run[:2] in SURNAMES and len(run) > 2 else run[:1]
            if surname in SURNAMES:
                result += SURNAMES[surname]
                run = run[len(surname) :]
        result += read_han(run)
    return result


def pinyin_of(name: str) -> list[str]:
    """The syllables of a person's name without tones: 单丽 → ["shan", "li"]; ü is written v."""
    return [s[:-1] if SYLLABLE.fullmatch(s) else s for s in toned(name)]


def read_han(text: str) -> list[str]:
    """Syllables with tone numbers (5 = neutral) of a run of Chinese characters; unknown ones left out."""
    if not text:
        return []
    pypinyin = _pypinyin()
    syllables = pypinyin.lazy_pinyin(
        text,
        style=pypinyin.Style.TONE3,
        neutral_tone_with_five=True,
        errors="ignore",
    )
    return [s for s in syllables if SYLLABLE.fullmatch(s)]


SYLLABLE = re.compile(r"[a-z]{0,3}[aeiouv][a-z]{0,3}[1-5]")
"""What a syllable looks like; interjections without a vowel (呣 "m2") and ê are dropped."""


@cache
def _pypinyin():
    """pypinyin, loaded when first needed: its dictionary takes a quarter of a second."""
    import pypinyin

    return pypinyin
