"""Topics: address, shelf, owner. What readers know an article by."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.admin.bin import BinFilter, WithBin, refuse_what_is_in_the_bin
from articles.admin.forms import KEY_MALFORMED
from articles.models import Article, FormerSlug
from articles.redirects import led_by, rename
from articles.translating import begin_in_all_languages
from helpcenter.domain.review import Role
from helpcenter.facts.sheets import languages
from helpcenter.publishing import people
from helpcenter.publishing.models import Revision
from helpcenter.references.models import Reference


class ArticleForm(forms.ModelForm):
    """What readers know an article by."""

    def clean_slug(self) -> str:
        """A slug that no article in the bin has kept."""
        return refuse_what_is_in_the_bin(Article, "slug", self.cleaned_data["slug"])


@admin.register(Article)
class ArticleAdmin(WithBin):
    """The topics: address, shelf, path."""

    form = ArticleForm
    list_display = ("slug", "topic", "path", "owner", "check_every", "order")
    list_filter = ("topic", "path", BinFilter)
    search_fields = ("slug",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            rename(obj, obj.slug, now=timezone.now())
        else:
            super().save_model(request, obj, form, change)
        former = FormerSlug.objects.filter(slug=obj.slug).exclude(article=obj).select_related("article").last()
        if former:
            said = _("“%(slug)s” still leads to “%(article)s”, which had it before, until readers see this one.")
            messages.warning(request, said % {"slug": obj.slug, "article": former.article})
        begin_in_all_languages(obj)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """A new article has no words yet: go on to write the original."""
        original = obj.translations.get(language=languages()[0])
        return HttpResponseRedirect(reverse("admin:articles_translation_change", args=[original.pk]))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """An address that readers know is changed by publishers; the one before it keeps leading there."""
        seen = obj and Revision.objects.filter(document__translation__article=obj, number__isnull=False).exists()
        fixed = seen and Role.PUBLISHER not in people.roles(request.user)  # type: ignore[arg-type] # signed in
        return (*(("slug",) if fixed else ()), "before", "used")

    @admin.display(description=gettext_lazy("former addresses"))
    def before(self, article: Article) -> str:
        """The slugs that lead here, too."""
        leading = article.slugs_at(timezone.now()) if article.pk else ()
        return ", ".join(slug for slug in leading if slug != article.slug) or "–"

    @admin.display(description=gettext_lazy("used in"))
    def used(self, article: Article) -> str:
        """What points here, and would take one step more if the address changed."""
        if not article.pk:
            return "–"
        now = timezone.now()
        uses = [use.text for use in Reference.objects.in_use(now).to_article(article.slugs_at(now))]
        led = [each for language in languages() for each in led_by(article, language, now)]
        return ", ".join(dict.fromkeys([*uses, *led])) or "–"

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.name == "slug":
            field.error_messages["invalid"] = KEY_MALFORMED
        return field
