"""The bundled articles go live: articles/content/articles.yaml names them, {language}/{slug}.md says them."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.core.exceptions import FieldError, ValidationError
from django.db.models import Exists, OuterRef, Q

from articles.models import Article, FormerSlug, Translation
from articles.translating import begin_in_all_languages, original_of
from helpcenter.facts.sheets import languages
from helpcenter.publishing.loading import Brought, BundledFile, BundleError, Loaded, load, read_yaml
from helpcenter.publishing.models import LiveChange


def load_articles(now: datetime) -> Iterator[Brought]:
    """Load every bundled article in every language it is there in. Names come first: texts link to each other."""
    rows = read_yaml(settings.CONTENT_DIR / "articles.yaml")
    if not isinstance(rows, list):
        raise BundleError("articles.yaml:1: a list of articles is needed, each with slug and topic")
    articles: dict[str, Article] = {}
    editors_own: set[str] = set()
    for order, row in enumerate(rows, start=1):
        try:
            article = _brought_before(row["slug"])
            if article is None and (taken := Article.objects.filter(slug=row["slug"]).first()):
                article = taken
                editors_own.add(row["slug"])
            elif article is None:
                article = Article(**row, order=order)
                article.full_clean()
                article.save()
            begin_in_all_languages(article)
            articles[row["slug"]] = article
        except (KeyError, TypeError, FieldError, ValidationError) as error:
            raise BundleError(f"articles.yaml: row {order}: {error}") from error
    for slug, article in articles.items():
        for language in languages():
            path = settings.CONTENT_DIR / language / f"{slug}.md"
            if path.exists() and not article.binned_at:
                translation = Translation.objects.get(article=article, language=language)
                if slug in editors_own:
                    yield Brought(BundledFile.read(path), translation, Loaded.KEPT)
                    continue
                original = original_of(translation)
                translated_from = original.revisions.live(now).first() if original else None
                yield load(translation, BundledFile.read(path), now=now, translated_from=translated_from)


def _brought_before(slug: str) -> Article | None:
    """The article that the bundle first named so, whatever it is called by now; one of an editor's own is never it."""
    bundled = LiveChange.objects.filter(by=None, document__translation__article=OuterRef("pk"))
    once_so = FormerSlug.objects.filter(slug=slug).values("article")
    ever_so_named = Article.objects.filter(Q(slug=slug) | Q(pk__in=once_so)).filter(Exists(bundled))
    return next((each for each in ever_so_named if each.first_slug == slug), None)
