"""How many readers an article helped: a share with how sure one can be of it, over the versions that say the same."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from statistics import NormalDist

from helpcenter.domain.versions import Significance

SMALL = 10
"""Fewer answers than this are told as numbers: a share of three people is no share."""

_Z = NormalDist().inv_cdf(0.975)  # 95 in 100, both sides


@dataclass(frozen=True, slots=True)
class Rate:
    """Of `total` readers who answered, `helped` were helped."""

    helped: int
    total: int

    @property
    def is_small(self) -> bool:
        """Whether there are too few answers to speak of a share."""
        return self.total < SMALL

    @property
    def share(self) -> float:
        """The share that was helped, 0 to 1; 0 without answers."""
        return self.helped / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval of 95 %: where the share of all readers lies, as far as these answers can tell."""
        if not self.total:
            return 0.0, 1.0
        n, p, z2 = self.total, self.share, _Z * _Z
        middle = (p + z2 / (2 * n)) / (1 + z2 / n)
        reach = _Z * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
        return max(0.0, min(p, middle - reach)), min(1.0, max(p, middle + reach))  # whatever floats round

    @property
    def percents(self) -> tuple[int, int, int]:
        """The share and the ends of its interval, in whole percent."""
        low, high = self.interval
        return round(100 * self.share), round(100 * low), round(100 * high)

    def is_worse_than(self, other: "Rate") -> bool:
        """Whether it helps fewer than another, beyond what chance explains: their intervals do not touch."""
        return self.total > 0 and other.total > 0 and self.interval[1] < other.interval[0]

    def __add__(self, other: "Rate") -> "Rate":
        return Rate(self.helped + other.helped, self.total + other.total)


@dataclass(frozen=True, slots=True)
class Edition:
    """Versions that say the same to a reader, and what readers said of them together."""

    numbers: tuple[int, ...]
    rate: Rate
    is_worse: bool = False
    """Whether it helps fewer than the edition before it."""


def editions(versions: Iterable[tuple[int, Significance, Rate]]) -> list[Edition]:
    """The editions of a text, oldest first: what mends a typo keeps the score, what changes the content begins anew.

    `versions` are its numbers in order, each with its significance and its own answers.
    """
    found: list[Edition] = []
    for number, significance, rate in versions:
        if found and significance is Significance.TYPO:
            found[-1] = Edition((*found[-1].numbers, number), found[-1].rate + rate)
        else:
            found.append(Edition((number,), rate))
    compared = [Edition(now.numbers, now.rate, now.rate.is_worse_than(before.rate)) for before, now in pairwise(found)]
    return found[:1] + compared
