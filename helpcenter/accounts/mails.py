"""Mails: what happened or is asked, in every language of the site.

Nobody knows which language an account's owner reads: the page that a mail comes from may be an administrator's, or that
of somebody who tries passwords. So each mail says the same in all of them, that of the page first.
"""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

HAPPENED = {
    "account/email/password_changed": _("The password of your account was changed."),
    "account/email/password_reset": _("A new password was chosen for your account, by a link."),
    "account/email/password_set": _("A password was chosen for your account."),
    "mfa/email/recovery_codes_generated": _("New recovery codes were made for your account. The old ones have ended."),
    "mfa/email/totp_activated": _("An app with codes was set up for your account."),
    "mfa/email/totp_deactivated": _("The app with codes was taken away from your account."),
    "mfa/email/webauthn_added": _("A passkey was added to your account."),
    "mfa/email/webauthn_removed": _("A passkey was taken away from your account."),
}
"""What allauth tells of by itself, by its names for it."""

ADVICE = _(
    "If you know of it, there is nothing to do. If not, choose a new password at once and tell an administrator."
)


def subject(prefix: str, said: dict[str, Any]) -> str:
    """One line, in the language of the page."""
    return " ".join(render_to_string(f"{prefix}_subject.txt", said).split())


def body(prefix: str, said: dict[str, Any]) -> str:
    """The same in every language; the first line says in which."""
    names = dict(settings.LANGUAGES)
    order = {code: names[code] for code in (get_language() or settings.LANGUAGE_CODE, *names)}
    parts = [" · ".join(order.values())]
    for code, name in order.items():
        with override(code):
            parts.append(f"── {name} ──\n\n" + render_to_string(f"{prefix}_message.txt", said).strip())
    return "\n\n".join(parts)
