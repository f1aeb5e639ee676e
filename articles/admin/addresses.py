"""Redirects, and the addresses that readers did not find."""

from typing import Any
from urllib.parse import unquote, urlencode

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from articles.admin.bin import BinFilter, WithBin, refuse_what_is_in_the_bin
from articles.models import Article, MissingPage, Redirect
from helpcenter.domain.review import Role
from helpcenter.publishing import people
from helpcenter.publishing.admin import ForTheDesk


class RedirectForm(forms.ModelForm):
    """An address and where it leads."""

    def clean_path(self) -> str:
        """An address for which there is no redirect in the bin either, by itself or with the article it leads to.

        As readers see it: browsers copy 退款 as %E9%80%80%E6%AC%BE.
        """
        return refuse_what_is_in_the_bin(Redirect, "path", unquote(self.cleaned_data["path"]))


@admin.register(Redirect)
class RedirectAdmin(WithBin):
    """Addresses that lead somewhere although nothing is there. Kept by publishers."""

    form = RedirectForm
    list_display = ("path", "article")
    list_filter = (BinFilter,)
    search_fields = ("path", "article__slug")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Without those that went into the bin with the article to which they lead."""
        return super().get_queryset(request).exclude(article__binned_at__isnull=False)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return Role.PUBLISHER in people.roles(request.user)  # type: ignore[arg-type] # signed in

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_foreignkey(
            db_field, request, **{"queryset": Article.objects.filter(binned_at=None), **kwargs}
        )

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
        return Role.PUBLISHER in people.roles(request.user)  # type: ignore[arg-type] # signed in

    @admin.display(description="")
    def lead(self, missing: MissingPage) -> str:
        """To a redirect from here."""
        query = urlencode({"path": missing.path})
        return format_html(
            '<a href="{}?{}">{}</a>', reverse("admin:articles_redirect_add"), query, _("Make a redirect")
        )
