"""What is the same on every page while nothing changes: asked for once, not again for each page that is made.

Only behind the front layer, which tells a request the epoch and makes the page anew if that has moved meanwhile. So
what is remembered is as right as the page itself. Whoever asks Django straight (the desk, tests) has all of it asked.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest

from helpcenter.publishing.models import LiveChange

EPOCH = "helpcenter.epoch"
"""Where a request says which epoch it is answered in."""


class Standing:
    """An instant and what is known of it. Holds until the next planned change."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self._known: dict[Any, Any] = {}

    def ask[Answer](self, question: Callable[..., Answer], *about: str) -> Answer:
        """The answer of a function to `about` and this instant. For few questions: all answers are remembered."""
        asked = question, about
        if asked not in self._known:
            self._known[asked] = question(*about, self.at)
        answer: Answer = self._known[asked]
        return answer

    def holds(self, at: datetime) -> bool:
        """Whether nothing that was planned has come since."""
        try:
            planned = self.ask(LiveChange.objects.next_after)
        except DatabaseError:  # nobody knows; whoever needs the database says so, and others can do without
            return False
        return self.at <= at and (planned is None or at < planned)


_newest: tuple[int, Standing] | None = None


def standing(request: HttpRequest, at: datetime) -> Standing:
    """What is known of the instant that a page speaks of."""
    global _newest
    epoch = request.META.get(EPOCH)
    if epoch is None or "as_of" in request.GET:
        return Standing(at)
    if _newest and _newest[0] == epoch and _newest[1].holds(at):
        return _newest[1]
    known = Standing(at)
    _newest = epoch, known
    return known
