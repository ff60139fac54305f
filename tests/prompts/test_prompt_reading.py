"""How texts are read aloud: Chinese by pinyin, names by surname, other scripts by another voice."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.domain import prompt_keys
from switchboard.domain.company import LANGUAGES
from switchboard.domain.pinyin import SURNAMES, SYLLABLE, pinyin_of, toned
from switchboard.errors import PromptError
from switchboard.prompts import reading, texts
from switchboard.prompts.asterisk_vocabulary import VOCABULARY
from switchboard.prompts.speech import Espeak
from switchboard.settings import SOURCE
from tests.company import company

SHIPPED = SOURCE / "prompts"
LEXICON = reading.read_lexicon(SOURCE / "prompts" / "pronunciation.yaml")


def said(text: str, language: str = "zh") -> str:
    """The pinyin of a text, without word breaks."""
    return " ".join(p.pinyin for p in reading.pieces(text, language, LEXICON))


@pytest.mark.parametrize(
    ("name", "syllables"),
    [
        ("曾伟", "zeng1 wei3"),
        ("单丽", "shan4 li4"),
        ("仇磊", "qiu2 lei3"),
        ("区志远", "ou1 zhi4 yuan3"),
        ("朴英", "piao2 ying1"),
        ("查慧", "zha1 hui4"),
        ("翟峰", "zhai2 feng1"),
        ("解晓东", "xie4 xiao3 dong1"),
        ("任静", "ren2 jing4"),
        ("盖伟", "ge3 wei3"),
        ("尉迟明", "yu4 chi2 ming2"),
        ("欧阳明", "ou1 yang2 ming2"),
        ("长孙平", "zhang3 sun1 ping2"),
        ("吕芳", "lv3 fang1"),
        ("缪强", "miao4 qiang2"),
        ("华敏", "hua4 min3"),
        ("乐云", "yue4 yun2"),
        ("单", "shan4"),
    ],
)
def test_surnames_are_read_as_surnames(name: str, syllables: str) -> None:
    """What pypinyin alone gets wrong."""
    assert " ".join(toned(name)) == syllables
    assert pinyin_of(name) == [s[:-1] for s in syllables.split()]


def test_a_surname_is_one_only_at_the_beginning() -> None:
    """查 in the middle of a name is chá."""
    assert toned("李查") == ["li3", "cha2"]


def test_names_with_latin_letters_keep_them() -> None:
    """A letter or a foreign name is a unit of its own; signs are dropped."""
    assert pinyin_of("阿Q") == ["a", "q"]
    assert pinyin_of("大卫·Jones") == ["da", "wei", "jones"]
    assert pinyin_of("😀‮ ") == []


def test_every_surname_reading_can_be_spoken() -> None:
    """The table holds syllables only, one per character."""
    for surname, syllables in SURNAMES.items():
        assert len(surname) == len(syllables), surname
        assert all(SYLLABLE.fullmatch(s) for s in syllables), surname


@given(st.text(max_size=60))
def test_any_name_has_syllables_of_letters_and_digits_only(name: str) -> None:
    """Whatever is in a name, nothing but plain units comes out."""
    assert all(re.fullmatch(r"[0-9a-z]+", s) for s in pinyin_of(name))


@pytest.mark.parametrize(
    ("text", "pinyin"),
    [
        ("电话占线", "dian4 hua4 zhan4xian4"),
        ("查号请拨零", "cha2hao4 qing3 bo1 ling2"),
        ("为您转接", "wei4 nin2 zhuan3jie1"),
        ("请重新拨", "qing3 chong2xin1 bo1"),
        ("提示音", "ti2 shi4 yin1"),
        ("来自分机", "lai2 zi4 fen1ji1"),
        ("总经理", "zong3 jing1 li3"),
        ("董事长", "dong3shi4zhang3"),
        ("行政部", "xing2zheng4 bu4"),
        ("银行", "yin2hang2"),
        ("管理部负责人", "guan3 li3 bu4 fu4 ze2 ren2"),
        ("密码不正确", "mi4 ma3 bu2 zheng4 que4"),
        ("暂时不在", "zan4 shi2 bu2zai4"),
        ("一月", "yi1yue4"),
        ("请拨打8110", "qing3 bo1da3 ba1 yao1 yao1 ling2"),
        ("请按1", "qing3 an4 yi1"),
        ("按*键或#键", "an4 xing1 hao4 jian4 huo4 jing3 hao4 jian4"),
    ],
)
def test_words_with_several_readings_are_read_right(text: str, pinyin: str) -> None:
    """Of our prompts and of departments' names."""
    assert said(text).replace("  ", " ") == pinyin


def test_each_script_has_its_own_voice() -> None:
    """English in Chinese and Chinese in English."""
    got = reading.pieces("您好，这里是ABC集团。", "zh", LEXICON)
    assert [(p.language, p.text) for p in got] == [
        ("zh", "您好,这里是"),
        ("en", "ABC"),
        ("zh", "集团。"),
    ]
    got = reading.pieces("Hello, this is 华辰 Group.", "en", LEXICON)
    assert [p.language for p in got] == ["en", "zh", "en"]


@pytest.mark.parametrize(
    ("english", "chinese", "spoken"),
    [
        ("Zeng Wei", "曾伟", "zeng1wei3"),
        ("Wei Zeng", "曾伟", "wei3zeng1"),
        ("Zeng Guoqiang", "曾国强", "zeng1guo2qiang2"),
        ("Guo-Qiang Zeng", "曾国强", "guo2qiang2zeng1"),
        ("OUYANG Ming", "欧阳明", "ou1yang2ming2"),
        ("Lyu Fang", "吕芳", "lv3fang1"),
    ],
)
def test_a_romanised_name_is_spoken_as_chinese(english: str, chinese: str, spoken: str) -> None:
    """ "Zeng Wei" by an English voice is nobody's name."""
    (piece,) = reading.name_pieces(english, chinese, "en", LEXICON)
    assert (piece.language, piece.pinyin) == ("zh", spoken)


@pytest.mark.parametrize(
    ("english", "chinese"), [("David Jones", "大卫·琼斯"), ("Vivian Zeng", "曾伟"), ("Reception", "前台")]
)
def test_an_english_name_is_spoken_as_english(english: str, chinese: str) -> None:
    """Not every English name is the pinyin of the Chinese one."""
    pieces = reading.name_pieces(english, chinese, "en", LEXICON)
    assert [p.language for p in pieces] == ["en"]


@given(st.text(max_size=80), st.sampled_from(LANGUAGES))
def test_what_the_voice_gets_is_plain(text: str, language: str) -> None:
    """Pinyin holds letters, tones and punctuation; nothing that espeak takes for markup."""
    for piece in (
        *reading.pieces(text, language, LEXICON),
        *reading.name_pieces(text, text, language, LEXICON),
    ):
        assert re.fullmatch(r"[a-z1-5,.? ]*", piece.pinyin)
        if piece.language == "en":
            assert re.fullmatch(r"[0-9A-Za-z' ,.?]*", piece.text)


def _phonemes(espeak: Sequence[str], lines: list[str]) -> list[str]:
    """What espeak-ng makes of each line of pinyin, in its own phonemes; "(en)" marks English."""
    done = subprocess.run(
        [*espeak, "-v", Espeak.VOICES["zh"], "-q", "-x", "--stdin"],
        input="\n".join(f"{line}." for line in lines).encode(),
        capture_output=True,
        check=True,
        timeout=60,
    )
    return [line for line in done.stdout.decode().splitlines() if line.strip()]


def test_espeak_reads_our_chinese_as_chinese(espeak: Sequence[str]) -> None:
    """No prompt of ours is spelt in English letters: each piece, asked of espeak-ng itself."""
    written = texts.read(SOURCE / "prompts")
    wrong = []
    for key in (*prompt_keys.ALL, *VOCABULARY):
        for language in LANGUAGES:
            for piece in reading.pieces(written.of(key, language, company()), language, LEXICON):
                if piece.language == "zh":
                    wrong.append(piece.pinyin)
    said = _phonemes(espeak, [re.sub(r"[,.?]", " ", w) for w in wrong])
    assert not [s for s in said if "(en)" in s]


def test_espeak_can_say_every_syllable_there_is(espeak: Sequence[str]) -> None:
    """All of pypinyin's syllables, respelt where espeak-ng lacks a rule (jiong, qiong, xiong)."""
    from pypinyin.contrib.tone_convert import to_tone3
    from pypinyin.pinyin_dict import pinyin_dict

    from switchboard.prompts.speech import for_espeak

    syllables = {
        to_tone3(reading, neutral_tone_with_five=True)
        for readings in pinyin_dict.values()
        for reading in readings.split(",")
    }
    known = sorted(s for s in syllables if SYLLABLE.fullmatch(s) and s != "wong4")
    assert len(known) > 1400
    said = _phonemes(espeak, [for_espeak(s) for s in known])
    assert len(said) == len(known)
    assert not [(k, s) for k, s in zip(known, said, strict=True) if "(en)" in s or not re.search(r"\d", s)]


def test_a_wrong_pronunciation_is_told(tmp_path: Path) -> None:
    """One syllable with a tone for each character."""
    path = tmp_path / "pronunciation.yaml"
    path.write_text("重新: chong xin1\n银行: yin2\nabc: a1\n", encoding="utf-8")
    with pytest.raises(PromptError) as caught:
        reading.read_lexicon(path)
    assert str(caught.value).count("expected one syllable") == 3


def test_ones_own_readings_come_on_top_of_those_shipped(tmp_path: Path) -> None:
    """A folder of one's own adds words, and changes some; without the file all are as shipped."""
    assert reading.lexicon_of(tmp_path) == LEXICON == reading.lexicon_of(SHIPPED)
    known = next(iter(LEXICON))
    other = " ".join(["a1"] * len(known))
    (tmp_path / "pronunciation.yaml").write_text(f"朝阳: zhao1 yang2\n{known}: {other}\n", "utf-8")
    assert reading.lexicon_of(tmp_path) == {**LEXICON, "朝阳": "zhao1 yang2", known: other}
