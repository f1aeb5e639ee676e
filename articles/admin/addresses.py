"""Redirects, and the addresses that readers did not find."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from articles.models import MissingPage, Redirect
from helpcenter.domain.review import Role
from helpcenter.publishing import verbs
from helpcenter.publishing.admin import ForTheDesk


@admin.register(Redirect)
class RedirectAdmin(ForTheDesk):
    """Addresses that lead somewhere although nothing is there. Kept by publishers."""

    list_display = ("path", "article")
    search_fields = ("path", "article__slug")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return Role.PUBLISHER in verbs.roles(request.user)  # type: ignore[arg-type] # signed in

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        MissingPage.objects.filter(path=obj.path).delete()


@admin.register(MissingPage)
class MissingPageAdmin(ForTheDesk):
    """What readers looked for and did not find, the most wanted first."""

    list_display = ("path", "times", "last_asked", "lead")
    list_display_links = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return Role.PUBLISHER in verbs.roles(request.user)  # type: ignore[arg-type] # signed in

    @admin.display(description="")
    def lead(self, missing: MissingPage) -> str:
        """To a redirect from here."""
        query = urlencode({"path": missing.path})
        return format_html(
            '<a href="{}?{}">{}</a>', reverse("admin:articles_redirect_add"), query, _("Make a redirect")
        )
