"""Which of the candidates comes first, the same on every database.

Each thing that was asked for counts by how rare it is, by the field that it stands in, and not twice as much for twice
as often (BM25F without lengths: articles are alike). What stands together under one heading counts more.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
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
    have them, how rare it is, and which places of the question it stands for.
    """

    ways: Mapping[Phrase, float]
    uses: Mapping[Phrase, int]
    rarity: float
    places: frozenset[int]

    def found_in(self, line: Mapping[str, int]) -> float:
        """How often a line says it."""
        most = 0.0
        for way, factor in self.ways.items() if line else ():
            often = line.get(way[0], 0) if len(way) == 1 else min(line.get(word, 0) for word in way)
            most = max(most, factor * often)
        return most


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


UNKNOWN = 1.5
"""What a word counts that no entry has: it may be another site's, or just how people speak."""


def rarity(uses: int, entries: int) -> float:
    """How much a word tells that so many of all entries have."""
    if not uses:
        return UNKNOWN
    return COMMON + log(1 + max(entries - uses, 0) / (uses + 0.5))


def ranked(entries: Iterable[Entry], wanted: Sequence[Wanted]) -> list[Ranked]:
    """How well each entry fits."""
    needed = {word for each in wanted for way in each.ways for word in way}
    total = sum(each.rarity for each in wanted) or 1.0
    return [_rank(entry, wanted, needed, total) for entry in entries]


def _rank(entry: Entry, wanted: Sequence[Wanted], needed: Collection[str], total: float) -> Ranked:
    lines = {field: _lines(getattr(entry, field), needed) for field in WEIGHTS}
    whole = {field: _sum(each) for field, each in lines.items()}
    score = covered = 0.0
    for each in wanted:
        found = [(field, each.found_in(words)) for field, words in whole.items() if words]
        score += each.rarity * sum(WEIGHTS[field] * often / (often + ENOUGH) for field, often in found)
        covered += each.rarity * any(often for _, often in found)
    title = _headed(entry.title, lines["title"][0], wanted, total)
    steps = [
        max(_share(done, wanted, total), _share(stuck, wanted, total))
        for done, stuck in zip(lines["steps"], lines["trouble"], strict=True)
    ]
    headed = [("", _NOTHING), *zip(entry.asked.split("\n"), lines["asked"], strict=True)]
    sections = [
        _headed(heading, found, wanted, total) + _share(words, wanted, total) / 4
        for (heading, found), words in zip(headed, lines["body"], strict=False)
    ]
    whole_article = [_headed(line, found, wanted, total) for line, found in headed[len(sections) :]]
    title = max([title, *whole_article])
    best_step, best_section = (max(shares, default=0.0) for shares in (steps, sections))
    score *= 1 + TOGETHER * max(title, best_step / 2, best_section) + (EXACTLY if title >= 1.0 else 0.0)
    step = steps.index(best_step) if best_step > max(title, best_section) else None
    section = sections.index(best_section) if step is None and best_section > title else None
    return Ranked(entry, score, covered / total, step, section)


_NOTHING: Mapping[str, int] = {}


def _headed(line: str, found: Mapping[str, int], wanted: Sequence[Wanted], total: float) -> float:
    """The share that a heading says: one of a few words that says it is more about it than a long one."""
    if not found:
        return 0.0
    return _share(found, wanted, total) * (0.6 + 0.4 * sum(found.values()) / max(len(line.split()), 1))


def _lines(text: str, needed: Collection[str]) -> list[Mapping[str, int]]:
    """How often each line of a field says what is needed. Most fields say nothing of it, and are not cut into words."""
    if not any(word in text for word in needed):
        return [_NOTHING] * (text.count("\n") + 1)
    return [_count(line, needed) for line in text.split("\n")]


def _count(line: str, needed: Collection[str]) -> Mapping[str, int]:
    found = [word for word in line.split() if word in needed]
    return {word: found.count(word) for word in {*found}} if found else _NOTHING


def _sum(lines: Sequence[Mapping[str, int]]) -> Mapping[str, int]:
    if len(lines) == 1:
        return lines[0]
    whole: dict[str, int] = {}
    for line in lines:
        for word, often in line.items():
            whole[word] = whole.get(word, 0) + often
    return whole


def _share(line: Mapping[str, int], wanted: Sequence[Wanted], total: float) -> float:
    return sum(each.rarity for each in wanted if each.found_in(line)) / total if line else 0.0
