"""Choosing an article at the desk: by the title that its readers see."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language

from articles.models import Article
from helpcenter.facts.sheets import languages


def titles_of(slugs: Iterable[str] | None = None) -> dict[str, str]:
    """The titles that readers see by slug, in the editor's language, else in the first that has it; all, or these."""
    now, codes = timezone.now(), (*reversed(languages()), get_language())
    which: dict[str, Any] = {} if slugs is None else {"slug__in": [*slugs]}
    return {each.slug: each.text.title for code in codes for each in Article.objects.all_live(code, now, **which)}


class ArticleField(forms.ModelChoiceField):
    """Articles by their titles, with the slug that tells two of one title apart."""

    @cached_property
    def titles(self) -> dict[str, str]:
        """What each is called."""
        return titles_of()

    def label_from_instance(self, obj: Article) -> str:
        """Its title and slug; of one that nobody sees yet the slug."""
        title = self.titles.get(obj.slug)
        return f"{title} ({obj.slug})" if title else obj.slug
