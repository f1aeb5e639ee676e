"""Old addresses reach the right page in one step: slugs that were renamed, texts that were taken down, redirects.

All of them lead to an article, never to an address, so that there are no chains and no loops to store.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.http import Http404
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import get_language, get_language_from_path, override

from articles.models import Article, FormerSlug, MissingPage, Redirect, Retirement
from helpcenter.publishing.models import LiveChange

MOST_MISSING = 500
"""How many addresses that were not found are kept: whoever tries out addresses does not fill the disk."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of an address: where it is now; None if it is gone for good."""

    address: str | None


@transaction.atomic
def rename(article: Article, slug: str, *, now: datetime) -> None:
    """Give an article another slug; the one before it keeps leading there. The article is saved."""
    before = Article.objects.select_for_update().get(pk=article.pk).slug
    if before != slug:
        FormerSlug.objects.update_or_create(slug=before, defaults={"article": article, "until": now})
    article.slug = slug
    article.save()


def named(slug: str) -> Article | None:
    """The article that has a slug, else the one that had it last."""
    return Article.objects.filter(slug=slug).first() or Article.objects.filter(former_slugs__slug=slug).first()


def moved(path: str, query: str, at: datetime) -> Moved | None:
    """What became of an address at which there is nothing; None if there never was anything.

    Of an article that has another slug now, its versions and comparisons have moved with it.
    """
    if "\0" in path:
        return None  # PostgreSQL holds no such text
    with override(get_language_from_path(path) or settings.LANGUAGE_CODE):
        return _moved(path, query, at)


def _moved(path: str, query: str, at: datetime) -> Moved | None:
    redirect = Redirect.objects.filter(path=path).select_related("article").first()
    if redirect:
        return _to(redirect.article, at)
    try:
        asked = resolve(path)
    except Resolver404:
        return None
    article = named(asked.kwargs["slug"]) if asked.app_name == "articles" and "slug" in asked.kwargs else None
    if article is None:
        return None
    if article.slug == asked.kwargs["slug"]:
        return _to(article, at) if _retired(article, at) and "number" not in asked.kwargs else None
    if asked.url_name == "article" and not query:
        return _to(article, at)
    address = reverse(asked.view_name, kwargs={**asked.kwargs, "slug": article.slug})
    return Moved(f"{address}?{query}" if query else address)


def note_missing(path: str, now: datetime) -> None:
    """Remember that somebody looked for something here."""
    if "\0" in path or len(path) > 200 or not path.startswith(tuple(f"/{code}/" for code, _ in settings.LANGUAGES)):
        return
    known = MissingPage.objects.filter(path=path)
    if not known.update(times=F("times") + 1, last_asked=now) and MissingPage.objects.count() < MOST_MISSING:
        MissingPage.objects.get_or_create(path=path, defaults={"last_asked": now})


def _to(article: Article | None, at: datetime) -> Moved:
    """To the article, or to what stands instead of it, at once to the last of them."""
    passed: set[int] = set()
    while article and article.pk not in passed:
        passed.add(article.pk)
        if _readable(article, at):
            return Moved(reverse("articles:article", args=[article.slug]))
        retired = _retired(article, at)
        sent = Retirement.objects.filter(change=retired).select_related("instead").first() if retired else None
        article = sent.instead if sent else None
    return Moved(None)


def _retired(article: Article, at: datetime) -> LiveChange | None:
    """The live change that took the article's text in this language down, if it is down."""
    texts = LiveChange.objects.filter(document__translation__article=article, document__language=get_language())
    newest = texts.up_to(at).first()
    return newest if newest and newest.revision_id is None else None


def _readable(article: Article, at: datetime) -> bool:
    try:
        Article.objects.shown(article.slug, get_language(), at)
    except Http404:
        return False
    return True
