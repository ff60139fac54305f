"""What is said: the text of every prompt, from `prompts/<language>.yaml` and the rules' own wording.

A text file is one flat mapping of key to sentence. Keys with a name of Asterisk's own ("vm-intro",
"digits/5") are what the PBX asks for by itself. `{company}` and the like are filled from the rules.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from switchboard.domain import prompt_keys
from switchboard.domain.company import LANGUAGES, KeyAction, Rules
from switchboard.domain.pinyin import HAN
from switchboard.errors import PromptError
from switchboard.prompts.asterisk_vocabulary import VOCABULARY

LONGEST_TEXT = 600
"""Characters spoken of one prompt, after filling in names: more than a caller listens to."""

KEY_OF_PROMPT = {
    prompt_keys.OTHER_LANGUAGE: (KeyAction.LANGUAGE, "9"),
    prompt_keys.DIAL_EXTENSION: (KeyAction.ENQUIRY, "0"),
    prompt_keys.COMPLAINT_KEY: (KeyAction.COMPLAINT, "7"),
}
"""Which key of the greeting `{key}` stands for, and what is said while the rules give none (the engine
leaves the prompt out then; the sound exists all the same)."""

_IN_CHINESE = str.maketrans("0123456789", "零一二三四五六七八九")

_PLACEHOLDER = re.compile(r"\{(\w*)\}")


@dataclass(frozen=True)
class Texts:
    """The prompts of every language, as written: language → key → text."""

    written: Mapping[str, Mapping[str, str]]
    warnings: list[str] = field(default_factory=list)  # about wordings of the rules that can't be used

    def of(self, key: str, language: str, rules: Rules) -> str:
        """The text of a prompt with its placeholders filled.

        The rules' own wording goes before the file's, unless it holds a placeholder that is none: then
        the file's is used and `warnings` says so. Raises PromptError for an unknown key.
        """
        written = self.written[language].get(key, "")
        if not written:
            raise PromptError(f"prompt {key!r} has no text in {language}: see prompts/{language}.yaml")
        reworded = rules.texts.get(key)
        if reworded and reworded[language].strip():
            try:
                return fill(reworded[language], key, language, rules)[:LONGEST_TEXT]
            except PromptError as error:
                if str(error) not in self.warnings:
                    self.warnings.append(str(error))
        return fill(written, key, language, rules)[:LONGEST_TEXT]


def placeholders(key: str) -> tuple[str, ...]:
    """What may stand in braces in the text of `key`."""
    return ("company", "unclear", *(["key"] if key in KEY_OF_PROMPT else []))


def fill(text: str, key: str, language: str, rules: Rules) -> str:
    """`text` with its placeholders replaced once, so that a name holding braces stays as it is.

    Raises PromptError naming the placeholder that doesn't exist and those that do.
    """
    unclear = rules.extensions.get(rules.unclear)
    values = {
        "company": rules.company[language],
        "unclear": unclear.name[language] if unclear else rules.main_number,
    }
    if key in KEY_OF_PROMPT:
        action, otherwise = KEY_OF_PROMPT[key]
        pressed = next((k.key for k in rules.greeting.keys if k.action == action), otherwise)
        values["key"] = pressed.translate(_IN_CHINESE) if HAN.search(text) else pressed

    def value(match: re.Match[str]) -> str:
        if match[1] not in values:
            known = ", ".join(f"{{{name}}}" for name in values)
            raise PromptError(
                f"prompt {key!r} ({language}): {match[0]} can't be filled in; there are {known}"
            )
        return values[match[1]]

    return _PLACEHOLDER.sub(value, text)


def read(folder: Path, shipped: Path | None = None) -> Texts:
    """Read `<language>.yaml` of every language in `folder`.

    A key missing there is taken from `shipped`, the folder this version came with, and told in `warnings`:
    a company's own texts outlive an upgrade that says more. A folder without the file, which holds only
    recordings, takes all of it from there. Raises PromptError telling everything else
    that is wrong at once: unreadable files, values that are no text, unknown placeholders, keys that
    are missing everywhere.
    """
    faults: list[str] = []
    warnings: list[str] = []
    written: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        path = folder / f"{language}.yaml"
        if shipped and not path.exists():
            path = shipped / path.name
        texts = _read_file(path, faults)
        missing = [k for k in (*prompt_keys.ALL, *VOCABULARY) if k not in texts]
        if missing and shipped and shipped != folder:
            others = _read_file(shipped / f"{language}.yaml", faults)
            texts |= {k: others[k] for k in missing if k in others}
            warnings.append(f"{path}: no text for {', '.join(missing)}: taken as shipped")
            missing = [k for k in missing if k not in others]
        if missing:
            faults.append(f"{path}: no text for {', '.join(missing)}")
        for key, text in texts.items():
            unknown = set(_PLACEHOLDER.findall(text)) - set(placeholders(key))
            faults += [f"{path}: {key}: {{{name}}} can't be filled in" for name in sorted(unknown)]
        written[language] = texts
    if faults:
        raise PromptError("\n".join(faults))
    return Texts(written, warnings)


def _read_file(path: Path, faults: list[str]) -> dict[str, str]:
    try:
        content = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        faults.append(f"{path}:{line}: {error.problem}")
        return {}
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        faults.append(f"{path}: can't be read: {error}")
        return {}
    if not isinstance(content, dict):
        faults.append(f"{path}: expected lines of the form `key: text`")
        return {}
    for key, text in content.items():
        if not isinstance(key, str) or not isinstance(text, str) or not text.strip():
            faults.append(f"{path}: {key!r} should be text, found {text!r} (quote what looks like a number)")
    return {k: v.strip() for k, v in content.items() if isinstance(k, str) and isinstance(v, str)}
