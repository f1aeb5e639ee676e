"""What to read after an article, and why: the other ways out, what comes next, what its text names, its shelf."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from articles.addresses import ROOMS
from articles.markdown import links
from articles.models import Article, Topic
from articles.page import ArticlePage
from articles.reading import Reading
from helpcenter.facts.sheets import sheet_at
from helpcenter.publishing.standing import Standing

MOST = 5
"""More would be a list of articles, and there is one."""

COMES_NEXT = {Topic.CANCEL: Topic.AFTER, Topic.TROUBLE: Topic.CANCEL, Topic.PLANS: Topic.CANCEL}
"""The shelf on which somebody goes on who has done with this one; with the others one has arrived."""


@dataclass(frozen=True, slots=True)
class Related:
    """An article and what it has to do with the one that was read."""

    page: ArticlePage
    reason: str | Promise


def related(reading: Reading, known: Standing, at: datetime) -> list[Related]:
    """The articles that readers see at that instant and may want next, by reason."""
    sheet, found = known.ask(sheet_at), dict[str, Related]()
    for reason, readings in _reasons(reading, known, at):
        for each in readings:
            if each.slug != reading.slug:
                found.setdefault(each.slug, Related(ArticlePage(each, sheet), reason))
        if len(found) >= MOST:
            break
    return list(found.values())[:MOST]


def _reasons(reading: Reading, known: Standing, at: datetime) -> Iterator[tuple[str | Promise, list[Reading]]]:
    """One after the other, so that what is not needed is not asked for."""
    here = known.ask(_front_of_shelf, reading.language, reading.topic)
    if reading.path:
        yield _("Another way to cancel"), [each for each in here if each.path]
    if next_topic := COMES_NEXT.get(Topic(reading.topic)):
        yield _("What comes next"), known.ask(_front_of_shelf, reading.language, next_topic)
    targets = {target.partition("#")[0] for _field, words in reading.text.passages() for target in links(words)}
    if names := targets - {"", *ROOMS}:
        yield _("Mentioned in this article"), Article.objects.under(names, reading.language, at)
    yield _("On the same topic"), here


def _front_of_shelf(language: str, topic: str, at: datetime) -> list[Reading]:
    return Article.objects.all_live(language, at, topic=topic, most=MOST + 1)
