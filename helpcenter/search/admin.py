"""What editors can repair of the search: the words that mean the same."""

from dataclasses import replace
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.admin.choosing import ArticleField
from articles.models import Article
from articles.page import ArticlePage
from helpcenter.domain.review import Role
from helpcenter.facts.sheets import languages, sheet_at
from helpcenter.publishing import people
from helpcenter.publishing.admin import ForTheDesk
from helpcenter.publishing.desk.forms import number
from helpcenter.search.asking import key_of, repairs, search
from helpcenter.search.counting import look_again
from helpcenter.search.desk import asked, synonyms_for
from helpcenter.search.models import Pin, Question, Synonym
from helpcenter.search.words import words

MOST_TRIED = 10
"""How many results stand beside each other when words are tried out."""


class SynonymForm(ModelForm):
    """Words that mean the same."""

    def clean_words(self) -> str:
        """At least two, each with something that can be searched for."""
        lines = [line.strip() for line in self.cleaned_data["words"].splitlines() if line.strip()]
        if empty := [line for line in lines if not list(words(line))]:
            raise ValidationError(_("“%s” has no letters to search for.") % empty[0])
        if len(lines) < 2:
            raise ValidationError(_("One word alone means nothing else: write at least two, one on each line."))
        return "\n".join(dict.fromkeys(lines))


class ActsAtOnce(ForTheDesk):
    """What changes at once what readers find: the list of what they ask says so at once, too."""

    def lines_of(self, obj: Any) -> list[str]:
        """The words that mean something else with it than without."""
        raise NotImplementedError

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        before = self.model.objects.filter(pk=obj.pk).first()
        super().save_model(request, obj, form, change)
        self._look_again(*filter(None, (before, obj)))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        self._look_again(obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        gone = list(queryset)
        super().delete_queryset(request, queryset)
        self._look_again(*gone)

    def _look_again(self, *changed: Any) -> None:
        for language in {each.language for each in changed}:
            lines = [line for each in changed if each.language == language for line in self.lines_of(each)]
            look_again(language, lines, timezone.now())


@admin.register(Synonym)
class SynonymAdmin(ActsAtOnce):
    """Words that readers use for the same thing. Whoever writes may change and delete them; they act at once."""

    form = SynonymForm
    change_form_template = add_form_template = "admin/search/synonym.html"
    list_display = ("__str__", "language")
    list_filter = ("language",)
    search_fields = ("words",)

    def lines_of(self, obj: Any) -> list[str]:
        """Each of its words."""
        return str(obj.words).splitlines()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return Role.AUTHOR in people.roles(request.user)  # type: ignore[arg-type] # signed in

    def get_urls(self) -> Any:
        trying = self.admin_site.admin_view(self.try_view)
        return [path("try/", trying, name="search_synonym_try"), *super().get_urls()]

    def try_view(self, request: HttpRequest) -> HttpResponse:
        """What readers would find for a question with the words as they are typed, beside what they find now."""
        if request.method != "POST" or not self.has_add_permission(request):
            raise PermissionDenied
        language, question, now = request.POST.get("language", ""), request.POST.get("question", ""), timezone.now()
        asked_for = ""
        if language not in languages():
            asked_for = _("Choose the language first.")
        elif not key_of(question):
            asked_for = _("Type a question first.")
        others = Synonym.objects.filter(language=language).exclude(pk=number(request.POST.get("synonym")))
        groups = [*others.values_list("words", flat=True), request.POST.get("words", "")]
        sheet, kept = sheet_at(now), repairs(language, now)
        sides = [
            [ArticlePage(hit.entry.reading(), sheet) for hit in found.hits[:MOST_TRIED]]
            for found in (search(question, language, now, kept=each) for each in (kept, replace(kept, groups=groups)))
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Try it: %s") % question,
            "opts": self.opts,
            "asked_for": asked_for,
            "sides": sides,
        }
        return render(request, "admin/search/tried.html", context)


class OutcomeFilter(admin.SimpleListFilter):
    """What came of a question."""

    title = gettext_lazy("what came of it")
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("nothing", gettext_lazy("nothing found")), ("ignored", gettext_lazy("found, never followed"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "nothing":
                return queryset.filter(found=0)
            case "ignored":
                return queryset.filter(found__gt=0, clicked=0)
            case _:
                return queryset


@admin.register(Question)
class QuestionAdmin(ForTheDesk):
    """What readers ask, the commonest first; without who asked. Whoever writes may delete what says too much."""

    list_display = ("asked_as", "repair", "language", "times", "found", "clicked", "last_asked")
    list_filter = (OutcomeFilter, "language")
    list_display_links = None
    search_fields = ("asked_as",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return Role.AUTHOR in people.roles(request.user)  # type: ignore[arg-type] # signed in

    @admin.display(description=gettext_lazy("repair"))
    def repair(self, question: Question) -> str:
        """Where to repair what readers find for it, filled in with its words."""
        pin = f"{reverse('admin:search_pin_add')}?{urlencode(asked(question))}"
        links = ((synonyms_for(question), _("Add synonyms")), (pin, _("Pin an article")))
        return format_html_join(" · ", '<a href="{}">{}</a>', links)


class PinForm(ModelForm):
    """A question and the article that answers it."""

    def clean_question(self) -> str:
        """Something that can be asked for."""
        question: str = self.cleaned_data["question"]
        if not key_of(question):
            raise ValidationError(_("“%s” has no letters to search for.") % question)
        return question

    def clean(self) -> dict[str, Any]:
        """An article that readers of the language find."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        article, language = said.get("article"), said.get("language")
        if article and language and language not in Article.objects.live_in(article.slug, timezone.now()):
            self.add_error("article", _("Readers of this language do not see this article."))
        return said


@admin.register(Pin)
class PinAdmin(ActsAtOnce):
    """Articles that come first for a question. Whoever writes may change and delete them."""

    form = PinForm
    list_display = ("question", "language", "article")
    list_filter = ("language",)

    def lines_of(self, obj: Any) -> list[str]:
        """Its question."""
        return [obj.question]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_foreignkey(db_field, request, **{"form_class": ArticleField, **kwargs})

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return Role.AUTHOR in people.roles(request.user)  # type: ignore[arg-type] # signed in
