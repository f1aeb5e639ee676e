"""From a question to the articles that answer it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from articles.reading import Reading
from helpcenter.publishing.models import Revision
from helpcenter.search.engines import Phrase, likeliest, some
from helpcenter.search.models import Entry, Pin
from helpcenter.search.ranking import Ranked, Wanted, rank
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

ENOUGH_COVERED = 0.3
"""An entry that says less of what was asked for is near, but no answer."""


def cleaned(typed: str) -> str:
    """A question without what no text has: control characters, halves of characters; no longer than is read."""
    typed = typed[:MOST_LETTERS]
    return " ".join("".join(each if each.isprintable() else " " for each in typed).split())


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that answers: the revision that readers see, and where it says what was asked for."""

    revision: Revision
    ranked: Ranked

    @property
    def reading(self) -> Reading:
        """It as its readers meet it."""
        return Reading.of(self.revision)


@dataclass(frozen=True, slots=True)
class Found:
    """What answers a question, best first, and what only comes near; all words that it was looked for by."""

    hits: tuple[Hit, ...]
    near: tuple[Hit, ...]
    looked_for: frozenset[str]


def search(
    question: str, language: str, at: datetime, *, unfinished: bool = False, groups: Iterable[str] | None = None
) -> Found:
    """The articles that readers of a language see at that instant and that answer a question in their words.

    Of what is `unfinished` the last word may only have begun. `groups`: synonyms to try instead of those that are kept.
    """
    asked_for = wanted(question[:MOST_LETTERS], language, unfinished=unfinished, groups=groups)
    pinned = _pinned(question, language)
    ranked = [rank(entry, asked_for) for entry in _candidates(asked_for, language)]
    ranked.sort(key=lambda each: -each.score)
    shown = [*ranked[:MOST_SHOWN], *(rank(entry, asked_for) for entry in pinned)]
    best = {each.entry.revision_id: each for each in shown}
    live = Revision.objects.live(at).filter(pk__in=best).select_related("document__translation__article")
    hits = [Hit(revision, best[revision.pk]) for revision in live]
    first = {entry.revision_id for entry in pinned}
    hits.sort(key=lambda hit: (hit.revision.pk not in first, *_standing(hit)))
    good = tuple(hit for hit in hits if hit.ranked.covered >= ENOUGH_COVERED or hit.revision.pk in first)
    near = tuple(hit for hit in hits if hit not in good)
    return Found(good, near, frozenset(word for each in asked_for for way in each.ways for word in way))


def _standing(hit: Hit) -> tuple[float, int]:
    """Its place among the others: of two that fit alike, what stands first on the shelves is asked for more often."""
    order = hit.revision.document.translation.article.order
    return -hit.ranked.score * (1 + FIRST / max(order, 1)), hit.revision.pk


def _pinned(question: str, language: str) -> list[Entry]:
    """What editors have put first for this very question."""
    wanted_words = key_of(question)
    pins = Pin.objects.filter(language=language).values_list("question", "article")
    articles = [article for pin, article in pins if key_of(pin) == wanted_words]
    if not articles:
        return []
    return list(Entry.objects.filter(language=language, revision__document__translation__article__in=articles))


def key_of(question: str) -> str:
    """What is the same for questions that ask for the same words."""
    return " ".join(sorted({word.text for word in asked(question)}))


def _candidates(asked_for: Sequence[Wanted], language: str) -> list[Entry]:
    """Entries that may answer: all that have a rare thing, the likeliest first; of common things alone, some.

    The work is bounded, however much there is: a question of eight words that every article has would weigh them all.
    """
    things = sorted((each for each in asked_for if each.uses), key=lambda each: sum(each.uses.values()))
    rare: list[Phrase] = []
    read = 0
    for thing in things:
        read += sum(thing.uses.values())
        if read > MOST_READ:
            break
        rare += thing.uses
    if rare:
        return likeliest(rare, language, MOST_CANDIDATES)
    groups = [list(thing.uses) for thing in things]
    return some(groups, language, MOST_CANDIDATES) or some(groups[:1], language, MOST_CANDIDATES)
