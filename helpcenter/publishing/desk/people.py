"""Accounts and groups in the admin: asked for again, and nobody chooses a password for others."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpcenter.accounts import links, notices
from helpcenter.accounts.guard import asks_again
from helpcenter.accounts.sessions import end_sessions
from helpcenter.publishing import people
from helpcenter.publishing.desk.forms import number
from helpcenter.publishing.desk.tables import Listed

admin.site.unregister(User)
admin.site.unregister(Group)


class AsksAgain(Listed):
    """Who may do what is not changed from a desk that somebody has left unlocked."""

    @method_decorator(asks_again)
    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().changelist_view(request, *args, **kwargs)

    @method_decorator(asks_again)
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().changeform_view(request, *args, **kwargs)

    @method_decorator(asks_again)
    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().delete_view(request, *args, **kwargs)


@admin.register(Group)
class RolesAdmin(AsksAgain, GroupAdmin):
    """The groups of the desk."""


class NewAccount(UserCreationForm):
    """A name and an address. The password is chosen by whom the account belongs to."""

    password1 = password2 = None  # type: ignore[assignment] # as forms take fields away

    class Meta(UserCreationForm.Meta):
        fields = ("username", "email")

    def validate_passwords(self, *args: Any, **kwargs: Any) -> None:
        """There is none yet."""

    def validate_password_for_user(self, user: User, *args: Any, **kwargs: Any) -> None:
        """There is none yet."""

    def set_password_and_save(self, user: User, *args: Any, commit: bool = True, **kwargs: Any) -> User:
        """Nobody signs in before a password is chosen."""
        user.set_unusable_password()
        if commit:
            user.save()
        return user


@admin.register(User)
class PeopleAdmin(AsksAgain, UserAdmin):
    """The accounts. To delete one closes it: what its owner wrote and approved stays under their name."""

    add_form = NewAccount
    add_form_template = "admin/change_form.html"
    add_fieldsets = ((None, {"fields": ("username", "email")}),)
    actions = ("end_their_sessions",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Administrators give roles (groups). What goes beyond them is for superusers, as is a superuser's account."""
        beyond = () if request.user.is_superuser else ("is_superuser", "user_permissions")
        return (*super().get_readonly_fields(request, obj), *beyond)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        theirs = obj is None or request.user.is_superuser or not obj.is_superuser
        return theirs and super().has_change_permission(request, obj)

    @method_decorator(asks_again)
    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002 # Django's
        """A link by which they choose one: by mail, else shown once to be given to them."""
        somebody = get_object_or_404(User, pk=number(id))
        if not self.has_change_permission(request, somebody):
            raise PermissionDenied
        if not somebody.is_active:
            messages.error(request, _("%s is closed: nobody gets a link for it.") % somebody)
            return redirect("admin:auth_user_change", somebody.pk)
        page = {
            **self.admin_site.each_context(request),
            "title": _("A new password for %s") % somebody,
            "original": somebody,
            "mailed": settings.SENDS_MAIL and somebody.email,
        }
        if request.method == "POST":
            page["link"] = links.new_password(request, somebody)
            if not page["link"]:
                messages.success(request, _("A link was mailed to %s.") % somebody.email)
                return redirect("admin:auth_user_change", somebody.pk)
        return render(request, "admin/auth/user/new_password.html", page)

    @admin.action(description=gettext_lazy("End all their sessions"), permissions=["change"])
    def end_their_sessions(self, request: HttpRequest, queryset: Any) -> None:
        for each in queryset:
            if self.has_change_permission(request, each):
                end_sessions(each, by=request.user)
                messages.success(request, _("%s is signed out everywhere.") % each)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Their owner is told, at the address from before, of another name or address."""
        super().save_model(request, obj, form, change)
        if change and {"username", "email"} & set(form.changed_data) and form.initial["email"]:
            what = _("An administrator has changed the name or the address of your account.")
            notices.tell(request, obj, what, at=form.initial["email"])

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Whoever is given a role may sign in at the desk: the stock form asks for both, and one is forgotten."""
        super().save_related(request, form, formsets, change)
        somebody = User.objects.get(pk=form.instance.pk)  # without the permissions that it remembers
        if people.roles(somebody) and not somebody.is_staff:
            somebody.is_staff = True
            somebody.save(update_fields=["is_staff"])

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        kept = [_("%s: the account is closed, what they did stays.") % each for each in objs]
        return kept, {}, set(), []

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        people.close_account(obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for each in queryset:
            people.close_account(each)
