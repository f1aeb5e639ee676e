"""Whether a translation still says what the original says: computed from what readers were shown, never stored."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from helpcenter.domain.versions import Significance


class Freshness(StrEnum):
    """How a translation stands to its original."""

    MISSING = "missing"
    BADLY_BEHIND = "badly_behind"
    BEHIND = "behind"
    IN_REVIEW = "in_review"
    CURRENT = "current"


NOTHING = 0
"""What readers saw before the first version; no version has this number."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The versions of an original that readers were shown: a tree, in which each hangs on the one that it replaced.

    `now` is what they see; None if nothing. A version that was shown again hangs where it hung.
    """

    now: int | None
    replaced: Mapping[int, int]
    changed: Mapping[int, Significance]

    @classmethod
    def of(cls, changes: Iterable[tuple[int | None, Significance]]) -> Self:
        """From what went live, in its order: the version, None where nothing did, and what it changed."""
        replaced: dict[int, int] = {}
        changed: dict[int, Significance] = {}
        now, before = None, NOTHING
        for now, significance in changes:  # the last one is what they see
            if now is not None:
                replaced.setdefault(now, before)
                changed.setdefault(now, significance)
                before = now
        return cls(now, replaced, changed)

    def between(self, one: int, other: int) -> set[Significance]:
        """What changed from one version to the other, also if the original went back and undid it."""
        a, b = self._line(one), self._line(other)
        return {self.changed[number] for number in {*a} ^ {*b}}

    def _line(self, number: int) -> list[int]:
        """A version and all that it builds on. One that readers never saw builds on nothing."""
        line = []
        while number in self.replaced:
            line.append(number)
            number = self.replaced[number]
        return line


def freshness(
    *, live: bool, translated_from: int | None, original: Shown, waiting_from: Collection[int] = ()
) -> Freshness:
    """How a translation stands to its original.

    `live`: readers see the translation. `translated_from`: the version of the original that it says, None if nobody
    knows. `waiting_from`: the versions that texts on their way to readers were made from; the state is then
    `in_review`, if one of them would bring the translation up to date.
    """
    if original.now is None:
        return Freshness.CURRENT  # there is nothing that it could lack or be behind
    stands = _behind(translated_from, original) if live else Freshness.MISSING
    caught_up = any(_behind(number, original) is Freshness.CURRENT for number in waiting_from)
    return Freshness.IN_REVIEW if caught_up and stands is not Freshness.CURRENT else stands


def _behind(translated_from: int | None, original: Shown) -> Freshness:
    changed = original.between(translated_from or NOTHING, original.now or NOTHING)
    if Significance.MAJOR in changed:
        return Freshness.BADLY_BEHIND
    return Freshness.BEHIND if Significance.CONTENT in changed else Freshness.CURRENT
