"""What editors can repair of the search: the words that mean the same."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpcenter.domain.review import Role
from helpcenter.publishing import verbs
from helpcenter.publishing.admin import ForTheDesk
from helpcenter.search.asking import key_of
from helpcenter.search.models import Pin, Question, Synonym
from helpcenter.search.words import words


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
    list_display = ("__str__", "language")
    list_filter = ("language",)
    search_fields = ("words",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return Role.AUTHOR in verbs.roles(request.user)  # type: ignore[arg-type] # signed in


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
