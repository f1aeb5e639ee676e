"""From what somebody typed to the articles that answer it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from rapidfuzz.distance import OSA

from articles.reading import Reading
from helpcenter.publishing.models import Revision
from helpcenter.search.engines import Phrase, candidates
from helpcenter.search.indexing import SHORTEST_SLIP
from helpcenter.search.models import Entry, Spelling, Synonym, Term
from helpcenter.search.ranking import Ranked, Wanted, rank, rarity
from helpcenter.search.words import Word, asked, slips, sound, stem, words

MOST_LETTERS = 200
"""What is typed beyond is not read: nobody asks a longer question."""

MOST_CANDIDATES = 100
MOST_BEGUN = 10
ENOUGH_COVERED = 0.3
"""An entry that says less of what was asked for is near, but no answer."""

NAME = 2.0
"""How much more a Latin word among Han counts that no entry has: it is a name, and what is not about it no answer."""

SYNONYM, SLIP = 0.8, 0.7
"""What another word for it, or one that was probably meant, counts beside the word itself."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that answers: as readers see it now, and where it says what was asked for."""

    reading: Reading
    ranked: Ranked


@dataclass(frozen=True, slots=True)
class Found:
    """What answers a question, best first, and what only comes near; all words that it was looked for by."""

    hits: tuple[Hit, ...]
    near: tuple[Hit, ...]
    looked_for: frozenset[str]


def search(question: str, language: str, at: datetime, *, unfinished: bool = False) -> Found:
    """The articles that readers of a language see at that instant and that answer a question in their words.

    Of what is `unfinished` the last word may only have begun.
    """
    wanted = _wanted(question[:MOST_LETTERS], language, unfinished=unfinished)
    phrases = list(dict.fromkeys(way for each in wanted for way in each.ways))
    found = candidates(phrases, language, MOST_CANDIDATES)
    live = Revision.objects.live(at).filter(pk__in=[entry.revision_id for entry in found])
    readings = {each.pk: Reading.of(each) for each in live.select_related("document__translation__article")}
    places = {pk: each.revision.document.translation.article.order for pk, each in readings.items()}
    ranked = [rank(each, wanted, places[each.revision_id]) for each in found if each.revision_id in readings]
    ranked.sort(key=lambda each: (-each.score, each.entry.revision_id))
    hits = [Hit(readings[each.entry.revision_id], each) for each in ranked]
    good = tuple(hit for hit in hits if hit.ranked.covered >= ENOUGH_COVERED)
    near = tuple(hit for hit in hits if hit.ranked.covered < ENOUGH_COVERED)
    return Found(good, near, frozenset(word for phrase in phrases for word in phrase))


def _wanted(question: str, language: str, *, unfinished: bool) -> list[Wanted]:
    """What is asked for: each word once, or a run of words that has synonyms."""
    others, sought = _synonyms(language), asked(question)
    entries = Entry.objects.filter(language=language).count()
    runs: list[tuple[Phrase, list[Word]]] = []
    place = 0
    while place < len(sought):
        run = next((run for run in _runs_at(sought, place) if run in others), (sought[place].text,))
        runs.append((run, list(sought[place : place + len(run)])))
        place += len(run)
    uses = _uses(language, {word for run, _ in runs for way in [run, *others.get(run, ())] for word in way})
    unknown = [said[0] for run, said in runs if run not in others and not uses.get(run[0])]
    begun = _begun(sought[-1], language) if unfinished and sought and sought[-1] in unknown else {}
    uses |= begun
    unknown = [word for word in unknown if not begun or word != sought[-1]]
    covered = _characters(word for word in words(question) if word not in unknown)
    seams = {word.text for word in unknown if word.is_han and covered & {word.start, word.end - 1}}
    meant = _meant([word for word in unknown if word.text not in seams], language)
    uses |= _uses(language, {text for texts in meant.values() for text in texts})
    mixed = any(word.is_han for word in words(question))
    names = {run for run, said in runs if mixed and not said[0].is_han}
    wanted = []
    for run in dict.fromkeys(run for run, _ in runs if run[0] not in seams):
        ways = {run: 1.0, **dict.fromkeys(others.get(run, ()), SYNONYM)}
        ways |= {(text,): SLIP for text in meant.get(run[0], ()) if uses.get(text)}
        if begun and run == (sought[-1].text,):
            ways |= {(text,): 1.0 for text in begun}
        known = [min(uses.get(text, 0) for text in way) for way in ways]
        name = NAME if not any(known) and run in names else 1.0
        wanted.append(Wanted(ways, name * rarity(max(known), entries)))
    return wanted


def _characters(said: Iterable[Word]) -> set[int]:
    """The places of the characters of words that are known or ask nothing: a pair across two of them is a seam."""
    return {place for word in said for place in range(word.start, word.end)}


def _runs_at(sought: Sequence[Word], place: int) -> Iterable[Phrase]:
    """The runs of words that begin here, the longest first."""
    for end in range(min(len(sought), place + 8), place, -1):
        yield tuple(word.text for word in sought[place:end])


def _synonyms(language: str) -> Mapping[Phrase, list[Phrase]]:
    """For each way of asking for something the other ways of saying it, as editors have them now."""
    others: dict[Phrase, list[Phrase]] = {}
    for group in Synonym.objects.filter(language=language).values_list("words", flat=True):
        for key, ways in _read_group(group):
            others.setdefault(key, []).extend(ways)
    return others


@lru_cache(maxsize=5000)
def _read_group(group: str) -> list[tuple[Phrase, list[Phrase]]]:
    """Each line as it is asked for, with the other lines as they are said."""
    lines = [line for line in group.splitlines() if line.strip()]
    said = {line: tuple(word.text for word in words(line)) for line in lines}
    return [
        (tuple(word.text for word in asked(line)), [way for other, way in said.items() if way and other != line])
        for line in lines
    ]


def _uses(language: str, texts: Iterable[str]) -> dict[str, int]:
    known = Term.objects.filter(language=language, text__in=set(texts), uses__gt=0)
    return dict(known.values_list("text", "uses"))


def _begun(word: Word, language: str) -> dict[str, int]:
    """The commonest words that begin like one that is still being typed, with their uses."""
    known = Term.objects.filter(language=language, text__startswith=word.spelled, uses__gt=0)
    return dict(known.order_by("-uses").values_list("text", "uses")[:MOST_BEGUN])


def _meant(unknown: Sequence[Word], language: str) -> dict[str, set[str]]:
    """What somebody may have meant by words that no entry has: a slip of the finger away, or of the same sound."""
    typed: dict[str, list[Word]] = {}
    for word in unknown:
        if word.is_han and len(word.text) == 2:
            typed.setdefault(sound(word.text), []).append(word)
        elif len(word.spelled) >= SHORTEST_SLIP:
            for slip in slips(word.spelled):
                typed.setdefault(slip, []).append(word)
    meant: dict[str, set[str]] = {}
    if not typed:
        return meant
    for slip, spelled in Spelling.objects.filter(language=language, typed__in=typed).values_list("typed", "meant"):
        for word in typed[slip]:
            if word.is_han or OSA.distance(word.spelled, spelled) <= 1:
                meant.setdefault(word.text, set()).add(spelled if word.is_han else stem(spelled))
    return meant
