"""What editors can repair of the search: the words that mean the same."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.page import ArticlePage
from helpcenter.domain.review import Role
from helpcenter.facts.sheets import sheet_at
from helpcenter.publishing import verbs
from helpcenter.publishing.admin import ForTheDesk
from helpcenter.publishing.desk.forms import number
from helpcenter.search.asking import key_of, search
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


@admin.register(Synonym)
class SynonymAdmin(ForTheDesk):
    """Words that readers use for the same thing. Whoever writes may change and delete them; they act at once."""

    form = SynonymForm
    change_form_template = add_form_template = "admin/search/synonym.html"
    list_display = ("__str__", "language")
    list_filter = ("language",)
    search_fields = ("words",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return Role.AUTHOR in verbs.roles(request.user)  # type: ignore[arg-type] # signed in

    def get_urls(self) -> Any:
        trying = self.admin_site.admin_view(self.try_view)
        return [path("try/", trying, name="search_synonym_try"), *super().get_urls()]

    def try_view(self, request: HttpRequest) -> HttpResponse:
        """What readers would find for a question with the words as they are typed, beside what they find now."""
        if request.method != "POST" or not self.has_add_permission(request):
            raise PermissionDenied
        language, question, now = request.POST.get("language", ""), request.POST.get("question", ""), timezone.now()
        others = Synonym.objects.filter(language=language).exclude(pk=number(request.POST.get("synonym")))
        groups = [*others.values_list("words", flat=True), request.POST.get("words", "")]
        sheet = sheet_at(now)
        sides = [
            [ArticlePage(reading, sheet) for _hit, reading in found.read(found.hits[:MOST_TRIED])]
            for found in (search(question, language, now), search(question, language, now, groups=groups))
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Try it: %s") % question,
            "opts": self.opts,
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
    """What readers ask, the commonest first; without who asked."""

    list_display = ("asked_as", "language", "times", "clicked", "found", "last_asked")
    list_filter = (OutcomeFilter, "language")
    list_display_links = None
    search_fields = ("asked_as",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PinForm(ModelForm):
    """A question and the article that answers it."""

    def clean_question(self) -> str:
        """Something that can be asked for."""
        question: str = self.cleaned_data["question"]
        if not key_of(question):
            raise ValidationError(_("“%s” has no letters to search for.") % question)
        return question


@admin.register(Pin)
class PinAdmin(ForTheDesk):
    """Articles that come first for a question. Whoever writes may change and delete them."""

    form = PinForm
    list_display = ("question", "language", "article")
    list_filter = ("language",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return Role.AUTHOR in verbs.roles(request.user)  # type: ignore[arg-type] # signed in
