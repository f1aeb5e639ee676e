"""From a question to the articles that answer it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import accumulate

from articles.reading import Reading
from helpcenter.publishing.models import Revision
from helpcenter.search.engines import Ask, Phrase, having, live, rows
from helpcenter.search.models import Entry
from helpcenter.search.ranking import Ranked, Wanted, ranked
from helpcenter.search.wanting import wanted
from helpcenter.search.words import asked

MOST_LETTERS = 200
"""What is typed beyond is not read: nobody asks a longer question."""

MOST_CANDIDATES = 40
MOST_SHOWN = 20

FIRST = 0.2
"""How much more the first article of the shelves counts than one far down; the second gains half of it, and so on."""

MOST_READ = 1000
"""So many places in the index may be weighed for one question; of commoner words only some of the entries are."""

HEADED = 4.0
"""How much likelier an entry is that has a thing in its headings, while entries are looked for."""

ENOUGH_COVERED = 0.3
"""An entry that says less of what was asked for is near, but no answer."""


def cleaned(typed: str) -> str:
    """A question without what no text has: control characters, halves of characters; no longer than is read."""
    typed = typed[:MOST_LETTERS]
    return " ".join("".join(each if each.isprintable() else " " for each in typed).split())


@dataclass(frozen=True, slots=True)
class Hit:
    """A revision that answers, and where it says what was asked for."""

    revision_id: int
    ranked: Ranked


@dataclass(frozen=True, slots=True)
class Found:
    """What readers see at an instant that answers a question, best first, and what only comes near; all words that it
    was looked for by.
    """

    hits: tuple[Hit, ...]
    near: tuple[Hit, ...]
    looked_for: frozenset[str]
    at: datetime

    def read(self, hits: Iterable[Hit]) -> Iterator[tuple[Hit, Reading]]:
        """These hits, each as its readers meet it."""
        hits = list(hits)
        live = Revision.objects.live(self.at).select_related("document__translation__article")
        revisions = live.in_bulk([hit.revision_id for hit in hits])
        return ((hit, Reading.of(revisions[hit.revision_id])) for hit in hits if hit.revision_id in revisions)


def search(
    question: str, language: str, at: datetime, *, unfinished: bool = False, groups: Iterable[str] | None = None
) -> Found:
    """The articles that readers of a language see at that instant and that answer a question in their words.

    Of what is `unfinished` the last word may only have begun. `groups`: synonyms to try instead of those that are kept.
    """
    asked_for = wanted(question[:MOST_LETTERS], language, unfinished=unfinished, groups=groups)
    pinned = _pinned(question, language)
    candidates, complete = _candidates(asked_for, language)
    seen = live({*candidates, *pinned}, at)
    order = {entry.pk: place for entry, place in seen}
    best = sorted(
        ranked([entry for entry, _ in seen], asked_for),
        key=lambda each: (each.entry.pk not in pinned, each.entry.pk not in complete, -each.score),
    )[:MOST_SHOWN]
    best.sort(key=lambda each: (each.entry.pk not in pinned, *_standing(each, order[each.entry.pk])))
    hits = tuple(Hit(each.entry.revision_id, each) for each in best)
    answers = [each.covered >= ENOUGH_COVERED or each.entry.pk in complete | pinned for each in best]
    good = len(answers) - answers[::-1].index(True) if any(answers) else 0  # what comes before an answer is one, too
    looked_for = frozenset(word for each in asked_for for way in each.ways for word in way)
    return Found(hits[:good], hits[good:], looked_for, at)


def _standing(each: Ranked, order: int) -> tuple[float, int]:
    """Its place among the others: of two that fit alike, what stands first on the shelves is asked for more often."""
    return -each.score * (1 + FIRST / max(order, 1)), each.entry.revision_id


def _pinned(question: str, language: str) -> set[int]:
    """The entries that editors have put first for this very question."""
    pins = rows("SELECT question, article_id FROM search_pin WHERE language = %s", [language])
    wanted_words = key_of(question) if pins else ""
    articles = [article for pin, article in pins if key_of(pin) == wanted_words]
    if not articles:
        return set()
    entries = Entry.objects.filter(language=language, revision__document__translation__article__in=articles)
    return set(entries.values_list("pk", flat=True))


@lru_cache(maxsize=5000)
def key_of(question: str) -> str:
    """What is the same for questions that ask for the same words."""
    return " ".join(sorted({word.text for word in asked(question)}))


def _candidates(asked_for: Sequence[Wanted], language: str) -> tuple[list[int], set[int]]:
    """Entries that may answer, the likeliest first, and those that say everything if there is more than one thing.

    The work is bounded, however much there is. What says everything is always among them; of what says only a part,
    all that has a rare thing, and if there is nothing rare, some that have the rarest.
    """
    things = sorted((each for each in asked_for if each.uses), key=lambda each: sum(each.uses.values()))
    if not things:
        return [], set()
    read = accumulate(sum(thing.uses.values()) for thing in things)
    rare = [thing for thing, so_far in zip(things, read, strict=True) if so_far <= MOST_READ]
    parts = [([list(thing.uses)], MOST_READ, thing.rarity) for thing in rare]
    if not rare:
        parts = [([list(things[0].uses)], MOST_CANDIDATES, things[0].rarity)]
    everything = _everything(things)
    if len(everything) > 1:
        parts.insert(0, (everything, MOST_CANDIDATES, sum(thing.rarity for thing in things)))
    found = having([Ask(groups, heads, most) for groups, most, _ in parts for heads in (True, False)], language)
    weights: dict[int, float] = {}
    for place, entries in enumerate(found):
        weight = parts[place // 2][2] * (1.0 if place % 2 else HEADED)
        for entry in entries:
            weights[entry] = weights.get(entry, 0.0) + weight
    complete = {*found[0], *found[1]} if len(everything) > 1 else set()
    likeliest = sorted(weights, key=lambda entry: (entry not in complete, -weights[entry], entry))
    known = {place for thing in things for place in thing.places}
    all_known = all(thing.places <= known for thing in asked_for)
    return likeliest[:MOST_CANDIDATES], complete if all_known else set()


def _everything(things: Sequence[Wanted]) -> list[list[Phrase]]:
    """What an entry has that says everything: a phrase of each of these groups.

    At each place of a question one of the things that stand there is enough: of four Han that are two words, the pair
    across them may be missing.
    """
    places = {place for thing in things for place in thing.places}
    groups = {frozenset(thing for thing, each in enumerate(things) if place in each.places) for place in places}
    needed = [group for group in groups if not any(other < group for other in groups)]
    return [
        [phrase for thing in sorted(group) for phrase in things[thing].uses] for group in sorted(needed, key=sorted)
    ]
