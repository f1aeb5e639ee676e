"""Accounts and groups in the admin: asked for again, and nobody chooses a password for others."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import UsernameField
from django.contrib.auth.models import Group, Permission, User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
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


class AccountForm(forms.ModelForm):
    """What an account is at the desk, in the desk's words.

    What else Django lets somebody do, single permissions and superusers, is shown beside it (`beside_the_roles`).
    """

    state = forms.CharField(widget=forms.HiddenInput, required=False)
    """What was there when the page was opened: it would bring back what was taken away since."""

    class Meta:
        model = User
        fields: tuple[str, ...] = ("username", "email", "groups", "is_active")
        labels = {
            "username": gettext_lazy("Name"),
            "email": gettext_lazy("Mail address"),
            "groups": gettext_lazy("Roles"),
            "is_active": gettext_lazy("Open"),
            "is_staff": gettext_lazy("May come to the desk"),  # no field of the form, but the audit speaks of it
        }
        help_texts = {
            "username": gettext_lazy("They sign in with it, and it stands beside what they write. No spaces."),
            "email": gettext_lazy("For links to choose a password, and warnings. It can be left empty."),
            "groups": gettext_lazy(
                "Authors write. Reviewers write, and approve what others wrote. Publishers write, and show readers "
                "what is approved. Administrators do all of it, and keep accounts. Without a role nothing opens."
            ),
            "is_active": gettext_lazy(
                "Take the tick away to close the account: nobody signs in with it any more, and its roles and its "
                "password are gone. What its owner wrote stays, under their name."
            ),
        }
        widgets = {"groups": forms.CheckboxSelectMultiple}
        field_classes = {"username": UsernameField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.is_superuser and "groups" in self.fields:
            self.fields["groups"].help_text = _(
                "A superuser may do everything, whatever the roles. To take that back, close the account, then open it "
                "again with roles."
            )
        if self.instance.pk:
            self.initial["state"] = links.account_state(self.instance)

    def clean(self) -> dict[str, Any]:
        """Only if what was there is there still."""
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk and cleaned["state"] != self.initial["state"]:
            raise forms.ValidationError(
                _("Somebody has changed this account since you opened the page. Open it again: nothing was saved.")
            )
        return cleaned

    def clean_groups(self) -> Any:
        """Somebody who gives roles must be left: whoever saves this is one of them, unless it is their own account."""
        groups = self.cleaned_data["groups"]
        keeps = (
            self.instance.is_superuser
            or Permission.objects.filter(
                content_type__app_label="auth", codename="change_user", group__in=groups
            ).exists()
        )
        if not keeps and not people.administrators().exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(
                _("You are the last who gives roles. First give somebody else a role that does, too.")
            )
        return groups

    def clean_username(self) -> str:
        """Not one that differs from another in nothing but capitals: beyond ASCII SQLite knows none."""
        name: str = self.cleaned_data["username"]
        others = User.objects.exclude(pk=self.instance.pk).values_list("username", flat=True)
        if name.casefold() in (each.casefold() for each in others):
            raise forms.ValidationError(_("There is an account of this name."))
        return name


class NewAccountForm(AccountForm):
    """The password is chosen by whom the account belongs to."""

    class Meta(AccountForm.Meta):
        fields = ("username", "email", "groups")

    def save(self, commit: bool = True) -> Any:
        """Nobody signs in before a password is chosen."""
        self.instance.set_unusable_password()
        return super().save(commit)


@admin.register(User)
class PeopleAdmin(AsksAgain, UserAdmin):
    """The accounts. None is deleted, but closed: what its owner wrote and approved stays under their name."""

    form = AccountForm
    add_form = NewAccountForm
    add_form_template = "admin/change_form.html"
    add_fieldsets = ((None, {"fields": ("username", "email", "groups")}),)
    filter_horizontal = ()
    list_display = ("username", "email", "roles", "is_open", "last_login")
    list_filter = ("is_active", "groups")
    search_fields = ("username", "email")
    actions = ("end_their_sessions",)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Roles are chosen here, not made."""
        form = super().get_form(request, obj, change=change, **kwargs)
        if "groups" in form.base_fields:
            form.base_fields["groups"].widget.can_add_related = False
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who may only read an account gets nothing to send back."""
        if obj is None:
            return self.add_fieldsets
        sent = ("password_is", "state") if self.has_change_permission(request, obj) else ("password_chosen",)
        beside = ("beside_the_roles",) if obj.is_superuser or obj.user_permissions.exists() else ()
        return ((None, {"fields": ("username", "email", "groups", *beside, "is_active", *sent)}),)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Whoever changes it has it to themselves: all its columns are written, also the one of the password.

        Its owner could have chosen another between the reading and the writing.
        """
        if request.method == "POST":
            User.objects.select_for_update().filter(pk=number(object_id)).first()
        return super().get_object(request, object_id, from_field)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("groups", "user_permissions")

    @admin.display(description=gettext_lazy("Roles"))
    def roles(self, somebody: User) -> str:
        """As they are called where they are given."""
        everything = [_("everything (superuser)")] if somebody.is_superuser else []
        single = [_("single rights")] if somebody.user_permissions.all() else []
        return ", ".join([*everything, *(each.name for each in somebody.groups.all()), *single]) or "–"

    @admin.display(description=gettext_lazy("Beside the roles"))
    def beside_the_roles(self, somebody: User) -> str:
        """What was given past them: by the server's shell, or by the form that there was before."""
        everything = [_("everything (superuser)")] if somebody.is_superuser else []
        names = ", ".join(each.codename for each in somebody.user_permissions.all())
        single = [_("single rights: %s. Roles alone give them now: to save takes these away.") % names] if names else []
        return " ".join([*everything, *single])

    @admin.display(description=gettext_lazy("Open"), boolean=True, ordering="is_active")
    def is_open(self, somebody: User) -> bool:
        """Whether anybody can sign in with it."""
        return somebody.is_active

    @admin.display(description=gettext_lazy("Password"))
    def password_chosen(self, somebody: User) -> str:
        """Whether there is one."""
        return _("Chosen by its owner.") if somebody.has_usable_password() else _("None is chosen yet.")

    @admin.display(description=gettext_lazy("Password"))
    def password_is(self, somebody: User) -> str:
        """Whether there is one, and the way to another."""
        if not somebody.is_active:
            return _("Closed. Open it and save first; then it gets roles and a link to choose a password.")
        page = reverse("admin:auth_user_password_change", args=[somebody.pk])
        return format_html(
            '{} <a href="{}">{}</a>', self.password_chosen(somebody), page, _("Make a link for a new one")
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Nobody closes their own account: there would be nobody left to open it."""
        shown = ("password_is", "password_chosen", "beside_the_roles")
        return (*shown, "is_active") if obj == request.user else shown

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        theirs = obj is None or request.user.is_superuser or not obj.is_superuser
        return theirs and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

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
        if request.method == "POST" and request.POST.get("state") != links.state(somebody):
            page["again"] = True
        elif request.method == "POST":
            page["link"] = links.new_password(request, somebody)
            if not page["link"]:
                messages.success(request, _("A link was mailed to %s.") % somebody.email)
                return redirect("admin:auth_user_change", somebody.pk)
        return render(request, "admin/auth/user/new_password.html", page | {"state": links.state(somebody)})

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
            what = gettext_lazy("An administrator has changed the name or the address of your account.")
            notices.tell(request, obj, what, at=form.initial["email"])

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """What is closed has no role any more, and begins anew when it is opened. Nobody has anything but roles.

        Whoever is open may come to the desk, which shows what roles open.
        """
        super().save_related(request, form, formsets, change)
        somebody = form.instance
        somebody.user_permissions.clear()
        if not somebody.is_active:
            people.close_account(somebody)
            return
        if change and "is_active" in form.changed_data:
            people.open_again(somebody)
        if not somebody.is_staff:
            somebody.is_staff = True
            somebody.save(update_fields=["is_staff"])
