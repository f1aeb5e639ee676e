"""From what somebody typed to what they want: words, their synonyms, and what they meant if they mistyped."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import log

from django.db.models import F, Q
from rapidfuzz.distance import OSA

from helpcenter.search.engines import Phrase, among, rows
from helpcenter.search.indexing import SHORTEST_SLIP
from helpcenter.search.models import EVERY_ENTRY, Spelling, Term
from helpcenter.search.ranking import Wanted, rarity
from helpcenter.search.words import Word, across, asked, slips, sound, stem, words

LONGEST_RUN = 8
"""The words of the longest thing that has synonyms."""

MOST_BEGUN = 10
"""How many words are tried for one that is still being typed."""

MOST_SPELLED = 100
"""How many ways of spelling them are looked at."""

SYNONYM, SLIP = 0.8, 0.7
"""What another word for it, or one that was probably meant, counts beside the word itself."""

NAME = 5.0
"""How much more a Latin word among Han counts that no entry has: it is a name, and what is not about it no answer."""

BETWEEN = 0.3
"""What a pair of Han counts that is in the index but lies across two words of the question."""


@dataclass(frozen=True, slots=True)
class Run:
    """Words of a question that mean one thing: one word, or several that have synonyms together."""

    words: tuple[Word, ...]

    @property
    def phrase(self) -> Phrase:
        """Its words as they are looked up."""
        return tuple(word.text for word in self.words)

    @property
    def places(self) -> frozenset[int]:
        """Where they stand in the question."""
        return frozenset(place for word in self.words for place in range(word.start, word.end))


def wanted(question: str, language: str, *, unfinished: bool, groups: Iterable[str] | None = None) -> list[Wanted]:
    """Each thing that a question asks for. Of what is `unfinished` the last word may only have begun.

    `groups`: synonyms, a line for each, to take instead of those that editors keep.
    """
    groups = _kept(language) if groups is None else list(groups)
    others = _synonyms(groups)
    said, sought = list(words(question)), asked(question)
    runs = _runs(said, sought, others)
    ways_said = [way for run in runs for way in [run.phrase, *others.get(run.phrase, ())]]
    uses = _uses(language, {EVERY_ENTRY, *(word for way in ways_said for word in way)})
    unknown = [run.words[0] for run in runs if run.phrase not in others and not uses.get(run.phrase[0])]
    begun: dict[str, int] = {}
    if unfinished and sought and sought[-1] in unknown:
        begun = _begun(unknown.pop(), language)
    known = {place for word in said if word not in unknown for place in range(word.start, word.end)}
    # A pair across two words that are known or ask nothing is a seam between them, and no word.
    seams = {word for word in unknown if word.is_han and known & {word.start, word.end - 1}}
    slipped = _meant([word for word in unknown if word not in seams], language, _spelled(groups))
    _keep_what_fits(sought, unknown, slipped)
    meant = {
        word: [way for text in texts for way in [(text,), *others.get((text,), ())]] for word, texts in slipped.items()
    }
    uses |= begun | _uses(language, {text for ways in meant.values() for way in ways for text in way})
    taken = {place for run in runs if len(run.words) > 1 for place in run.places}
    between = across(question, lambda pair: log(1.1 + uses.get(pair.text, 0)), taken)
    mixed = any(word.is_han for word in sought)
    found: dict[Phrase, Wanted] = {}
    for run in runs:
        if run.words[0] in seams:
            continue
        ways = {run.phrase: 1.0, **dict.fromkeys(others.get(run.phrase, ()), SYNONYM)}
        ways |= dict.fromkeys(meant.get(run.phrase[0], ()), SLIP)
        if run.words[-1] == sought[-1]:
            ways |= dict.fromkeys(((text,) for text in begun), 1.0)
        how_often = {way: min(uses.get(text, 0) for text in way) for way in ways}
        is_name = mixed and not run.words[0].is_han and not any(how_often.values())
        rare = rarity(max(how_often.values()), uses.get(EVERY_ENTRY, 0))
        if is_name:
            rare *= NAME
        elif len(run.words) == 1 and run.words[0] in between:
            rare *= BETWEEN
        places = run.places
        if run.phrase in found:
            places |= found[run.phrase].places
        found[run.phrase] = Wanted(ways, {way: often for way, often in how_often.items() if often}, rare, places)
    return list(found.values())


def _runs(said: Sequence[Word], sought: Sequence[Word], others: Mapping[Phrase, object]) -> list[Run]:
    """What is said in runs, each as long as it has synonyms; what has none word by word, if it is sought."""
    runs: list[Run] = []
    asks, begins, place = {*sought}, {phrase[0] for phrase in others if phrase}, 0
    while place < len(said):
        reach = min(len(said), place + (LONGEST_RUN if said[place].text in begins else 1))
        longest = [said[place:end] for end in range(reach, place, -1)]
        if said[place] in asks:
            longest += [[word for word in each if word in asks] for each in longest]
        tried = [Run(tuple(each)) for each in longest]
        run = next((run for run in tried if run.phrase in others), tried[-1])
        if run.phrase in others or said[place] in asks:
            runs.append(run)
            place = said.index(run.words[-1])
        place += 1
    return runs


def _keep_what_fits(sought: Sequence[Word], unknown: Sequence[Word], meant: dict[str, set[str]]) -> None:
    """Where no pair of a longer run of Han is known, what sounds alike was meant only if it makes one run again.

    Else it was not mistyped, but is about something else.
    """
    runs: list[list[Word]] = []
    for word in (word for word in sought if word.is_han):
        if runs and runs[-1][-1].start == word.start - 1:
            runs[-1].append(word)
        else:
            runs.append([word])
    for run in runs:
        if len(run) > 1 and {*run} <= {*unknown}:
            for one, other in [*pairwise(run), *reversed([*pairwise(run)])]:
                firsts, seconds = meant.pop(one.text, set()), meant.pop(other.text, set())
                meant[one.text] = {each for each in firsts if any(each[-1] == next_[0] for next_ in seconds)}
                meant[other.text] = {
                    each for each in seconds if any(before[-1] == each[0] for before in meant[one.text])
                }


def _synonyms(groups: Iterable[str]) -> Mapping[Phrase, list[Phrase]]:
    """For each way of asking for something the other ways of saying it."""
    others: dict[Phrase, list[Phrase]] = {}
    for group in groups:
        for key, ways in _read_group(group):
            others.setdefault(key, []).extend(ways)
    return others


@lru_cache(maxsize=5000)
def _read_group(group: str) -> list[tuple[Phrase, list[Phrase]]]:
    """Each line as it is asked for, also without what only asks, with the other lines as they are said."""
    lines = [line for line in group.splitlines() if line.strip()]
    said = {line: tuple(word.text for word in words(line)) for line in lines}
    asking = {line: {said[line], tuple(word.text for word in asked(line))} for line in lines}
    return [
        (key, [way for other, way in said.items() if way and other != line]) for line in lines for key in asking[line]
    ]


def _spelled(groups: Iterable[str]) -> set[tuple[str, str]]:
    """The Latin words that are synonyms by themselves, as they are spelled and as they are looked up."""
    return {pair for group in groups for pair in _spelled_in(group)}


@lru_cache(maxsize=5000)
def _spelled_in(group: str) -> list[tuple[str, str]]:
    alone = [said[0] for said in (list(words(line)) for line in group.splitlines()) if len(said) == 1]
    return [(word.spelled, word.text) for word in alone if not word.is_han and len(word.spelled) >= SHORTEST_SLIP]


def _kept(language: str) -> list[str]:
    return [words for (words,) in rows("SELECT words FROM search_synonym WHERE language = %s", [language])]


def _uses(language: str, texts: Collection[str]) -> dict[str, int]:
    if not texts:
        return {}
    sql = f"SELECT text, uses FROM search_term WHERE language = %s AND uses > 0 AND text IN ({among(texts)})"  # noqa: S608
    return dict(rows(sql, [language, *texts]))


def _begun(word: Word, language: str) -> dict[str, int]:
    """The commonest words that begin like one that is still being typed, with their uses.

    A word may go on where its stem, as it stands in the index, has ended: cancella… is a cancellation.
    """
    first, last = word.spelled, f"{word.spelled}\U0010ffff"  # a range, for it is read off the index on both databases
    spelled = Spelling.objects.filter(language=language, typed__range=(first, last), typed=F("meant"))
    stems = {stem(each) for each in spelled.values_list("typed", flat=True)[:MOST_SPELLED]}
    known = Term.objects.filter(language=language, uses__gt=0)
    begun = known.filter(Q(text__startswith=word.spelled) | Q(text__in=stems))
    return dict(begun.order_by("-uses").values_list("text", "uses")[:MOST_BEGUN])


def _meant(unknown: Sequence[Word], language: str, synonyms: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """What somebody may have meant by words that no entry has: a slip of the finger away, or of the same sound.

    `synonyms`: words that no entry needs to have, as they are spelled and as they are looked up.
    """
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
    sql = f"SELECT typed, meant FROM search_spelling WHERE language = %s AND typed IN ({among(typed)})"  # noqa: S608
    for slip, spelled in rows(sql, [language, *typed]):
        for word in typed[slip]:
            if word.is_han or OSA.distance(word.spelled, spelled) <= 1:
                meant.setdefault(word.text, set()).add(spelled if word.is_han else stem(spelled))
    for word in (word for word in unknown if not word.is_han and len(word.spelled) >= SHORTEST_SLIP):
        near = {text for spelled, text in synonyms if OSA.distance(word.spelled, spelled, score_cutoff=1) <= 1}
        meant.setdefault(word.text, set()).update(near)
    return meant
