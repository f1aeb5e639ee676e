"""What a page of results says of a hit: the article, the place in it that answers, and the words there, marked."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from articles.markdown import sections
from articles.page import ArticlePage
from helpcenter.domain.facts import FactSheet
from helpcenter.search.asking import Found
from helpcenter.search.ranking import Ranked
from helpcenter.search.words import words

_REST_OF_WORD = re.compile(r"[^\W\u3400-\u9fff]*")

LONGEST = 120
"""How many characters of the place are shown."""


@dataclass(frozen=True, slots=True)
class Result:
    """A hit as a reader sees it. `place` is the heading or step that answers; nothing if it is the whole article."""

    page: ArticlePage
    place: str
    href: str
    excerpt: list[tuple[str, bool]]


def results(found: Found, hits: tuple[Ranked, ...], sheet: FactSheet) -> Iterator[Result]:
    """These hits with their places."""
    for hit in hits:
        page = ArticlePage(hit.entry.reading(), sheet)
        place, anchor, text = _place(hit, page)
        href = reverse("articles:article", args=[page.reading.slug])
        yield Result(page, place, f"{href}#{anchor}" if anchor else href, _excerpt(text, found.looked_for))


def _place(hit: Ranked, page: ArticlePage) -> tuple[str, str, str]:
    """The heading, the id and the words of what answers."""
    text = page.reading.text
    if hit.step is not None and hit.step < len(text.steps):
        step = text.steps[hit.step]
        said = "\n".join(page.plain(words) for words in (step.text, step.see, step.if_not))
        return page.plain(step.title), f"step-{step.key}", said
    if hit.section and hit.section <= len(page.contents):
        anchor, heading = page.contents[hit.section - 1]
        _, markdown = sections(text.text)[hit.section]
        return heading, anchor, page.plain(markdown).removeprefix(heading)
    return "", "", page.plain_summary


def _excerpt(text: str, looked_for: frozenset[str]) -> list[tuple[str, bool]]:
    """The words around the first that was looked for, cut into pieces; those that were looked for are marked."""
    text = " ".join(text.split())
    marked = [(word.start, word.end) for word in words(text) if word.text in looked_for]
    start = max(0, marked[0][0] - LONGEST // 3) if marked else 0
    if start:  # at the beginning of a sentence or at least of a word
        cut = max(text.rfind(stop, 0, marked[0][0]) for stop in "。.，, ")
        start = cut + 1 if cut >= start - LONGEST // 3 else start
    end = min(len(text), start + LONGEST)
    end += len(_REST_OF_WORD.match(text, end)[0])  # type: ignore[index] # matches nothing at all, too
    pieces: list[tuple[str, bool]] = [("…", False)] if start else []
    place = start
    for first, last in _joined(marked):
        if place <= first < end:
            pieces += [(text[place:first], False), (text[first : min(last, end)], True)]
            place = min(last, end)
    rest = text[place:end] + ("…" if end < len(text) else "")
    return [piece for piece in [*pieces, (rest, False)] if piece[0]]


def _joined(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans of words that overlap or touch, as one: of 取消訂閱 its pairs."""
    start = end = -1
    for first, last in spans:
        if first > end:
            if end > start:
                yield start, end
            start = first
        end = max(end, last)
    if end > start:
        yield start, end
