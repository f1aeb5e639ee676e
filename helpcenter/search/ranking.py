"""Which of the candidates comes first, the same on every database.

Each thing that was asked for counts by how rare it is, by the field that it stands in, and not twice as much for twice
as often (BM25F without lengths: articles are alike). What stands together under one heading counts more.
"""

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from math import log

from helpcenter.search.engines import Phrase
from helpcenter.search.models import Entry

WEIGHTS = {"title": 6.0, "asked": 4.0, "steps": 2.0, "trouble": 2.0, "body": 1.0, "former": 3.0}
ENOUGH = 1.0
"""So often in a field a word counts half of what it can there."""

TOGETHER = 1.5
"""How much more an entry counts that says everything under one heading."""


EXACTLY = 1.5
"""How much more an entry counts whose title, or a question that its article answers, is just what was asked."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing that was asked for: its ways of being said with what each counts, those in use with how many entries
    have them, and how rare it is.
    """

    ways: Mapping[Phrase, float]
    uses: Mapping[Phrase, int]
    rarity: float

    def found_in(self, line: Mapping[str, int]) -> float:
        """How often a line says it."""
        if not line:
            return 0.0
        return max((factor * min(line.get(word, 0) for word in way) for way, factor in self.ways.items()), default=0.0)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate: how well it fits, how much of what was asked for it says (0 to 1), and where it says it best.

    `step` and `section` are places in the lists of its steps and sections; a section before all headings is 0.
    """

    entry: Entry
    score: float
    covered: float
    step: int | None
    section: int | None


COMMON = 0.6
"""What a word tells that every entry has: on a small site about one thing these are the words that matter."""


def rarity(uses: int, entries: int) -> float:
    """How much a word tells that so many of all entries have."""
    return COMMON + log(1 + max(entries - uses, 0) / (uses + 0.5))


def rank(entry: Entry, wanted: Sequence[Wanted]) -> Ranked:
    """How well an entry fits."""
    needed = {word for each in wanted for way in each.ways for word in way}
    lines = {field: [_count(line, needed) for line in getattr(entry, field).split("\n")] for field in WEIGHTS}
    whole = {field: sum(filter(None, each), Counter()) for field, each in lines.items()}
    total = sum(each.rarity for each in wanted) or 1.0
    score = covered = 0.0
    for each in wanted:
        found = {field: each.found_in(counter) for field, counter in whole.items()}
        score += each.rarity * sum(WEIGHTS[field] * often / (often + ENOUGH) for field, often in found.items())
        covered += each.rarity * any(found.values())
    title = _share(lines["title"][0], wanted, total) * _density(entry.title, lines["title"][0])
    steps = [
        max(_share(done, wanted, total), _share(stuck, wanted, total))
        for done, stuck in zip(lines["steps"], lines["trouble"], strict=True)
    ]
    headed = [("", Counter()), *zip(entry.asked.split("\n"), lines["asked"], strict=True)]
    sections = [
        _share(found, wanted, total) * _density(heading, found) + _share(words, wanted, total) / 4
        for (heading, found), words in zip(headed, lines["body"], strict=False)
    ]
    whole_article = [_share(found, wanted, total) * _density(line, found) for line, found in headed[len(sections) :]]
    title = max([title, *whole_article])
    best_step, best_section = (max(shares, default=0.0) for shares in (steps, sections))
    score *= 1 + TOGETHER * max(title, best_step / 2, best_section) + (EXACTLY if title >= 1.0 else 0.0)
    step = steps.index(best_step) if best_step > max(title, best_section) else None
    section = sections.index(best_section) if step is None and best_section > title else None
    return Ranked(entry, score, covered / total, step, section)


_NOTHING: Counter[str] = Counter()


def _density(line: str, found: Counter[str]) -> float:
    """A heading of a few words that says it is more about it than a long one: from 0.6 to 1."""
    return 0.6 + 0.4 * found.total() / max(len(line.split()), 1)


def _count(line: str, needed: Container[str]) -> Counter[str]:
    found = [word for word in line.split() if word in needed]
    return Counter(found) if found else _NOTHING


def _share(line: Mapping[str, int], wanted: Sequence[Wanted], total: float) -> float:
    return sum(each.rarity for each in wanted if each.found_in(line)) / total if line else 0.0
