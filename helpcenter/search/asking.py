"""From a question to the articles that answer it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import accumulate

from helpcenter.search.engines import Ask, Phrase, Tier, likeliest, rows
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

FEW = 20_000
"""So many entries are looked for in the index; of more, PostgreSQL may meet some sooner by reading the table."""

ENOUGH_COVERED = 0.3
"""An entry that says less of what was asked for is near, but no answer."""


def cleaned(typed: str) -> str:
    """A question without what no text has: control characters, halves of characters; no longer than is read."""
    typed = typed[:MOST_LETTERS]
    return " ".join("".join(each if each.isprintable() else " " for each in typed).split())


@dataclass(frozen=True, slots=True)
class Found:
    """What readers see that answers a question, best first, and what only comes near; all words that it was looked
    for by.
    """

    hits: tuple[Ranked, ...]
    near: tuple[Ranked, ...]
    looked_for: frozenset[str]


@dataclass(frozen=True, slots=True)
class Repairs:
    """What editors keep so that readers of a language find more: synonyms, and articles that come first."""

    groups: Sequence[str]
    pins: Sequence[tuple[str, int]]


def repairs(language: str, at: datetime) -> Repairs:
    """What is kept by that instant; it moves the epoch."""
    sql = """
        SELECT words, 0 FROM search_synonym WHERE language = %s
        UNION ALL SELECT question, article_id FROM search_pin WHERE language = %s
    """
    kept = rows(sql, [language, language])
    return Repairs([words for words, article in kept if not article], [pin for pin in kept if pin[1]])


def search(
    question: str, language: str, at: datetime, *, unfinished: bool = False, kept: Repairs | None = None
) -> Found:
    """The articles that readers of a language see at that instant and that answer a question in their words.

    Of what is `unfinished` the last word may only have begun. `kept`: what editors keep, where it is known already, or
    is to be tried.
    """
    kept = kept or repairs(language, at)
    asked_for = wanted(question[:MOST_LETTERS], language, kept.groups, unfinished=unfinished)
    wanted_words = key_of(question) if kept.pins else ""
    pinned = [article for pin, article in kept.pins if key_of(pin) == wanted_words]
    asks, all_known = _asks(asked_for)
    seen = likeliest(asks, pinned, language, at, MOST_CANDIDATES)

    def tier(each: Ranked) -> Tier:
        return Tier.PART if each.entry.tier == Tier.COMPLETE and not all_known else each.entry.tier

    best = sorted(ranked(seen, asked_for), key=lambda each: (-tier(each), -each.score, each.entry.revision_id))[
        :MOST_SHOWN
    ]
    best.sort(key=lambda each: (tier(each) != Tier.PINNED, *_place(each)))
    answers = [each.covered >= ENOUGH_COVERED or tier(each) > Tier.PART for each in best]
    good = len(answers) - answers[::-1].index(True) if any(answers) else 0  # what comes before an answer is one, too
    looked_for = frozenset(word for each in asked_for for way in each.ways for word in way)
    return Found(tuple(best[:good]), tuple(best[good:]), looked_for)


def _place(each: Ranked) -> tuple[float, int]:
    """Its place among the others: of two that fit alike, what stands first on the shelves is asked for more often."""
    return -each.score * (1 + FIRST / max(each.entry.order, 1)), each.entry.revision_id


@lru_cache(maxsize=5000)
def key_of(question: str) -> str:
    """What is the same for questions that ask for the same words."""
    return " ".join(sorted({word.text for word in asked(question)}))


def _asks(asked_for: Sequence[Wanted]) -> tuple[list[Ask], bool]:
    """What to ask the index for, and whether what has all of it says everything.

    The work is bounded, however much there is. What says everything is always among the likeliest; of what says only a
    part, all that has a rare thing, and if there is nothing rare, some that have the rarest.
    """
    things = sorted((each for each in asked_for if each.uses), key=lambda each: sum(each.uses.values()))
    if not things:
        return [], False
    read = accumulate(sum(thing.uses.values()) for thing in things)
    rare = [thing for thing, so_far in zip(things, read, strict=True) if so_far <= MOST_READ]
    # Of one thing alone the likeliest are the first that have it, those with it in their headings before all others.
    most = MOST_READ if len(things) > 1 else MOST_CANDIDATES
    if not rare:
        rare, most = things[:1], MOST_CANDIDATES
    asks = [Ask([list(each.uses)], most, each.rarity, of_few=sum(each.uses.values()) <= FEW) for each in rare]
    everything = _everything(things)
    if len(everything) > 1:
        asks.append(Ask(everything, MOST_CANDIDATES, sum(thing.rarity for thing in things), Tier.COMPLETE))
    known = {place for thing in things for place in thing.places}
    return asks, all(thing.places <= known for thing in asked_for)


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
