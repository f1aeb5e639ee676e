"""The bundled articles go live: articles/content/articles.yaml names them, {language}/{slug}.md says them."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.core.exceptions import FieldError, ValidationError

from articles.models import Article, Translation
from articles.redirects import named
from articles.translating import begin_in_all_languages, original_of
from helpcenter.facts.sheets import languages
from helpcenter.publishing.loading import Brought, BundledFile, BundleError, load, read_yaml


def load_articles(now: datetime) -> Iterator[Brought]:
    """Load every bundled article in every language it is there in. Names come first: texts link to each other."""
    rows = read_yaml(settings.CONTENT_DIR / "articles.yaml")
    if not isinstance(rows, list):
        raise BundleError("articles.yaml:1: a list of articles is needed, each with slug and topic")
    articles: dict[str, Article] = {}
    for order, row in enumerate(rows, start=1):
        try:
            article = named(row["slug"], now)
            if article is None:
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
                original = original_of(translation)
                translated_from = original.revisions.live(now).first() if original else None
                yield load(translation, BundledFile.read(path), now=now, translated_from=translated_from)
