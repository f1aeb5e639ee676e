"""What changed between two texts, word by word. A Han character is a word, so is a run of Latin letters."""

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

WORD = re.compile(r"[^\W_㐀-鿿]+|\s+|.", re.DOTALL)


class Change(StrEnum):
    """What happened to a run of words."""

    KEPT = "kept"
    INSERTED = "inserted"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Run:
    """Words in a row that share one fate."""

    change: Change
    words: str


def compare(old: str, new: str) -> Iterator[Run]:
    """The runs of the new text and what was deleted from the old, in reading order."""
    before, after = WORD.findall(old), WORD.findall(new)
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            yield Run(Change.KEPT, "".join(before[i1:i2]))
            continue
        if i1 < i2:
            yield Run(Change.DELETED, "".join(before[i1:i2]))
        if j1 < j2:
            yield Run(Change.INSERTED, "".join(after[j1:j2]))


def compare_passages(old: Iterable[tuple[str, str]], new: Iterable[tuple[str, str]]) -> list[tuple[str, list[Run]]]:
    """Each field in which two texts differ, with its runs; fields in the order of the new text."""
    before, after = dict(old), dict(new)
    return [
        (field, list(compare(before.get(field, ""), after.get(field, ""))))
        for field in dict.fromkeys([*after, *before])
        if before.get(field) != after.get(field)
    ]
