"""A call as text: what was heard, pressed and said, and where it ended."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from switchboard.cli.outside_call import Moment, OutsideCall

MARKS = {"heard": "  ", "pressed": "→ pressed ", "said": "→ said ", "told": "· "}


class Transcript:
    """Prints moments as they come, each on a line; digits that are read out stay on the line before."""

    def __init__(self) -> None:
        self._open = False

    def __call__(self, moment: Moment) -> None:
        cut = "" if moment.whole else " …"
        digit = digit_of(moment.name)
        if digit and self._open:
            print(f" {digit}{cut}", end="", flush=True)
            return
        self.end()
        print(f"{moment.at:6.1f} s  {MARKS[moment.what]}{digit or moment.text}{cut}", end="", flush=True)
        self._open = moment.what == "heard"
        if not self._open:
            print(flush=True)

    def end(self) -> None:
        """End the line that is being written, if there is one."""
        if self._open:
            print(flush=True)
        self._open = False


def digit_of(name: str) -> str:
    """The digit that a prompt such as "zh/digit-8" says, or ""."""
    kind, _, digit = name.partition("/")[2].rpartition("-")
    return digit if kind in ("digit", "key") and len(digit) == 1 else ""


def report(went: OutsideCall, record: dict[str, Any] | None, as_json: bool) -> None:
    """The last line: where the call ended; or everything as one JSON object."""
    ending = ending_of(went, record)
    if as_json:
        values = {
            "answered": went.answered,
            "refusal": went.refusal,
            "seconds": round(went.seconds, 1),
            "ending": ending,
            "heard": [m.name for m in went.moments if m.what == "heard"],
            "moments": [asdict(m) | {"at": round(m.at, 2)} for m in went.moments],
            "record": record,
        }
        print(json.dumps(values, ensure_ascii=False))
        return
    print(f"{ending}." if went.answered else f"not answered: {went.refusal}")


def ending_of(went: OutsideCall, record: dict[str, Any] | None) -> str:
    """Where the call ended, in words."""
    if not went.answered:
        return "refused"
    match record and record["outcome"]:
        case "connected":
            words = f"connected to {record['connected_to']}" if record else ""
        case "message":
            words = "a message was taken: see `switchboard messages`"
        case "abandoned":
            words = "we hung up" if went.ended_by_us else "ended without reaching anybody"
        case "refused" | "failed" as outcome:
            words = str(outcome)
        case _:
            words = "we hung up" if went.ended_by_us else "the switchboard ended the call"
    return f"{words} (after {went.seconds:.0f} s)"
