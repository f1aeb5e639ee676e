"""What is typed to prove who somebody is, beside the password."""

import struct
from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.forms import UserTokenForm
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from allauth.usersessions.forms import ManageUserSessionsForm
from allauth.usersessions.models import UserSession
from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

DIGITS = {"inputmode": "numeric", "autocomplete": "one-time-code"}
"""Codes have no letters: a phone shows digits, and offers the code that it has just been sent."""


class _Counted(BaseAuthenticateForm):
    """A wrong code counts as a wrong password does, and whoever is locked out is so here, too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.update(DIGITS, autofocus=True)

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


class AppForm(ActivateTOTPForm):
    """The first code of an app. Its drawing stands above: the field does not call the page down to itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code")
        self.fields["code"].widget.attrs.update(DIGITS)


NO_ANSWER = (AttributeError, LookupError, TypeError, ValueError, struct.error)
"""What fido2 raises of JSON that no browser sends."""


class _Answer(forms.JSONField):
    """What a passkey says."""

    def to_python(self, value: Any) -> Any:
        """JSON may also be too deep, or a number too long."""
        try:
            return super().to_python(value)
        except (RecursionError, ValueError):
            raise get_adapter().validation_error("incorrect_code") from None

    def bound_data(self, data: Any, initial: Any) -> Any:
        """The page that says that it was wrong does not repeat it."""
        return initial


class _Answered(AuthenticateWebAuthnForm):
    """Whatever it is that was sent: what is no right answer is a wrong one."""

    credential = _Answer(widget=forms.HiddenInput)

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()
        except NO_ANSWER:
            raise get_adapter().validation_error("incorrect_code") from None


class KeyForm(_Answered):
    """A passkey as the second question of signing in."""


class KeyAloneForm(_Answered, LoginWebAuthnForm):
    """A passkey that signs in by itself."""


class KeyAgainForm(_Answered, ReauthenticateWebAuthnForm):
    """A passkey in between."""


class NameForm(EditWebAuthnForm):
    """What a key is called."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name")


class PasskeyForm(AddWebAuthnForm):
    """A key that signs in by itself, unless its owner wants otherwise."""

    credential = _Answer(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name")
        passwordless = self.fields["passwordless"]
        passwordless.initial = True
        passwordless.label = _("Sign in with it alone")
        passwordless.help_text = _(
            "It then asks for your fingerprint, face or PIN. Else it stands beside the password."
        )

    def clean(self) -> dict[str, Any]:
        """What is no answer is a wrong one here, too."""
        try:
            return dict(super().clean())
        except NO_ANSWER:
            raise get_adapter().validation_error("incorrect_code") from None


class LinkForm(UserTokenForm):
    """What a link for a password says. Of an account that is closed, however that came, there is none."""

    def clean(self) -> dict[str, Any]:
        """It has ended, as one that was used has."""
        cleaned = dict(super().clean())
        if not self.reset_user.is_active:
            raise get_account_adapter().validation_error("invalid_password_reset")
        return cleaned


class SessionsForm(ManageUserSessionsForm):
    """Which of their sessions somebody ends: `one` of them, or all others."""

    one = forms.ModelChoiceField(UserSession.objects.none(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        theirs = UserSession.objects.filter(user=self.request.user)
        self.fields["one"].queryset = theirs.exclude(session_key=self.request.session.session_key)
