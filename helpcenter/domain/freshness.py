"""Whether a translation still says what the original says: computed from two versions and a grade, never stored."""

from collections.abc import Mapping
from enum import StrEnum

from helpcenter.domain.versions import Significance


class Freshness(StrEnum):
    """How a translation stands to its original."""

    MISSING = "missing"
    BADLY_BEHIND = "badly_behind"
    BEHIND = "behind"
    IN_REVIEW = "in_review"
    CURRENT = "current"


def freshness(
    *,
    live: bool,
    translated_from: int | None,
    original: int | None,
    significances: Mapping[int, Significance],
    waiting_from: int | None = None,
) -> Freshness:
    """How a translation stands to the version of its original that readers see, `original`; None if they see none.

    `live`: readers see the translation. `translated_from`: the version of the original that it says, None if nobody
    knows. `significances`: what each version of the original changed. `waiting_from`: the version that a text in review
    was made from; the state is then `in_review`, if that text would bring the translation up to date.
    """
    stands = _behind(translated_from, original, significances) if live else Freshness.MISSING
    caught_up = waiting_from is not None and _behind(waiting_from, original, significances) is Freshness.CURRENT
    return Freshness.IN_REVIEW if caught_up and stands is not Freshness.CURRENT else stands


def _behind(translated_from: int | None, original: int | None, significances: Mapping[int, Significance]) -> Freshness:
    if original is None:
        return Freshness.CURRENT  # there is nothing that it could be behind
    low, high = sorted((translated_from or 0, original))  # an original that went back has undone what lies between
    changed = {significances.get(number, Significance.CONTENT) for number in range(low + 1, high + 1)}
    if Significance.MAJOR in changed:
        return Freshness.BADLY_BEHIND
    return Freshness.BEHIND if Significance.CONTENT in changed else Freshness.CURRENT
