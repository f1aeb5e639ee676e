"""Which of the candidates comes first, the same on every database.

Each thing that was asked for counts by how rare it is, by the field that it stands in, and not twice as much for twice
as often (BM25F without lengths: articles are alike). What stands together under one heading counts more.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log

from helpcenter.search.engines import Candidate, Phrase

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


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate: how well it fits, how much of what was asked for it says (0 to 1), and where it says it best.

    `step` and `section` are places in the lists of its steps and sections; a section before all headings is 0.
    """

    entry: Candidate
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


type Line = Mapping[str, int]
"""Of the words that are looked for those that a line has, and how often."""

_NOTHING: Line = {}


def ranked(entries: Iterable[Candidate], wanted: Sequence[Wanted]) -> list[Ranked]:
    """How well each entry fits."""
    return [*map(_Ranking(wanted).rank, entries)]


class _Ranking:
    """What is known of a question while entries are looked at for it."""

    def __init__(self, wanted: Sequence[Wanted]) -> None:
        self.wanted = wanted
        self.total = sum(each.rarity for each in wanted) or 1.0
        self.words: dict[str, list[tuple[int, float]]] = defaultdict(list)  # which things each says, and what it counts
        self.phrases: list[tuple[Phrase, int, float]] = []
        for place, each in enumerate(wanted):
            for way, factor in each.ways.items():
                if len(way) == 1:
                    self.words[way[0]].append((place, factor))
                else:
                    self.phrases.append((way, place, factor))
        self.needed = {word for each in wanted for way in each.ways for word in way}
        self.shares: dict[frozenset[str], float] = {}

    def rank(self, entry: Candidate) -> Ranked:
        """How well an entry fits."""
        lines = {field: _lines(entry.fields[field], self.needed) for field in WEIGHTS}
        said = [(WEIGHTS[field], self._said(whole)) for field, each in lines.items() if (whole := _sum(each))]
        score = covered = 0.0
        for place, each in enumerate(self.wanted):
            found = [weight * often[place] / (often[place] + ENOUGH) for weight, often in said if place in often]
            score += each.rarity * sum(found)
            covered += each.rarity * bool(found)
        title = self._headed(entry.fields["title"], lines["title"][0])
        steps = [max(map(self._share, each)) for each in zip(lines["steps"], lines["trouble"], strict=True)]
        headed = [("", _NOTHING), *zip(entry.fields["asked"].split("\n"), lines["asked"], strict=True)]
        sections = [
            self._headed(heading, found) + self._share(words) / 4
            for (heading, found), words in zip(headed, lines["body"], strict=False)
        ]
        whole_article = [self._headed(line, found) for line, found in headed[len(sections) :]]
        title = max([title, *whole_article])
        best_step, best_section = (max(shares, default=0.0) for shares in (steps, sections))
        score *= 1 + TOGETHER * max(title, best_step / 2, best_section) + (EXACTLY if title >= 1.0 else 0.0)
        step = steps.index(best_step) if best_step > max(title, best_section) else None
        section = sections.index(best_section) if step is None and best_section > title else None
        return Ranked(entry, score, covered / self.total, step, section)

    def _said(self, line: Line) -> dict[int, float]:
        """How often a line says each of the things that it says."""
        most: dict[int, float] = {}
        for word, often in line.items():
            for place, factor in self.words.get(word, ()):
                most[place] = max(most.get(place, 0.0), factor * often)
        for phrase, place, factor in self.phrases:
            if often := min(line.get(word, 0) for word in phrase):
                most[place] = max(most.get(place, 0.0), factor * often)
        return most

    def _share(self, line: Line) -> float:
        """How much of what was asked for a line says."""
        if not line:
            return 0.0
        words = frozenset(line)
        if words not in self.shares:  # many lines say the same of it
            said = self._said(line)
            self.shares[words] = sum(self.wanted[place].rarity for place in sorted(said)) / self.total
        return self.shares[words]

    def _headed(self, line: str, found: Line) -> float:
        """The share that a heading says: one of a few words that says it is more about it than a long one."""
        if not found:
            return 0.0
        return self._share(found) * (0.6 + 0.4 * sum(found.values()) / max(len(line.split()), 1))


def _lines(text: str, needed: Collection[str]) -> list[Line]:
    """How often each line of a field says what is needed. Most fields say nothing of it."""
    here = [(word, f" {word} ") for word in needed if word in text]
    if not here:
        return [_NOTHING] * (text.count("\n") + 1)
    # Counted in the text as it is: to cut a line of 80 words takes three times as long. Two words share no space.
    lines = [f" {line} " for line in text.replace(" ", "  ").split("\n")]
    return [{word: often for word, alone in here if (often := line.count(alone))} for line in lines]


def _sum(lines: Sequence[Line]) -> Line:
    said = [line for line in lines if line]
    if len(said) < 2:
        return said[0] if said else _NOTHING
    whole: dict[str, int] = {}
    for line in said:
        for word, often in line.items():
            whole[word] = whole.get(word, 0) + often
    return whole
