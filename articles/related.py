"""What to read after an article, and why: the other ways out, what comes next, what its text names, its shelf."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from articles.markdown import links
from articles.models import Article, Topic
from articles.page import ArticlePage
from articles.reading import Reading
from helpcenter.domain.facts import FactSheet

MOST = 5
"""More would be a list of articles, and there is one."""

COMES_NEXT = {Topic.CANCEL: Topic.AFTER, Topic.TROUBLE: Topic.CANCEL, Topic.PLANS: Topic.CANCEL}
"""The shelf on which somebody goes on who has done with this one; with the others one has arrived."""


@dataclass(frozen=True, slots=True)
class Related:
    """An article and what it has to do with the one that was read."""

    page: ArticlePage
    reason: str | Promise


def related(reading: Reading, sheet: FactSheet, at: datetime) -> list[Related]:
    """The articles that readers see at that instant and may want next, by reason."""
    targets = [target.partition("#")[0] for _field, words in reading.text.passages() for target in links(words)]
    slugs = Article.objects.led_to(at, targets).values()
    next_topic = COMES_NEXT.get(Topic(reading.topic))
    named = Article.objects.all_live(reading.language, at, slug__in=set(slugs))
    here, there = (
        Article.objects.all_live(reading.language, at, topic=topic, most=MOST + 1) if topic else []
        for topic in (reading.topic, next_topic)
    )
    reasons = {
        _("Another way to cancel"): [each for each in here if reading.path and each.path],
        _("What comes next"): there,
        _("Mentioned in this article"): named,
        _("On the same topic"): here,
    }
    found: dict[str, Related] = {}
    for reason, readings in reasons.items():
        for each in readings:
            if each.slug != reading.slug:
                found.setdefault(each.slug, Related(ArticlePage(each, sheet), reason))
    return list(found.values())[:MOST]
