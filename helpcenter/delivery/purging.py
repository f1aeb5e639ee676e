"""A CDN is told what was touched: after the commit, once every process knows, and again until it has said yes."""

from collections.abc import Callable, Collection, Iterable

from helpcenter.delivery.cdn import EVERYTHING, SITE, of_article
from helpcenter.delivery.models import Touched
from helpcenter.publishing.models import Document, Kind

SETTLED = 2
"""Seconds. After as long no process answers with what was before (`epoch.ASKED_EVERY`), and what was under way came."""
MOST_KEYS = 100
"""In one purge. Whatever touches more touches everything."""


def purge(send: Callable[[Collection[str]], None], *, settle: Callable[[], None]) -> set[str]:
    """Tell of everything that was touched, and return its keys. What `send` refuses is told next time."""
    rows = list(Touched.objects.order_by("document"))  # first the one for everything
    if not rows:
        return set()
    settle()
    keys = _keys(rows)
    send(keys)
    for row in rows:
        Touched.objects.filter(pk=row.pk, times=row.times).delete()
    return keys


def _keys(rows: Iterable[Touched]) -> set[str]:
    keys = set[str]()
    for row in rows:
        keys |= _touched(row)
        if EVERYTHING in keys or len(keys) > MOST_KEYS:
            return {EVERYTHING}
    return keys


def _touched(row: Touched) -> set[str]:
    document = Document.objects.select_related("translation__article").filter(pk=row.document).first()
    if document and document.kind == Kind.FLOW:
        return {SITE}
    if document and document.kind == Kind.ARTICLE and _is_the_same_to_others(document, row):
        return {SITE, *map(of_article, document.translation.article.slugs)}
    return {EVERYTHING}


def _is_the_same_to_others(text: Document, row: Touched) -> bool:
    """Whether it stays live (or not) and keeps its title: more of it is on no other article's page."""
    changes = text.live_changes.select_related("revision")
    shown = [changes.filter(at__lt=row.since).order_by("-at").first(), *changes.filter(at__gte=row.since)]
    titles = [change.revision.body["title"] if change and change.revision else None for change in shown]
    return len(set(titles)) == 1
