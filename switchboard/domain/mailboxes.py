"""Whose mailbox it is (A13, B8): the rules name who may hear what was left in it."""

from __future__ import annotations

from switchboard.domain.company import Department, Person, Queue, Rules


def may_open(rules: Rules, extension: str, mailbox: str) -> bool:
    """Whether the person at `extension` may hear the messages of `mailbox`: their own, or a shared one whose
    openers they are among. Nobody, by whatever role, opens another person's."""
    entry = rules.extensions.get(mailbox)
    match entry:
        case Person():
            return bool(extension) and entry.number == extension and entry.mailbox
        case Department() | Queue():
            return extension in entry.mailbox_openers
        case _:
            return False


def opened_by(rules: Rules, extension: str) -> tuple[str, ...]:
    """Every mailbox that the person at `extension` may open, their own first."""
    own = (extension,) if may_open(rules, extension, extension) else ()
    return (*own, *(n for n in rules.extensions if n != extension and may_open(rules, extension, n)))


def has_mailbox(rules: Rules, number: str) -> bool:
    """Whether messages can be put into a mailbox of `number`'s own."""
    entry = rules.extensions.get(number)
    return entry is not None and not (isinstance(entry, Person) and not entry.mailbox)
