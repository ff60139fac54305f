"""How a text is read aloud: split by script, numbers as words, Chinese as pinyin with tones.

espeak-ng's Mandarin reads many hanzi as English names of their pinyin ("nin two hao three"), and guesses
polyphonic characters; from pinyin it is right. So we read hanzi ourselves: words of
`prompts/pronunciation.yaml` first, then pypinyin. Latin letters inside Chinese, and hanzi inside
English, are pieces of their own, spoken by the voice of that language.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from switchboard.domain.pinyin import HAN, SYLLABLE, read_han, toned
from switchboard.errors import PromptError
from switchboard.shipped import shipped

PRONUNCIATION = "pronunciation.yaml"

Lexicon = Mapping[str, str]
"""Word in hanzi → its pinyin with tone numbers, syllables joined by spaces."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text in one language.

    `text` is as written (a neural voice reads it); `pinyin` is what a rule-based voice reads, for
    Chinese: words of syllables with tone numbers and punctuation, ASCII only. `pause` is the
    silence after it, in seconds.
    """

    language: str
    text: str
    pinyin: str = ""
    pause: float = 0.06


_DIGIT_WORDS = dict(zip("0123456789*#", "零一二三四五六七八九星井", strict=True))
_SIGNS = {"*": "星号", "#": "井号"}
_PUNCTUATION = {
    "，": ",", "、": ",", "；": ",", "：": ",", "。": ".", "！": ".", "？": "?", ",": ",", ".": ".",
    ";": ",", ":": ",", "!": ".", "?": "?", "…": ",", "—": ",", "（": ",", "）": ",",
}  # fmt: skip
_PAUSES = {",": 0.22, ".": 0.4, "?": 0.4}
_RUNS = re.compile(
    rf"(?P<han>{HAN.pattern}+)|(?P<digits>[0-9*#]+)|(?P<latin>[A-Za-zÀ-ɏ]+(?:['&-][A-Za-zÀ-ɏ]+)*)"
    r"|(?P<mark>[，、；：。！？,.;:!?…—（）]+)"
)
LONGEST_WORD = 5
"""Syllables of a name read as one word; what is longer is a phrase ("保安值班室" is a person's entry too)."""
LONGEST_NUMBER_AS_NAME = 2
"""Digits in a row that are read as a plain number word; longer ones are telephone numbers (1 = 幺)."""


def pieces(text: str, language: str, lexicon: Lexicon) -> list[Piece]:
    """Split `text` into pieces to be spoken one after another; [] when nothing in it can be spoken."""
    runs: list[tuple[str, list[tuple[str, str]]]] = []
    for match in _RUNS.finditer(clean(text)):
        kind, run = str(match.lastgroup), match[0]
        if kind == "han":
            speaker = "zh"
        elif kind == "latin":
            speaker = "en"
        else:
            speaker = runs[-1][0] if runs else language
        if not runs or runs[-1][0] != speaker:
            runs.append((speaker, []))
        runs[-1][1].append((kind, run))
    result = []
    for speaker, parts in runs:
        if all(kind == "mark" for kind, _ in parts):
            continue
        ending = _PUNCTUATION.get(parts[-1][1][-1], "") if parts[-1][0] == "mark" else ""
        pause = _PAUSES.get(ending, 0.06)
        if speaker == "zh":
            hanzi = "".join(_hanzi(kind, run) for kind, run in parts)
            result.append(Piece("zh", hanzi, _pinyin(hanzi, lexicon), pause))
        else:
            result.append(Piece("en", " ".join(_english(kind, run) for kind, run in parts), "", pause))
    return result


def name_pieces(name: str, spelt_in_chinese: str, language: str, lexicon: Lexicon) -> list[Piece]:
    """A person's name. In English, a name that is the pinyin of the Chinese one is read as Chinese is.

    "Zeng Wei" or "Wei Zeng" beside 曾伟 → zeng1 wei3 or wei3 zeng1; any other name as text.
    """
    name = clean(name)
    if language == "zh" and HAN.match(name):
        syllables = toned(name)
        if 0 < len(syllables) <= LONGEST_WORD and all(SYLLABLE.fullmatch(s) for s in syllables):
            return [Piece("zh", respell_surname(name), "".join(syllables))]
    if language == "en":
        chinese = clean(spelt_in_chinese)
        if ordered := _in_order_of(name, toned(chinese)):
            return [Piece("zh", respell_surname(chinese), ordered)]
    return pieces(name, language, lexicon)


def clean(text: str) -> str:
    """`text` in composed form, without control characters, right-to-left marks, emoji and other signs."""
    normal = unicodedata.normalize("NFKC", text).replace("\u3000", " ")
    return "".join(c if unicodedata.category(c)[0] in "LNPZ" or c in "&+" else " " for c in normal)


def lexicon_of(prompts: Path) -> Lexicon:
    """How words are read by the folder `prompts`, and by what this version came with. Raises PromptError."""
    own, came = prompts / PRONUNCIATION, shipped("prompts") / PRONUNCIATION
    return {**read_lexicon(came), **(read_lexicon(own) if own != came else {})}


def read_lexicon(path: Path) -> Lexicon:
    """Read the pronunciation file; missing = empty. Raises PromptError naming each wrong entry."""
    if not path.exists():
        return {}
    try:
        content = YAML(typ="safe").load(path.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise PromptError(f"{path}: can't be read: {error}") from error
    if not isinstance(content, dict):
        raise PromptError(f"{path}: expected lines of the form `word: pin1 yin1`")
    faults = []
    for word, reading in content.items():
        syllables = str(reading).split()
        good = isinstance(word, str) and len(word) == len(HAN.findall(word)) == len(syllables)
        if not good or not all(SYLLABLE.fullmatch(s) for s in syllables):
            faults.append(f"{path}: {word!r}: expected one syllable with tone number per character")
    if faults:
        raise PromptError("\n".join(faults))
    return dict(content)


SOUNDS_LIKE = {
    "曾": "增", "单": "善", "仇": "球", "区": "欧", "朴": "瓢", "查": "渣", "翟": "宅", "解": "谢",
    "任": "人", "盖": "葛", "召": "绍", "乐": "月", "华": "话", "燕": "烟", "员": "运", "缪": "妙",
    "覃": "秦", "种": "虫", "秘": "闭", "黑": "贺", "繁": "婆", "都": "督", "句": "勾", "洗": "险",
}  # fmt: skip
"""Surname → a character of the same sound that has no other reading, for voices that read hanzi."""


def respell_surname(name: str) -> str:
    """`name` with a surname of special reading replaced by a character that sounds like it."""
    return SOUNDS_LIKE.get(name[:1], name[:1]) + name[1:]


def _hanzi(kind: str, run: str) -> str:
    if kind == "mark":
        return run[-1]
    if kind == "digits":
        words = "".join(_SIGNS.get(c) or _DIGIT_WORDS[c] for c in run)
        return words.replace("一", "幺") if len(run) > LONGEST_NUMBER_AS_NAME else words
    return run


def _english(kind: str, run: str) -> str:
    if kind == "mark":
        return _PUNCTUATION.get(run[-1], ",")
    if kind == "digits":
        return " ".join({"*": "star", "#": "pound"}.get(c, c) for c in run)
    ascii_run = unicodedata.normalize("NFKD", run).encode("ascii", "ignore").decode("ascii")
    return ascii_run.replace("&", " and ").replace("-", " ")


def _pinyin(hanzi: str, lexicon: Lexicon) -> str:
    """Words of pinyin, punctuation in ASCII; nothing but [a-z1-5,.? ] ever comes out."""
    result: list[str] = []
    position = 0
    while position < len(hanzi):
        word = _lexicon_word(hanzi, position, lexicon)
        if word:
            result.append(" " + lexicon[word].replace(" ", "") + " ")
            position += len(word)
        elif hanzi[position] in _PUNCTUATION:
            result.append(_PUNCTUATION[hanzi[position]] + " ")
            position += 1
        else:
            end = position + 1
            while (
                end < len(hanzi) and hanzi[end] not in _PUNCTUATION and not _lexicon_word(hanzi, end, lexicon)
            ):
                end += 1
            result.append(" ".join(_sandhi(hanzi[position:end])) + " ")
            position = end
    return re.sub(r" +([,.?])", r"\1", re.sub(r"\s+", " ", "".join(result))).strip()


def _lexicon_word(hanzi: str, position: int, lexicon: Lexicon) -> str:
    longest = max(map(len, lexicon), default=0)
    for length in range(min(longest, len(hanzi) - position), 0, -1):
        if hanzi[position : position + length] in lexicon:
            return hanzi[position : position + length]
    return ""


def _sandhi(hanzi: str) -> list[str]:
    """Syllables of `hanzi`, 不 before a fourth tone as bú. (espeak itself changes third tones in a row.)"""
    syllables = read_han(hanzi)
    if len(syllables) != len(hanzi):
        return syllables
    return [
        "bu2" if character == "不" and following.endswith("4") else syllable
        for character, syllable, following in zip(hanzi, syllables, [*syllables[1:], ""], strict=True)
    ]


def _in_order_of(name: str, syllables: list[str]) -> str:
    """The toned syllables in the order in which romanised `name` has them; "" if it is another name."""
    if not all(SYLLABLE.fullmatch(s) for s in syllables) or len(syllables) < 2:
        return ""
    words = [w for w in re.split(r"[^a-z]+", name.lower().replace("ü", "v").replace("'", "")) if w]
    plain = [s[:-1] for s in syllables]
    spellings = {"lyu": "lv", "nyu": "nv", "lu": "lv"}
    for split in (1, 2):
        surname, given = plain[:split], plain[split:]
        for first, second, order in (
            (surname, given, syllables),
            (given, surname, syllables[split:] + syllables[:split]),
        ):
            wanted = ["".join(first), "".join(second)]
            joined = "".join(words)
            if joined == "".join(wanted) and words[0] in ("".join(first), first[0] if first else "", joined):
                return "".join(order)
            if [spellings.get(w, w) for w in words] == wanted:
                return "".join(order)
    return ""
