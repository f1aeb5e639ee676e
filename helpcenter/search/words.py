"""From text to the words that are searched for: the same for what is indexed and for what is typed.

Letters are folded (width, case, Traditional and Simplified), runs of Han become overlapping pairs, because Chinese has
no spaces and a word of two characters is the commonest question, and Latin words lose their English endings.
docs/decisions/0012-search.md
"""

import re
import unicodedata
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from threading import Lock

import snowballstemmer
from opencc import OpenCC

MOST_LETTERS = 40
"""A longer word is no word: it is cut, so that nobody fills the index or a question with one."""

ASKS_NOTHING = 1.5
"""What a word that asks nothing is worth, where it is to be found out which characters are a word."""

_HAN = "\u3400-\u9fff\U00020000-\U0003ffff"
_ASK_NOTHING = frozenset(Path(__file__).with_name("ask_nothing.txt").read_text(encoding="utf-8").split())
"""Words in which a question is put and that say nothing of what it is about, folded."""

_PARTICLES = frozenset("的了吗呢吧么嘛啊咗仲嘅唔冇啲佢哋喺怎我你您这那哪如何")
"""Characters that only join others: a pair with one of them is no word of its own."""

_RUNS = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_VARIANTS = str.maketrans("帐锺", "账钟")  # of two characters for one word OpenCC keeps both
_to_simplified = OpenCC("t2s")
_stemmer = snowballstemmer.stemmer("english")
_stemming = Lock()  # it keeps the word that it is at in itself: two threads at once garble theirs


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text: as it is looked up, as it was spelled (folded), and where it stands."""

    text: str
    spelled: str
    start: int
    end: int

    @property
    def is_han(self) -> bool:
        """Whether it is Han: a pair of characters, or one that stands alone."""
        return bool(re.match(f"[{_HAN}]", self.text))


@lru_cache(maxsize=30_000)
def fold(character: str) -> str:
    """One character in its plainest form: half width, lower case, Simplified. May be several, or none."""
    plain = unicodedata.normalize("NFKC", character).casefold()
    return str(_to_simplified.convert(plain)).translate(_VARIANTS)


def words(text: str) -> Iterator[Word]:
    """The words of a text, in their order."""
    folded, places = [], []
    for place, character in enumerate(text):
        for each in fold(character):
            folded.append(each)
            places.append(place)
    for run in _RUNS.finditer("".join(folded)):
        spelled, start, end = run[0], run.start(), run.end()
        if not re.match(f"[{_HAN}]", spelled):
            yield Word(stem(spelled[:MOST_LETTERS]), spelled[:MOST_LETTERS], places[start], places[end - 1] + 1)
        elif len(spelled) == 1:
            yield Word(spelled, spelled, places[start], places[start] + 1)
        else:
            for first in range(start, end - 1):
                pair = spelled[first - start : first - start + 2]
                yield Word(pair, pair, places[first], places[first + 1] + 1)


def asked(question: str) -> list[Word]:
    """What a question asks for: without the words that only make it a question, unless there are no others."""
    said = list(words(question))
    return [word for word in said if word.spelled not in _ASK_NOTHING and not _PARTICLES & {*word.spelled}] or said


def across(question: str, worth: Callable[[Word], float], taken: Container[int] = ()) -> set[Word]:
    """The pairs of Han that lie across words of a question: of 取消訂閱 the one in the middle.

    Of all ways to read it as words that do not overlap, and not at the places that are `taken`, the one is meant that
    is `worth` most.
    """
    pairs = {word.end: word for word in words(question) if word.is_han and len(word.text) == 2}
    best: list[tuple[float, frozenset[Word]]] = [(0.0, frozenset())]  # up to each place: how good, and the words
    for end in range(1, len(question) + 1):
        pair = pairs.get(end)
        best.append(best[-1])
        if pair and not (pair.start in taken or end - 1 in taken):
            score, read = best[pair.start]
            score += ASKS_NOTHING if pair.text in _ASK_NOTHING else worth(pair)
            best[end] = max(best[end], (score, read | {pair}), key=itemgetter(0))
    return {*pairs.values()} - best[-1][1]


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A Latin word without its English ending: cancelled, cancelling, cancels → cancel."""
    with _stemming:
        return str(_stemmer.stemWord(word))


def slips(word: str) -> set[str]:
    """A Latin word and what is left of it with one letter gone: two words with one of these in common are a slip apart.

    One letter wrong, missing, too many, or two in the wrong order (SymSpell's deletion neighbourhood).
    """
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


@lru_cache(maxsize=50_000)
def sound(pair: str) -> str:
    """How Han characters are read, without tones: 退款 and 推款 are both tui kuan."""
    from pypinyin import lazy_pinyin  # its tables take half a second: only when something is looked up by its sound

    return " ".join(lazy_pinyin(pair))
