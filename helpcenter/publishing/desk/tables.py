"""Every list of the desk leaves as CSV, safe to open in a spreadsheet."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import ActionLocation, IncorrectLookupParameters
from django.contrib.admin.utils import label_for_field, lookup_field
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import ManyToManyField
from django.forms import ModelMultipleChoiceField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import strip_tags
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from helpcenter.publishing.desk.forms import NOT_CHOSEN, number

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # the wide ones, too
"""What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection)."""


def as_csv(name: str, columns: Sequence[object], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A table to download. Begins with a byte order mark: without it spreadsheets garble Han characters."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response.write("\ufeff")
    table = csv.writer(response)
    table.writerow([_harmless(column) for column in columns])
    table.writerows([_harmless(cell) for cell in row] for row in rows)
    return response


MOST_LISTED = 1000
"""So many rows a list counts and turns pages through: nobody reads further, and to count all reads all."""


class FirstPages(Paginator):
    """The first pages of a list."""

    @cached_property
    def count(self) -> int:
        """How many rows there are, as far as the last page that can be turned to."""
        return min(self._found, MOST_LISTED)

    @property
    def is_cut(self) -> bool:
        """Whether there are more."""
        return self._found > MOST_LISTED

    @cached_property
    def _found(self) -> int:
        rows: Any = self.object_list
        found: int = rows.order_by()[: MOST_LISTED + 1].count()
        return found


class TickedRows(ModelMultipleChoiceField):
    """Rows that are ticked in a form. What was sent in place of a number is refused before the database is asked."""

    def clean(self, value: Any) -> Any:
        """No number of a row is more than the database can hold."""
        for each in value or ():
            if not number(each):
                raise ValidationError(self.error_messages["invalid_pk_value"], "invalid_pk_value", {"pk": each})
        return super().clean(value)


class Listed(admin.ModelAdmin):
    """A list of the admin whose rows are prepared together, and which leaves as CSV.

    A page of it costs as much among many rows as among few.
    """

    paginator = FirstPages
    show_full_result_count = False
    formfield_overrides = {ManyToManyField: {"form_class": TickedRows}}
    csv_columns: Sequence[str] = ()
    """What leaves, where the list puts several of it into one column."""

    def prepare(self, rows: list[Any]) -> None:
        """Give the rows of the list what its columns show and no row of the database has, for all of them at once."""

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """What an address names. Django lets an empty `_to_field` through, and then finds no field of that name."""
        return super().get_object(request, object_id, from_field or None)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Nothing: what happens at the desk is kept by the audit, which the stock admin's own list does not replace."""

    log_change = log_addition

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Nothing, see above."""

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """What the audit says of it."""
        query = urlencode({"kind": self.opts.label, "key": object_id})
        return HttpResponseRedirect(f"{reverse('admin:audit_entry_changelist')}?{query}")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only what the list itself asks for, of all that Django reads from an address.

        SQLite matches a `__regex` in Python, where one bad pattern in a link that somebody follows stops every thread.
        """
        return lookup in self._lookups(request) and "\0" not in value and super().lookup_allowed(lookup, value, request)

    def _lookups(self, request: HttpRequest) -> Iterator[str]:
        """The names that links to the list have: of its filters, of its days, and those of `history_view`."""
        yield from ("kind", "key")
        if self.date_hierarchy:
            yield from (f"{self.date_hierarchy}__{part}" for part in ("year", "month", "day"))
        filters: Sequence[Any] = self.get_list_filter(request)
        for each in filters:
            if isinstance(each, type):
                yield each.parameter_name  # type: ignore[attr-defined] # a SimpleListFilter
            else:
                field = each if isinstance(each, str) else each[0]
                yield from (f"{field}__{what}" for what in ("exact", "isnull", "id__exact"))

    def get_action_choices(
        self, request: HttpRequest, default_choices: Any = None, action_location: Any = ActionLocation.CHANGE_LIST
    ) -> list[tuple[str, str]]:
        """What can be done with the ticked rows. Django's own words for none of it are not translated."""
        return super().get_action_choices(request, default_choices or NOT_CHOSEN, action_location)

    def response_action(
        self, request: HttpRequest, queryset: Any, action_location: Any = ActionLocation.CHANGE_LIST
    ) -> HttpResponse | None:
        """What becomes of ticked rows. Django asks the database for whatever was sent in place of their numbers."""
        sent = request.POST.copy()
        sent.setlist(ACTION_CHECKBOX_NAME, [each for each in sent.getlist(ACTION_CHECKBOX_NAME) if number(each)])
        request.POST = sent  # type: ignore[assignment]
        return super().response_action(request, queryset, action_location)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The list with its rows prepared."""
        try:
            changelist = super().get_changelist_instance(request)
        except (DisallowedModelAdminLookup, ValueError, OverflowError) as error:
            raise IncorrectLookupParameters from error  # back to the list, as from every other filter that is none
        changelist.result_list = list(changelist.result_list)
        self.prepare(changelist.result_list)
        return changelist

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list; all that its filters leave, as CSV, if `_csv` asks for it."""
        asked = request.GET.copy()
        if asked.pop("_csv", None) and self.has_view_permission(request):
            request.GET = asked  # type: ignore[assignment]
            with suppress(IncorrectLookupParameters):  # the list itself says so
                return self._csv(request)
        asked["_csv"] = "1"
        return super().changelist_view(request, {"csv_href": f"?{asked.urlencode()}", **(extra_context or {})})

    def _csv(self, request: HttpRequest) -> HttpResponse:
        columns = [name for name in self.csv_columns or self.get_list_display(request) if isinstance(name, str)]
        rows = list(self.get_changelist_instance(request).queryset)
        self.prepare(rows)
        cells = [[_as_shown(*lookup_field(name, row, self)) for name in columns] for row in rows]
        labels = [label_for_field(name, self.model, self) for name in columns]
        return as_csv(str(self.opts.model_name), labels, cells)


def _as_shown(field: Any, _attribute: object, value: Any) -> object:
    """What the list shows, in words: of a choice its label, of an instant the site's time, of a picture nothing."""
    if isinstance(value, datetime):
        return f"{localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, SafeString):
        return strip_tags(value)
    return dict(getattr(field, "flatchoices", ())).get(value, value)


def _harmless(cell: object) -> str:
    words = "" if cell is None else str(cell)
    return f"'{words}" if words.startswith(FORMULA) else words
