"""The shelves of the list of articles: each shows its first ones, and a page of its own has them all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from articles.models import Article, Topic
from articles.page import ArticlePage
from helpcenter.domain.facts import FactSheet

MOST = 10
"""How many articles a shelf shows; with more it leads to its own page."""

ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Shelf:
    """A topic and its first articles; whether there are more."""

    topic: Topic
    pages: list[ArticlePage]
    more: bool


def first_pages(language: str, at: datetime, sheet: FactSheet) -> list[ArticlePage]:
    """The first articles of each shelf, and those about a cancellation path, that readers of a language see."""
    kinds = [*({"topic": topic.value} for topic in Topic), {"path__gt": ""}]
    return [ArticlePage(each, sheet) for each in Article.objects.first_of_each(language, at, kinds, most=MOST + 1)]


def shelved(pages: Iterable[ArticlePage]) -> list[Shelf]:
    """These first articles on their shelves, the empty ones among them."""
    of_topic: dict[str, list[ArticlePage]] = {topic.value: [] for topic in Topic}
    for page in pages:
        of_topic[page.reading.topic].append(page)
    return [Shelf(topic, of_topic[topic][:MOST], len(of_topic[topic]) > MOST) for topic in Topic]


def page_of(topic: Topic, number: int, language: str, at: datetime, sheet: FactSheet) -> tuple[list[ArticlePage], bool]:
    """The articles on a page of a shelf's own, counted from 1, and whether there is a next one."""
    after = ON_A_PAGE * (number - 1)
    found = Article.objects.all_live(language, at, topic=topic.value, after=after, most=ON_A_PAGE + 1)
    return [ArticlePage(each, sheet) for each in found[:ON_A_PAGE]], len(found) > ON_A_PAGE


def has_page(topic: Topic, number: int, language: str, at: datetime) -> bool:
    """Whether a shelf has so many pages in a language."""
    return bool(Article.objects.all_live(language, at, topic=topic.value, after=ON_A_PAGE * (number - 1), most=1))
