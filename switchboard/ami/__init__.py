"""The manager interface: what Asterisk tells of itself, and what we tell it to do outside a call's session.

`Gateway` keeps the connection, `actions` has what we ask, `Board` what is going on, `accounts` who may what.
"""

from switchboard.ami.board import Board
from switchboard.ami.gateway import Gateway, Reply
from switchboard.ami.linked import CallSeen
from switchboard.ami.subscription import Lost, Subscription
from switchboard.ami.wire import Message

__all__ = ["Board", "CallSeen", "Gateway", "Lost", "Message", "Reply", "Subscription"]
