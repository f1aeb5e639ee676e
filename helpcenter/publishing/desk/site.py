"""The desk: the stock admin with one first page, on which everything that waits is a number, and each number a list."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone

from helpcenter.accounts.guard import door
from helpcenter.accounts.sessions import has_second_factor
from helpcenter.publishing.desk.forms import number
from helpcenter.publishing.desk.lists import LISTS
from helpcenter.publishing.desk.tables import as_csv
from helpcenter.publishing.people import administrators, roles

MOST = 100
"""So many rows a page of a list has; the first page counts no further."""

LAST = 10**9
"""No list has so many pages, and a database can still count their rows."""


class Desk(admin.AdminSite):
    """The editors' desk. Who they are is proved on the pages of accounts; there is no second way in."""

    def has_permission(self, request: HttpRequest) -> bool:
        """A password alone opens nothing."""
        return super().has_permission(request) and has_second_factor(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """On to what is still to be proved."""
        return door(request)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """One page for it, not two."""
        return redirect("account_change_password")

    def get_urls(self) -> Any:
        """The lists of the desk beside the stock pages."""
        return [path("desk/<slug:key>/", self.admin_view(self.desk_list), name="desk_list"), *super().get_urls()]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """What waits, then everything there is."""
        somebody: User = request.user  # type: ignore[assignment] # signed in, see admin_view
        now = timezone.now()
        shown = LISTS.values() if roles(somebody) else ()
        lists = [(each, each.count(somebody, now, MOST + 1)) for each in shown]
        waiting = () if somebody.get_all_permissions() else administrators()
        said = {"lists": lists, "most": MOST, "administrators": waiting}
        return super().index(request, said | (extra_context or {}))

    def desk_list(self, request: HttpRequest, key: str) -> HttpResponse:
        """One list, as a page or as CSV."""
        somebody: User = request.user  # type: ignore[assignment] # signed in, see admin_view
        if key not in LISTS or not roles(somebody):
            raise Http404(key)
        shown = LISTS[key]
        now = timezone.now()
        if "_csv" in request.GET:
            return as_csv(key, shown.columns, [row.words for row in shown.rows(somebody, now)])
        page = min(max(1, number(request.GET.get("p"))), LAST)
        first = MOST * (page - 1)
        rows = shown.rows(somebody, now, slice(first, first + MOST + 1))
        context = {
            **self.each_context(request),
            "title": shown.label,
            "shown": shown,
            "rows": rows[:MOST],
            "before": page - 1,
            "after": page + 1 if len(rows) > MOST else 0,
        }
        return render(request, "admin/desk_list.html", context)
