"""Old addresses reach the right page in one step: slugs that were renamed, texts that were taken down, redirects.

All of them lead to an article, never to an address, so that there are no chains and no loops to store.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.http import Http404
from django.urls import Resolver404, is_valid_path, resolve, reverse
from django.utils.translation import get_language, get_language_from_path, override

from articles.models import Article, FormerSlug, MissingPage, Redirect, Retirement, Translation
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
    stored = Article.objects.select_for_update().get(pk=article.pk)
    if stored.slug != slug:
        FormerSlug.objects.create(slug=stored.slug, article=article, until=now)
    article.slug, article.binned_at = slug, stored.binned_at
    article.save()


def named(slug: str, at: datetime) -> Article | None:
    """The article that readers find under a slug; of before, if no other that they have seen has it now."""
    return Article.objects.filter(slug=Article.objects.led_to(at, [slug]).get(slug, "")).first()


def moved(path: str, query: str, at: datetime) -> Moved | None:
    """What became of an address at which there is nothing; None if there never was anything.

    Of an article that has another slug now, its versions and comparisons have moved with it.
    """
    if "\0" in path:
        return None  # PostgreSQL holds no such text
    with override(get_language_from_path(path) or settings.LANGUAGE_CODE):
        found = _moved(path, query, at)
        return found if found or path.endswith("/") else _moved(f"{path}/", query, at)


def _moved(path: str, query: str, at: datetime) -> Moved | None:
    redirect = Redirect.objects.filter(path=path, binned_at=None).select_related("article").first()
    if redirect:
        return _to(redirect.article, at)
    try:
        asked = resolve(path)
    except Resolver404:
        return None
    slug = asked.kwargs.get("slug") if asked.app_name == "articles" else None
    article = named(slug, at) if slug else None
    if article is None:
        return None
    of_the_past = "number" in asked.kwargs or "as_of=" in query or asked.url_name == "compare"
    if not of_the_past and _retired(article, at):
        return _to(article, at)
    if article.slug == slug:
        return None
    if asked.url_name == "article" and not query:
        return _to(article, at)
    address = reverse(asked.view_name, kwargs={**asked.kwargs, "slug": article.slug})
    return Moved(f"{address}?{query}" if query else address)


def led_by(article: Article, language: str, at: datetime) -> list[str]:
    """What sends its readers to an article beside links: redirects, and texts that are taken down, now or by a plan."""
    leading = Redirect.objects.filter(article=article, binned_at=None, path__startswith=f"/{language}/")
    return [*leading.values_list("path", flat=True), *map(str, sent_by(article, at, language))]


def sent_by(article: Article, at: datetime, *languages: str) -> list[Translation]:
    """The texts in these languages, by default in any, whose readers are sent to an article, or will be by a plan."""
    sent = Retirement.objects.filter(instead=article).select_related("change")
    changes = [each.change for each in (sent.filter(change__document__language__in=languages) if languages else sent)]
    lasting = [
        each.document_id for each in changes if each.at > at or each == each.document.live_changes.up_to(at).first()
    ]
    return list(Translation.objects.filter(pk__in=lasting).select_related("article"))


def note_missing(path: str, now: datetime) -> None:
    """Remember that somebody looked for something here. What is seldom asked for makes room for what is new."""
    if len(path) > 200 or not path.isprintable() or "?" in path or "#" in path:
        return  # no redirect could be made from it
    if not path.startswith(tuple(f"/{code}/" for code, _ in settings.LANGUAGES)) or is_valid_path(f"{path}/"):
        return  # whatever machines try out; what Django sends on to itself with its last slash
    known = MissingPage.objects.filter(path=path)
    if known.update(times=F("times") + 1, last_asked=now):
        return
    MissingPage.objects.get_or_create(path=path, defaults={"last_asked": now})
    most_wanted = MissingPage.objects.exclude(path=path).order_by("-times", "-last_asked")
    MissingPage.objects.filter(pk__in=list(most_wanted.values_list("pk", flat=True)[MOST_MISSING - 1 :])).delete()


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
