"""What single persons see of the live view: of all calls those that are theirs (`domain.whose`).

A call that comes into somebody's view is told like a new one, one that leaves it is `gone` for them,
elsewhere. Whoever sees the same reads the same bytes; with everybody seeing everything, nothing here costs
anything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from switchboard.domain.company import Rules
from switchboard.domain.live import LiveCall
from switchboard.domain.whose import Own, queues_of, theirs
from switchboard.flows.live_calls import Change, Shown, gone
from switchboard.flows.readers import event


class _View:
    """What one person sees: ids of the calls that they were told of."""

    def __init__(self, own: Own, rules: Rules) -> None:
        self._own = own
        self._queues = queues_of(own, rules)
        self._told: set[str] = set()

    def sees(self, live: LiveCall) -> bool:
        return theirs(self._own, self._queues, live)

    def follow(self, rules: Rules) -> None:
        self._queues = queues_of(self._own, rules)

    def begin(self, calls: Iterable[Shown]) -> list[bytes]:
        """The calls in view, as they are written; from now on they count as told."""
        seen = [one for one in calls if self.sees(one.live)]
        self._told = {one.live.id for one in seen}
        return [one.written for one in seen]

    def tell(self, changes: Iterable[Change]) -> bytes:
        out = []
        for change in changes:
            if change.shown is not None and self.sees(change.shown.live):
                if not (change.seen_otherwise and change.call in self._told):
                    out.append(change.event())
                self._told.add(change.call)
            elif change.call in self._told:
                self._told.discard(change.call)
                out.append(gone(change.call, elsewhere=change.shown is not None))
        return b"".join(out)

    def look_again(self, calls: Iterable[Shown]) -> bytes:
        """The calls that came into view or left it without having changed."""
        before = self._told
        calls = list(calls)
        self.begin(calls)
        left = [gone(call, elsewhere=True) for call in sorted(before - self._told)]
        come = [event("call", one.written) for one in calls if one.live.id in self._told - before]
        return b"".join([*left, *come])


class Views:
    """The views that are read, made when somebody comes and dropped when the last reader has gone."""

    def __init__(self) -> None:
        self._views: dict[Own, _View] = {}

    def begin(self, own: Own, rules: Rules, calls: Iterable[Shown]) -> list[bytes]:
        """The calls that `own` sees, as they are written: a reader's beginning."""
        return self._views.setdefault(own, _View(own, rules)).begin(calls)

    def tell(self, changes: Collection[Change], read: Collection[Own]) -> dict[Own, bytes]:
        """What is to be told in each view that is still `read`."""
        self._views = {own: view for own, view in self._views.items() if own in read}
        return {own: view.tell(changes) for own, view in self._views.items()}

    def follow(self, rules: Rules, calls: Collection[Shown]) -> dict[Own, bytes]:
        """Other rules are in force: who belongs to a queue may see other calls than before."""
        for view in self._views.values():
            view.follow(rules)
        return {own: view.look_again(calls) for own, view in self._views.items()}


def only_theirs(own: Own, rules: Rules, calls: Iterable[LiveCall]) -> list[LiveCall]:
    """Of some calls those that `own` sees."""
    queues = queues_of(own, rules)
    return [live for live in calls if theirs(own, queues, live)]
