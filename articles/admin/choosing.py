"""Choosing an article at the desk: by the title that its readers see."""

from functools import cached_property

from django import forms
from django.utils import timezone
from django.utils.translation import get_language

from articles.models import Article
from helpcenter.facts.sheets import languages


class ArticleField(forms.ModelChoiceField):
    """Articles by their titles, with the slug that tells two of one title apart."""

    @cached_property
    def titles(self) -> dict[str, str]:
        """The titles that readers see, by slug: in the editor's language, else in the first that has it."""
        now, codes = timezone.now(), (*reversed(languages()), get_language())
        return {each.slug: each.text.title for code in codes for each in Article.objects.all_live(code, now)}

    def label_from_instance(self, obj: Article) -> str:
        """Its title and slug; of one that nobody sees yet the slug."""
        title = self.titles.get(obj.slug)
        return f"{title} ({obj.slug})" if title else obj.slug
