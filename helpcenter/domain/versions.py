"""What is live when. Everything is read off one list of live changes, so that gaps and overlaps cannot be written."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise


class Significance(StrEnum):
    """What a change means to readers and translators."""

    TYPO = "typo"
    CONTENT = "content"
    MAJOR = "major"


@dataclass(frozen=True, slots=True)
class Change[R]:
    """From `at` on readers see `revision`; nothing, if it is None (retired)."""

    at: datetime
    revision: R | None


@dataclass(frozen=True, slots=True)
class Span[R]:
    """What readers see from `start` up to, not including, `end`; without end where no further change is known."""

    start: datetime
    end: datetime | None
    revision: R | None


def spans[R](changes: Iterable[Change[R]]) -> Iterator[Span[R]]:
    """The changes of one document, in any order, as spans of time without gap or overlap, oldest first."""
    ordered = sorted(changes, key=lambda change: change.at)
    for change, following in pairwise([*ordered, None]):
        assert change is not None
        yield Span(change.at, following.at if following else None, change.revision)


def live_at[R](changes: Iterable[Change[R]], at: datetime) -> R | None:
    """The revision that readers see at that instant; None before the first change and while retired."""
    past = [change for change in changes if change.at <= at]
    return max(past, key=lambda change: change.at).revision if past else None
