"""Every error the switchboard raises on purpose, in one tree.

::

    SwitchboardError            a sentence for a person: what was wrong, where, what to do
    ├── SettingsError           environment or switchboard.toml: correct the named settings
    ├── PortTaken               another program listens where we should: free it or change the setting
    ├── RulesError              routing_rules.yaml can't be put in force: `.problems` tells each reason
    ├── PromptError             a phrase can't be spoken or stored: see the named prompt
    ├── PbxError                Asterisk can't be found, built, started or reached
    │   └── AmiError            the manager connection: `.action` says what was asked
    │       ├── AmiDisconnected   the link is down or dropped before the answer: ask afresh
    │       ├── AmiTimeout        no answer in time: nothing is known of the action's effect
    │       └── AmiRefused        Asterisk said no: `.reason` is its word
    ├── AgiError                one AGI session can't go on: the call falls to the fallback
    │   ├── AgiProtocolError      bytes that are no AGI: close the session
    │   ├── AgiCommandFailed      Asterisk refused a command (510, 520): a fault of ours
    │   └── CallerGone            the channel hung up (HANGUP, 511, result -1): a normal ending
    ├── OrderRefused            an order into a call isn't carried out: `.code` for programs
    ├── StateUnreadable         a call's state variable is damaged or from a newer version
    └── StorageError            the database or the journal can't be read or written
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class SwitchboardError(Exception):
    """Root of the tree. Its text is shown to people as it is."""


class SettingsError(SwitchboardError):
    """Settings are wrong; the text lists every one of them."""


class PortTaken(SwitchboardError):
    """A port is in use by another program; the text names port and setting."""


class RulesError(SwitchboardError):
    """Rules that can't be put in force. `problems` are `switchboard.rules.problems.Problem`.

    `said` is a text, or a `switchboard.sentences.Sentence` that its reader's language words.
    """

    def __init__(self, said: object, problems: Sequence[Any] = ()) -> None:
        super().__init__(str(said))
        self.said = said
        self.problems = tuple(problems)


class PromptError(SwitchboardError):
    """A prompt can't be spoken, converted or found."""


class PbxError(SwitchboardError):
    """Asterisk can't be found, built, started, configured or reached."""


class AmiError(PbxError):
    """A manager action failed. `action` is its name, without values."""

    def __init__(self, message: str, action: str = "") -> None:
        super().__init__(message)
        self.action = action


class AmiDisconnected(AmiError):
    """Not connected, or the link dropped before the answer came."""


class AmiTimeout(AmiError):
    """No answer in time; whether the action took effect is unknown."""


class AmiRefused(AmiError):
    """Asterisk answered with an error; `reason` is its message."""

    def __init__(self, message: str, action: str = "", reason: str = "") -> None:
        super().__init__(message, action)
        self.reason = reason


class AgiError(SwitchboardError):
    """An AGI session can't go on."""


class AgiProtocolError(AgiError):
    """What arrived is not AGI, or is longer than AGI allows."""


class AgiCommandFailed(AgiError):
    """Asterisk refused a command: 510 (unknown) or 520 (wrong use)."""


class CallerGone(AgiError):
    """The channel has hung up. Not a fault: callers do."""


class OrderRefused(SwitchboardError):
    """An order into a call isn't carried out. `code` is one of `domain.orders.Code`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class StateUnreadable(SwitchboardError):
    """The state that travels with a call can't be read back."""


class StorageError(SwitchboardError):
    """Journal or database can't be read or written."""
