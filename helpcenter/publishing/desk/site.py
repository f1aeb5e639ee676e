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
from helpcenter.publishing.desk.lists import LISTS
from helpcenter.publishing.desk.tables import as_csv
from helpcenter.publishing.verbs import roles


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
        lists = [(each, len(each.rows(somebody, now))) for each in LISTS.values()] if roles(somebody) else []
        return super().index(request, {"lists": lists, **(extra_context or {})})

    def desk_list(self, request: HttpRequest, key: str) -> HttpResponse:
        """One list, as a page or as CSV."""
        somebody: User = request.user  # type: ignore[assignment] # signed in, see admin_view
        if key not in LISTS or not roles(somebody):
            raise Http404(key)
        shown = LISTS[key]
        rows = shown.rows(somebody, timezone.now())
        if "_csv" in request.GET:
            return as_csv(key, shown.columns, [row.words for row in rows])
        context = {**self.each_context(request), "title": shown.label, "shown": shown, "rows": rows}
        return render(request, "admin/desk_list.html", context)
