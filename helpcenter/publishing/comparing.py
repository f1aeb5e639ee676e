"""What changed between two texts, word by word. A Han character is a word, so is a run of Latin letters.

rapidfuzz aligns the words: Python's difflib takes minutes where words repeat, and its shortcut (autojunk) gives up.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from rapidfuzz.distance import LCSseq, Opcodes

WORD = re.compile(r"(\s*)([^\W_㐀-鿿]+|\S|\Z)")
"""A word with the blank before it. Words alone are aligned; blanks go with them."""

LINE = re.compile(r"()([^\n]*\n?)")

MOST_CELLS = 10**9
"""Aligning takes a bit of memory for each pair of words, 125 MB here. Longer texts are compared line by line."""


class Change(StrEnum):
    """What happened to a run of words."""

    KEPT = "kept"
    INSERTED = "inserted"
    DELETED = "deleted"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Run:
    """Words in a row that share one fate; of something moved, its place among the old and among the new."""

    change: Change
    words: str
    places: tuple[int, int] | None = None


type Words = str | Mapping[str, str]
"""What a passage says: a text, or things in an order, each by its key. Only of those can be said that one moved."""


def compare(old: str, new: str) -> list[Run]:
    """The runs of the new text and what was deleted from the old, in reading order."""
    before, after = WORD.findall(old), WORD.findall(new)
    if len(before) * len(after) > MOST_CELLS:
        before, after = LINE.findall(old), LINE.findall(new)
    runs = groupby(_pieces(before, after), key=lambda piece: piece[0])
    return [Run(change, words) for change, each in runs if (words := "".join(text for _, text in each))]


def compare_order(old: Mapping[str, str], new: Mapping[str, str]) -> list[Run]:
    """Things in their new order, those that are gone at the end; the fewest that explain the new order are moved."""
    stayed = [key for key in old if key in new]
    settled = {stayed[i] for i in _aligned(stayed, [key for key in new if key in old])}
    was = {key: place for place, key in enumerate(old, start=1)}

    def run(key: str, place: int) -> Run:
        if key not in old:
            return Run(Change.INSERTED, new[key])
        return Run(Change.KEPT, new[key]) if key in settled else Run(Change.MOVED, new[key], (was[key], place))

    gone = [Run(Change.DELETED, words) for key, words in old.items() if key not in new]
    return [*(run(key, place) for place, key in enumerate(new, start=1)), *gone]


def compare_passages(old: Iterable[tuple[str, Words]], new: Iterable[tuple[str, Words]]) -> list[tuple[str, list[Run]]]:
    """Each field in which two bodies differ, with its runs; fields in the order of the new one."""
    before, after = dict(old), dict(new)
    differences = []
    for field in dict.fromkeys([*after, *before]):
        match before.get(field, ""), after.get(field, ""):
            case str(was), str(words) if was != words:
                differences.append((field, compare(was, words)))
            case (was, words) if not isinstance(was, str) or not isinstance(words, str):
                # An order that is not there at all is an empty one.
                earlier, later = (value if isinstance(value, Mapping) else {} for value in (was, words))
                if list(earlier) != list(later):
                    runs = compare_order(earlier, later)
                    differences.append((field, [each for run in runs for each in (Run(Change.KEPT, " · "), run)][1:]))
    return differences


type _Word = tuple[str, str]


def _pieces(before: list[_Word], after: list[_Word]) -> Iterator[tuple[Change, str]]:
    i = j = 0
    for i1, i2, j1, j2 in [*_edits(before, after), (len(before), len(before), len(after), len(after))]:
        for (blank, word), (new_blank, _) in zip(before[i:i1], after[j:j1], strict=True):
            if blank == new_blank:
                yield Change.KEPT, blank
            else:
                yield Change.DELETED, blank
                yield Change.INSERTED, new_blank
            yield Change.KEPT, word
        old, new = ("".join(blank + word for blank, word in words) for words in (before[i1:i2], after[j1:j2]))
        shared = before[i1][0] if i1 < i2 and j1 < j2 and before[i1][0] == after[j1][0] else ""
        yield Change.KEPT, shared
        yield Change.DELETED, old.removeprefix(shared)
        yield Change.INSERTED, new.removeprefix(shared)
        i, j = i2, j2


def _edits(before: list[_Word], after: list[_Word]) -> list[tuple[int, int, int, int]]:
    """Spans of the old words and the new ones that take their place.

    A word or two kept by chance in a sentence written anew would cut it into crumbs: they count as written anew.
    """
    edits: list[tuple[int, int, int, int]] = []
    for code in _opcodes([word for _, word in before], [word for _, word in after]):
        if code.tag == "equal":
            continue
        i1, i2, j1, j2 = code.src_start, code.src_end, code.dest_start, code.dest_end
        while edits and _by_chance(before, edits[-1], (i1, i2, j1, j2)):
            i1, _, j1, _ = edits.pop()
        edits.append((i1, i2, j1, j2))
    return edits


def _by_chance(before: list[_Word], edit: tuple[int, int, int, int], next_edit: tuple[int, int, int, int]) -> bool:
    kept = before[edit[1] : next_edit[0]]
    if not any(word.isalnum() for _, word in kept):
        return True
    return len(kept) <= min(max(i2 - i1, j2 - j1) for i1, i2, j1, j2 in (edit, next_edit))


def _aligned(old: list[str], new: list[str]) -> list[int]:
    codes = _opcodes(old, new)
    return [place for code in codes if code.tag == "equal" for place in range(code.src_start, code.src_end)]


def _opcodes(old: list[str], new: list[str]) -> Opcodes:
    """How one list becomes the other. Words go in as numbers: by its hashes rapidfuzz takes some for alike."""
    numbers: dict[str, int] = {}
    return LCSseq.opcodes(*([numbers.setdefault(word, len(numbers)) for word in words] for words in (old, new)))
