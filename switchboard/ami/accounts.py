"""The two manager accounts, and why each right is needed.

Asterisk runs any program for an account that may both originate calls to applications and do `system` things
(Originate with Application System), or that may write a dialplan which does (`config`). So no account holds
the first two together, none holds the third, and a fault in what the controller does by day can't become a
shell. A test holds asterisk-conf/manager.conf.j2 against this module.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Account:
    """`read`: classes of events it is sent. `write`: classes of actions it may ask for. All with reasons."""

    name: str
    read: Mapping[str, str]
    write: Mapping[str, str]


BOARD = Account(
    name="switchboard-board",
    read={
        "system": "FullyBooted, Shutdown, and a phone's registration (ContactStatus)",
        "call": "channels, states, bridges, hang-ups, device states, message lamps",
        "agent": "queue entries and members",
    },
    write={
        "call": "Redirect, Hangup, Setvar, DeviceStateList, MailboxCount",
        "agent": "queue members in and out",
        "reporting": "CoreShowChannels, CoreStatus",
        "originate": "calls the company makes itself: notices, call-backs",
    },
)
"""The live board and everything done to calls. QueueStatus and Ping need no right at all."""

ADMIN = Account(
    name="switchboard-admin",
    read={"system": "FullyBooted: to know when Asterisk is ready"},
    write={
        "system": "Reload, PJSIPShowEndpoints, PJSIPShowContacts",
        "reporting": "CoreStatus, VoicemailUsersList",
        "user": "VoicemailRefresh, VoicemailMove, VoicemailRemove: nothing else lights a lamp anew",
    },
)
"""Upkeep: reloads after a change of rules, registrations, mailboxes."""

ACCOUNTS = (BOARD, ADMIN)
