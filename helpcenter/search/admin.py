"""What editors can repair of the search: the words that mean the same."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext as _

from helpcenter.domain.review import Role
from helpcenter.publishing import verbs
from helpcenter.publishing.admin import ForTheDesk
from helpcenter.search.models import Synonym
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
