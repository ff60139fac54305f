"""`switchboard prompts`: what callers hear: making it, and looking at it."""

from __future__ import annotations

import json
import shutil
import sys
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from switchboard.errors import SwitchboardError

if TYPE_CHECKING:
    from switchboard.domain.company import Rules
    from switchboard.prompts import Speech
    from switchboard.settings import Settings

AsJson = Annotated[bool, typer.Option("--json", help="For scripts.")]


def register(app: typer.Typer) -> None:
    prompts = typer.Typer(help="What callers hear: texts, speech, recordings.", no_args_is_help=True)
    app.add_typer(prompts, name="prompts")

    @prompts.command()
    def build(as_json: AsJson = False) -> None:
        """Speak what is new or changed, for the rules file and everything Asterisk itself may say."""
        from switchboard.prompts import build_report
        from switchboard.settings import Settings

        settings = Settings.load()
        began = time.monotonic()
        sounds, report = build_report(
            _rules(settings), settings, _speech(settings), _quiet if as_json else _shown
        )
        seconds = round(time.monotonic() - began, 2)
        if as_json:
            answer = {"built": sorted(report.built), "kept": report.kept, "warnings": report.warnings}
            _print_json(answer | {"seconds": seconds, "folder": str(sounds.folder)})
            return
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr)
        for warning in report.warnings:
            print(f"warning: {warning}", file=sys.stderr)
        print(f"{len(report.built)} made, {report.kept} unchanged, {seconds} s: {sounds.folder}")

    @prompts.command("list")
    def show(as_json: AsJson = False) -> None:
        """Every prompt: key, text, sound file, and whether a recording replaces it."""
        from switchboard.domain.company import LANGUAGES
        from switchboard.prompts import Sounds
        from switchboard.prompts.asterisk_vocabulary import VOCABULARY
        from switchboard.settings import Settings

        settings = Settings.load()
        sounds = Sounds(_rules(settings), settings.prompts_dir, settings.sounds, _speech(settings))
        units = [*sounds.units(), *sounds.people()]
        units += [sounds.asterisk_unit(name, language) for name in VOCABULARY for language in LANGUAGES]
        rows: list[dict[str, Any]] = [
            {
                "key": unit.key,
                "language": unit.language,
                "text": unit.text,
                "file": f"{unit.language}/{unit.path}",
                "made": sounds.seconds(unit.path, unit.language) > 0,
                "recording": str(unit.recording) if unit.recording else None,
            }
            for unit in units
        ]
        if as_json:
            _print_json(rows)
            return
        for row in rows:
            mark = "recorded" if row["recording"] else "spoken" if row["made"] else "not made"
            print(f"{row['language']}  {row['key']:<26}  {mark:<8}  {row['file']:<44}  {row['text']}")
        for warning in sounds.warnings:
            print(f"warning: {warning}", file=sys.stderr)


def _rules(settings: Settings) -> Rules:
    """The rules of the file. Raises SwitchboardError when it can't be used."""
    from switchboard.rules import load

    loaded = load(settings.rules)
    if loaded.rules is None:
        raise SwitchboardError(
            f"{settings.rules} can't be used: `switchboard check {settings.rules}` tells why"
        )
    return loaded.rules


def _speech(settings: Settings) -> Speech:
    """The voices set for this switchboard. Raises SwitchboardError when there is no espeak-ng."""
    from switchboard.pbx import programs
    from switchboard.prompts import choose

    found = programs.find(settings)
    here = shutil.which("espeak-ng")
    if found is not None and found.espeak is not None:
        command = found.espeak.argv
    elif here:
        command = (here,)
    else:
        raise SwitchboardError("espeak-ng isn't here: install it, or `make run` builds a folder with it")
    return choose(command, settings.piper_models, settings.speaking_rate)


def _shown(done: int, total: int, text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{done} of {total}  {text[:50]}", end="", file=sys.stderr, flush=True)


def _quiet(done: int, total: int, text: str) -> None:
    """A script waits for the result."""


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))
