"""Who may do what at the desk (B8): roles give permissions, everything else is refused.

An API token carries scopes, which are permissions too: it can do what its owner's roles and its scopes
both allow.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What somebody is at the desk. One person may be several."""

    OPERATOR = "operator"
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    INSPECTOR = "inspector"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """One thing that may be done; also the scopes of API tokens."""

    SELF = "self"  # one's own account: language, password, signing out
    LIVE = "live"  # see every call, phones and the mode as they are now
    LIVE_OWN = "live.own"  # the same of one's own calls and queues only
    ORDER = "order"  # order something into a call
    MODE = "mode"  # choose who answers the main number
    DUTY = "duty"  # sign in and out as an operator, go away
    DIRECTORY = "directory"  # search people and numbers
    CALLS = "calls"  # see recorded calls
    CALLERS = "callers"  # see what is known of callers
    EDIT_CALLERS = "callers.edit"
    MESSAGES = "messages"  # read, hear, write and handle messages
    TICKETS = "tickets"  # see and work on tickets
    PHONE = "phone"  # the phone inside the page
    STATUS = "status"  # PBX, phones, trunks, disk
    RULES = "rules"  # see rules and their history
    EDIT_RULES = "rules.edit"  # put rules in force
    USERS = "users"  # see users; signed in also change them, their roles and tokens
    AUDIT = "audit"  # read who did what
    METRICS = "metrics"  # figures for monitoring
    TEST_CALL = "test-call"  # place a test call to the main number from the browser


_EVERYBODY = frozenset({Permission.SELF, Permission.DIRECTORY})
_AGENT = _EVERYBODY | {
    Permission.LIVE_OWN,
    Permission.CALLERS,
    Permission.MESSAGES,
    Permission.TICKETS,
    Permission.PHONE,
}
_OPERATOR = _AGENT | {
    Permission.LIVE,
    Permission.ORDER,
    Permission.MODE,
    Permission.DUTY,
    Permission.CALLS,
    Permission.EDIT_CALLERS,
}
_INSPECTOR = _EVERYBODY | {Permission.CALLS, Permission.TICKETS, Permission.CALLERS}
_SUPERVISOR = _OPERATOR | _INSPECTOR | {Permission.STATUS, Permission.RULES, Permission.METRICS}

PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.OPERATOR: _OPERATOR,
        Role.AGENT: _AGENT,
        Role.SUPERVISOR: _SUPERVISOR,
        Role.INSPECTOR: _INSPECTOR,
        Role.ADMINISTRATOR: (_SUPERVISOR - {Permission.ORDER, Permission.DUTY})
        | {
            Permission.EDIT_RULES,
            Permission.USERS,
            Permission.AUDIT,
            Permission.TEST_CALL,
        },
    }
)
"""An administrator keeps machine and people; who also works at the desk is given that role as well."""

_COVERED: Mapping[Permission, frozenset[Permission]] = MappingProxyType(
    {Permission.LIVE: frozenset({Permission.LIVE_OWN})}
)
"""Who may the one may the others: a token of scope `live` is good for an agent too, for what is theirs."""

SIGNED_IN_ONLY = frozenset({Permission.USERS})
"""What these change, no token changes: one that leaks must not make its finder an administrator."""


def covering(scopes: Iterable[Permission]) -> frozenset[Permission]:
    """The scopes of a token with what each of them covers."""
    return frozenset().union(*({scope} | _COVERED.get(scope, frozenset()) for scope in scopes))


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """Everything that these roles allow together."""
    return frozenset().union(*(PERMISSIONS[role] for role in roles))
