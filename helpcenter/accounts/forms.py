"""What is typed to prove who somebody is, beside the password."""

from typing import Any

from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class _Counted(BaseAuthenticateForm):
    """A wrong code counts as a wrong password does, and whoever is locked out is so here, too."""

    def clean_code(self) -> str:
        credentials = {"username": self.user.get_username()}
        try:
            if not AxesProxyHandler.is_allowed(context.request, credentials):
                raise ValidationError("locked")  # never shown: the middleware of axes answers instead
            return str(super().clean_code())
        except ValidationError:
            user_login_failed.send(sender=__name__, credentials=credentials, request=context.request)
            raise


class CodeForm(_Counted, AuthenticateForm):
    """The second question of signing in."""


class CodeAgainForm(_Counted, ReauthenticateForm):
    """The same, in between."""


class PasskeyForm(AddWebAuthnForm):
    """A key that signs in by itself, unless its owner wants otherwise."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        passwordless = self.fields["passwordless"]
        passwordless.initial = True
        passwordless.label = _("Sign in with it alone")
        passwordless.help_text = _(
            "It then asks for your fingerprint, face or PIN. Else it stands beside the password."
        )
