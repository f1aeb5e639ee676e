"""From what somebody typed to what they want: words, their synonyms, and what they meant if they mistyped."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import log
from typing import Any

from rapidfuzz.distance import OSA

from helpcenter.search.engines import Phrase, among, rows
from helpcenter.search.indexing import SHORTEST_SLIP
from helpcenter.search.models import EVERY_ENTRY
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


def wanted(question: str, language: str, groups: Sequence[str], *, unfinished: bool) -> list[Wanted]:
    """Each thing that a question asks for. Of what is `unfinished` the last word may only have begun.

    `groups`: synonyms, a line for each.
    """
    others = _synonyms(groups)
    said, sought = list(words(question)), asked(question)
    runs = _runs(said, sought, others)
    ways_said = [way for run in runs for way in [run.phrase, *others.get(run.phrase, ())]]
    alone = [run.words[0] for run in runs if run.phrase not in others]
    last = sought[-1] if unfinished and sought else None
    uses, spelled, begun = _known({EVERY_ENTRY, *(word for way in ways_said for word in way)}, alone, last, language)
    unknown = [word for word in alone if not uses.get(word.text)]
    stems: set[str] = set()
    if last and last in unknown:
        unknown.remove(last)
        stems = {stem(meant) for typed, meant in spelled if typed == meant and typed.startswith(last.spelled)}
    else:
        begun = {}
    known = {place for word in said if word not in unknown for place in range(word.start, word.end)}
    # A pair across two words that are known or ask nothing is a seam between them, and no word.
    seams = {word for word in unknown if word.is_han and known & {word.start, word.end - 1}}
    slipped = _meant([word for word in unknown if word not in seams], spelled, language, _spelled(groups))
    _keep_what_fits(sought, unknown, slipped)
    meant = {
        word: [way for text in texts for way in [(text,), *others.get((text,), ())]] for word, texts in slipped.items()
    }
    uses |= begun
    more = stems | {text for ways in meant.values() for way in ways for text in way}
    uses |= _uses(more - uses.keys(), language)
    begun |= {text: uses[text] for text in stems & uses.keys()}
    begun_best = sorted(begun, key=lambda text: (-begun[text], text))[:MOST_BEGUN]
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
            ways |= dict.fromkeys(((text,) for text in begun_best), 1.0)
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


def _known(
    texts: Collection[str], alone: Iterable[Word], last: Word | None, language: str
) -> tuple[dict[str, int], list[tuple[str, str]], dict[str, int]]:
    """How many entries have each of these words; what is typed for words of the index that may be meant by those that
    stand alone, a slip away or begun like the last one; and the commonest words that begin like it.

    One question, though most words are known: the second would wait for the answer of the first.
    """
    term = "SELECT {}, text, '', uses FROM search_term WHERE language = %s AND uses > 0 AND text"
    spelled = "SELECT 1, typed, meant, 0 FROM search_spelling WHERE language = %s AND typed"
    parts = [f"{term.format(0)} IN ({among(texts)})"]
    params: list[Any] = [language, *texts]
    if slipped := {slip for word in alone if not word.is_han for slip in _slips(word)}:
        parts.append(f"{spelled} IN ({among(slipped)})")
        params += [language, *slipped]
    if last:  # a range, for it is read off the index on both databases
        parts.append(f"SELECT * FROM ({spelled} BETWEEN %s AND %s AND typed = meant LIMIT %s) AS spelled")  # noqa: S608
        parts.append(f"SELECT * FROM ({term.format(2)} BETWEEN %s AND %s ORDER BY uses DESC LIMIT %s) AS begun")  # noqa: S608
        begun_like = last.spelled, f"{last.spelled}\U0010ffff"
        params += [language, *begun_like, MOST_SPELLED, language, *begun_like, MOST_BEGUN]
    known = rows(" UNION ALL ".join(parts), params)
    uses, begun = ({text: often for place, text, _, often in known if place == each} for each in (0, 2))
    return uses, [(typed, meant) for place, typed, meant, _ in known if place == 1], begun


def _uses(texts: Collection[str], language: str) -> dict[str, int]:
    if not texts:
        return {}
    sql = f"SELECT text, uses FROM search_term WHERE language = %s AND uses > 0 AND text IN ({among(texts)})"  # noqa: S608
    return dict(rows(sql, [language, *texts]))


def _slips(word: Word) -> set[str]:
    return slips(word.spelled) if len(word.spelled) >= SHORTEST_SLIP else set()


def _meant(
    unknown: Sequence[Word], spelled: Iterable[tuple[str, str]], language: str, synonyms: Iterable[tuple[str, str]]
) -> dict[str, set[str]]:
    """What somebody may have meant by words that no entry has: a slip of the finger away, or of the same sound.

    `spelled`: what is typed for words of the index; `synonyms`: words that no entry needs to have, as they are spelled
    and as they are looked up.
    """
    typed: dict[str, list[Word]] = {}
    for word in unknown:
        for each in {sound(word.text)} if word.is_han and len(word.text) == 2 else _slips(word):
            typed.setdefault(each, []).append(word)
    sounds = [each for each, said in typed.items() if said[0].is_han]
    if sounds:
        sql = f"SELECT typed, meant FROM search_spelling WHERE language = %s AND typed IN ({among(sounds)})"  # noqa: S608
        spelled = [*spelled, *rows(sql, [language, *sounds])]
    meant: dict[str, set[str]] = {}
    for each, right in spelled:
        for word in typed.get(each, ()):
            if word.is_han or OSA.distance(word.spelled, right) <= 1:
                meant.setdefault(word.text, set()).add(right if word.is_han else stem(right))
    for word in (word for word in unknown if not word.is_han and len(word.spelled) >= SHORTEST_SLIP):
        near = {text for right, text in synonyms if OSA.distance(word.spelled, right, score_cutoff=1) <= 1}
        meant.setdefault(word.text, set()).update(near)
    return meant
