"""The audit at the desk: read, filtered, downloaded, never written."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpcenter.audit.models import Entry
from helpcenter.audit.recording import watched
from helpcenter.audit.wording import in_words, kind_of, model_of
from helpcenter.publishing.desk.tables import Listed

SHORT = 60
"""Letters of a value in the list; its own page has all of them."""


class KindFilter(admin.SimpleListFilter):
    """Entries by what they are about."""

    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return sorted(((each._meta.label, kind_of(each)) for each in watched()), key=lambda row: row[1])

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class PersonFilter(admin.RelatedOnlyFieldListFilter):
    """Entries by who did it. The field is called *by*, and Django says *By* before what a filter is called."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("person")


@admin.register(Entry)
class EntryAdmin(Listed):
    """Newest first. For administrators, and whoever else is given the permission to view it."""

    list_display = ("at", "by", "happened", "what")
    csv_columns = ("at", "by", "act", "thing", "key", "name", "what")
    list_filter = ("act", KindFilter, ("by", PersonFilter))
    list_select_related = ("by",)
    date_hierarchy = "at"
    search_fields = ("name", "key", "by__username")
    fields = readonly_fields = ("at", "by", "act", "thing", "key", "called", "page", "before_and_after")

    def prepare(self, rows: list[Any]) -> None:
        """What each changed, in the words of the desk."""
        said = in_words(rows)
        for entry in rows:
            entry.said = said[entry.pk]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("what happened"))
    def happened(self, entry: Entry) -> str:
        """What was done to what, in one column: with one for each the last does not fit."""
        return " · ".join(words for words in (entry.get_act_display(), self.thing(entry), entry.name) if words)

    @admin.display(description=gettext_lazy("kind"), ordering="kind")
    def thing(self, entry: Entry) -> str:
        """The kind of thing it is about; one that the site no longer has by its name in the code."""
        model = model_of(entry)
        return kind_of(model) if model else entry.kind

    @admin.display(description=gettext_lazy("what it is called"))
    def called(self, entry: Entry) -> str:
        """What it is about, with the way there, where the desk has a page of it."""
        page = f"admin:{entry.kind.lower().replace('.', '_')}_change"
        try:
            return format_html('<a href="{}">{}</a>', reverse(page, args=[entry.key]), entry.name or entry.key)
        except NoReverseMatch:
            return entry.name

    @admin.display(description=gettext_lazy("before and after"))
    def what(self, entry: Any) -> str:
        """In short: each field with what it was and is."""
        return "; ".join(f"{label}: {_short(was)} → {_short(now)}" for label, was, now in entry.said)

    @admin.display(description=gettext_lazy("before and after"))
    def before_and_after(self, entry: Entry) -> str:
        """All of it, a row for each field."""
        changes = in_words([entry])[entry.pk]
        rows = format_html_join("", "<tr><th>{}</th><td>{}</td><td>{}</td></tr>", changes)
        head = format_html("<tr><th></th><th>{}</th><th>{}</th></tr>", _("before"), _("after"))
        return format_html("<table>{}{}</table>", head, rows)


def _short(words: str) -> str:
    return Truncator(" ".join(words.split())).chars(SHORT)
