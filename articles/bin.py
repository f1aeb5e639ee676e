"""The bin: what was made by mistake or is no longer wanted leaves the desk, and comes back as it was.

An article takes along its texts, drafts, slugs and the redirects that lead to it. Nothing is deleted: an article's
slugs stay taken, and what readers once saw of it stays at its permalinks. A draft is put in the bin by a verb of its
own, see helpcenter.publishing.verbs.discard.
"""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from articles.models import Article, Redirect
from articles.redirects import sent_by
from helpcenter.domain.findings import Finding, Refused
from helpcenter.publishing.models import Document, LiveChange, Revision
from helpcenter.references.models import Reference


def in_the_way(article: Article, at: datetime) -> Iterator[Finding]:
    """Why an article cannot go: readers see it or will, or something would lead to nothing without it."""
    shown = Revision.objects.live(at).filter(document__translation__article=article)
    planned = LiveChange.objects.filter(document__translation__article=article, at__gt=at, revision__isnull=False)
    if shown.exists() or planned.exists():
        yield Finding("bin-still-read", "")
    uses = Reference.objects.in_use(at).to_article(article.slugs_at(at))
    texts = [use.text for use in uses.exclude(revision__document__translation__article=article)]
    for text in dict.fromkeys([*texts, *map(str, sent_by(article, at))]):
        yield Finding("linked-from", "", details={"text": text})


@transaction.atomic
def put(thing: Article | Redirect, *, now: datetime) -> None:
    """Put it in the bin. Raises Refused with what is in the way."""
    if isinstance(thing, Article):
        list(Document.objects.select_for_update().filter(translation__article=thing))  # so that nothing is published
        if findings := tuple(in_the_way(thing, now)):
            raise Refused(findings)
    thing.binned_at = now
    thing.save(update_fields=["binned_at"])


def take_out(thing: Article | Redirect) -> None:
    """Take it out again."""
    thing.binned_at = None
    thing.save(update_fields=["binned_at"])
