"""Texts that nobody wrote, as long as real ones: words drawn as a language has them, few common, many rare."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import accumulate, pairwise
from typing import Any, Self

from helpcenter.facts.sheets import languages
from helpcenter.search.words import asked, fold, stem

SIGNS, VOCABULARY = 1000, 30_000
SENTENCE = 12
"""How many words a sentence has at most."""


@dataclass(frozen=True, slots=True)
class Said:
    """Some words as they are written, and as the index has them."""

    text: str
    found: str


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A link or a fact as it is written, as the index has it, and what it points at."""

    text: str
    found: str
    kind: str
    target: str


class Words:
    """Draws words as a language has them: the n-th commonest 1/n times as often as the commonest."""

    def __init__(self, chance: random.Random, words: Sequence[str], *, is_han: bool) -> None:
        self.chance, self.words, self.is_han = chance, words, is_han
        self._weights = list(accumulate(1 / (place + 3) for place in range(len(words))))

    def some(self, count: int) -> list[str]:
        """So many words."""
        return self.chance.choices(self.words, cum_weights=self._weights, k=count)

    def say(self, count: int, *, stop: bool = True) -> Said:
        """So many words in sentences; a name has no full stop."""
        sentences = [self.some(min(SENTENCE, count - start)) for start in range(0, count, SENTENCE)]
        if self.is_han:
            text = "。".join("".join(words) for words in sentences) + "。" * stop
        else:
            text = ". ".join(" ".join(words).capitalize() for words in sentences) + "." * stop
        return Said(text, " ".join(map(self._cut, sentences)))

    def _cut(self, said: Sequence[str]) -> str:
        """What the index has of these words one after the other, without looking at each character."""
        if self.is_han:
            return " ".join(first + second for first, second in pairwise("".join(said)))
        return " ".join(map(stem, said))


def vocabularies(seed: int) -> dict[str, Words]:
    """The words of each language, drawn by a seed; what there is to draw from is always the same."""
    chance = random.Random(seed)  # noqa: S311 (no secret)
    is_han = {code: code.startswith("zh") for code in languages()}
    return {code: Words(chance, known_words(is_han=is_han[code]), is_han=is_han[code]) for code in languages()}


@cache
def known_words(*, is_han: bool) -> tuple[str, ...]:
    """Two characters or some letters, the commonest first; none that only makes a question."""
    chance = random.Random(1)  # noqa: S311 (no secret)
    if is_han:
        signs = (chr(code) for code in range(0x4E00, 0x4E00 + 6000))
        tell = [sign for sign in signs if fold(sign) == sign and _tells(sign * 2)][:SIGNS]
        drawn = ["".join(chance.choices(tell, k=2)) for _ in range(VOCABULARY)]
    else:
        drawn = ["".join(chance.choices("etaoinshrdlucmfw", k=chance.randint(3, 9))) for _ in range(VOCABULARY)]
    return tuple(dict.fromkeys(filter(_tells, drawn)))


def _tells(word: str) -> bool:
    """Whether a question asks for it when it says something else, too."""
    return len(asked(f"{word} 退款")) > 1


@dataclass(frozen=True, slots=True)
class Length:
    """How many sections and steps a text has, and how many words their parts."""

    title: int = 5
    summary: int = 25
    question: int = 6
    sections: int = 6
    heading: int = 4
    section: int = 70
    steps: int = 3
    step: int = 20
    trouble: int = 12

    def parts(self) -> dict[str, tuple[int, bool]]:
        """Every part by its name: how many words, and whether they are sentences."""
        parts = {"title": (self.title, False), "summary": (self.summary, True), "question": (self.question, False)}
        for number in range(1, self.sections + 1):
            parts |= {f"heading {number}": (self.heading, False), f"section {number}": (self.section, True)}
        for number in range(1, self.steps + 1):
            parts |= {f"step {number} title": (self.heading, False), f"step {number} text": (self.step, True)}
            parts |= {f"step {number} see": (self.heading, True), f"step {number} if_not": (self.trouble, True)}
        return parts


REAL = Length()
"""As long as the bundled articles are."""


@dataclass(frozen=True, slots=True)
class Text:
    """What one version of an article says. `mentioned` are the links and facts at the end of it."""

    length: Length
    parts: Mapping[str, Said]
    mentioned: Sequence[Mentioned]

    @classmethod
    def drawn(cls, words: Words, length: Length, mentioned: Sequence[Mentioned]) -> Self:
        """A new one."""
        parts = {name: words.say(count, stop=stop) for name, (count, stop) in length.parts().items()}
        return cls(length, parts, mentioned)

    @property
    def title(self) -> Said:
        """Its title."""
        return self.parts["title"]

    def edited(self, words: Words) -> Self:
        """The next version: one part says something else."""
        parts = self.length.parts()
        name = words.chance.choice(list(parts))
        count, stop = parts[name]
        return replace(self, parts={**self.parts, name: words.say(count, stop=stop)})

    def body(self, checked_on: str) -> dict[str, Any]:
        """The body of a revision that says it."""
        said = {name: part.text for name, part in self.parts.items()}
        sections = [
            f"{{#part-{number}}}\n## {said[f'heading {number}']}\n\n{said[f'section {number}']}"
            for number in range(1, self.length.sections + 1)
        ]
        return {
            "title": said["title"],
            "summary": said["summary"],
            "steps": [
                {
                    "key": f"step-{number}",
                    **{name: said[f"step {number} {name}"] for name in ("title", "text", "see", "if_not")},
                }
                for number in range(1, self.length.steps + 1)
            ],
            "text": "\n\n".join([*sections, *(each.text for each in self.mentioned)]),
            "questions": [said["question"]],
            "sources": [said["title"]],
            "checked_on": checked_on,
        }

    def found(self) -> dict[str, str]:
        """What the index has of it, field by field: a line for each step and section."""
        said = {name: part.found for name, part in self.parts.items()}
        sections, steps = range(1, self.length.sections + 1), range(1, self.length.steps + 1)
        body = [said["summary"], *(f"{said[f'heading {each}']} {said[f'section {each}']}" for each in sections)]
        body[-1] = " ".join([body[-1], *(each.found for each in self.mentioned)])
        return {
            "title": said["title"],
            "asked": "\n".join([*(said[f"heading {each}"] for each in sections), said["question"]]),
            "steps": "\n".join(
                " ".join(said[f"step {each} {part}"] for part in ("title", "text", "see")) for each in steps
            ),
            "trouble": "\n".join(said[f"step {each} if_not"] for each in steps),
            "body": "\n".join(body),
        }
