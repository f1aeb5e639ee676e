"""From what somebody typed to what they want: words, their synonyms, and what they meant if they mistyped."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import F, Q
from rapidfuzz.distance import OSA

from helpcenter.search.engines import Phrase, among, rows
from helpcenter.search.indexing import SHORTEST_SLIP
from helpcenter.search.models import EVERY_ENTRY, Spelling, Term
from helpcenter.search.ranking import Wanted, rarity
from helpcenter.search.words import Word, asked, slips, sound, stem, words

LONGEST_RUN = 8
"""The words of the longest thing that has synonyms."""

MOST_BEGUN = 10
"""How many words are tried for one that is still being typed."""

MOST_SPELLED = 100
"""How many ways of spelling them are looked at."""

SYNONYM, SLIP = 0.8, 0.7
"""What another word for it, or one that was probably meant, counts beside the word itself."""

NAME = 2.0
"""How much more a Latin word among Han counts that no entry has: it is a name, and what is not about it no answer."""


@dataclass(frozen=True, slots=True)
class Run:
    """Words of a question that mean one thing: one word, or several that have synonyms together."""

    words: tuple[Word, ...]

    @property
    def phrase(self) -> Phrase:
        """Its words as they are looked up."""
        return tuple(word.text for word in self.words)


def wanted(question: str, language: str, *, unfinished: bool, groups: Iterable[str] | None = None) -> list[Wanted]:
    """Each thing that a question asks for. Of what is `unfinished` the last word may only have begun.

    `groups`: synonyms, a line for each, to take instead of those that editors keep.
    """
    others, sought = _synonyms(_kept(language) if groups is None else groups), asked(question)
    runs = _runs(sought, others)
    ways_said = [way for run in runs for way in [run.phrase, *others.get(run.phrase, ())]]
    uses = _uses(language, {EVERY_ENTRY, *(word for way in ways_said for word in way)})
    unknown = [run.words[0] for run in runs if run.phrase not in others and not uses.get(run.phrase[0])]
    begun: dict[str, int] = {}
    if unfinished and sought and sought[-1] in unknown:
        begun = _begun(unknown.pop(), language)
    known = {place for word in words(question) if word not in unknown for place in range(word.start, word.end)}
    # A pair across two words that are known or ask nothing is a seam between them, and no word.
    seams = {word for word in unknown if word.is_han and known & {word.start, word.end - 1}}
    strange = _strange(sought, unknown)
    meant = _meant([word for word in unknown if word not in seams | strange], language)
    uses |= begun | _uses(language, {text for texts in meant.values() for text in texts})
    mixed = any(word.is_han for word in sought)
    found: dict[Phrase, Wanted] = {}
    for run in runs:
        if run.words[0] in seams:
            continue
        ways = {run.phrase: 1.0, **dict.fromkeys(others.get(run.phrase, ()), SYNONYM)}
        ways |= dict.fromkeys(((text,) for text in meant.get(run.phrase[0], ())), SLIP)
        if run.words[-1] == sought[-1]:
            ways |= dict.fromkeys(((text,) for text in begun), 1.0)
        how_often = {way: min(uses.get(text, 0) for text in way) for way in ways}
        is_name = mixed and not run.words[0].is_han and not any(how_often.values())
        rare = rarity(max(how_often.values()), uses.get(EVERY_ENTRY, 0)) * (NAME if is_name else 1.0)
        places = frozenset(place for word in run.words for place in range(word.start, word.end))
        if run.phrase in found:
            places |= found[run.phrase].places
        found[run.phrase] = Wanted(ways, {way: often for way, often in how_often.items() if often}, rare, places)
    return list(found.values())


def _runs(sought: Sequence[Word], others: Mapping[Phrase, object]) -> list[Run]:
    """The words in runs, each as long as it has synonyms; the words that have none alone."""
    runs: list[Run] = []
    place = 0
    while place < len(sought):
        longest = [Run(tuple(sought[place:end])) for end in range(min(len(sought), place + LONGEST_RUN), place, -1)]
        runs.append(next((run for run in longest if run.phrase in others), longest[-1]))
        place += len(runs[-1].words)
    return runs


def _strange(sought: Sequence[Word], unknown: Sequence[Word]) -> set[Word]:
    """The pairs of each longer run of Han in which no pair is known: not mistyped, but about something else."""
    runs: list[list[Word]] = []
    for word in (word for word in sought if word.is_han):
        if runs and runs[-1][-1].start == word.start - 1:
            runs[-1].append(word)
        else:
            runs.append([word])
    return {word for run in runs if len(run) > 1 and {*run} <= {*unknown} for word in run}


def _synonyms(groups: Iterable[str]) -> Mapping[Phrase, list[Phrase]]:
    """For each way of asking for something the other ways of saying it."""
    others: dict[Phrase, list[Phrase]] = {}
    for group in groups:
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
    sql = f"SELECT typed, meant FROM search_spelling WHERE language = %s AND typed IN ({among(typed)})"  # noqa: S608
    for slip, spelled in rows(sql, [language, *typed]):
        for word in typed[slip]:
            if word.is_han or OSA.distance(word.spelled, spelled) <= 1:
                meant.setdefault(word.text, set()).add(spelled if word.is_han else stem(spelled))
    return meant
