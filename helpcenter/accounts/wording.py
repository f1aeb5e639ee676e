"""Words of Django and allauth that our catalogues say otherwise: theirs speak of the same thing by several names.

Nothing here is called: ours go before theirs wherever a text is the same.
"""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

OURS = (
    _("Current Password"),
    _("Email"),
    _("Email address"),
    _("email address"),
    _("Enter a valid email address."),
    _("Forgot your password?"),
    _("Site administration"),
    _("You don’t have permission to view or edit anything."),
    _("New Password"),
    _("New Password (again)"),
    _("Password (again)"),
    _("You must type the same password each time."),
    _("Your password can’t be a commonly used password."),
    _("Your password can’t be too similar to your other personal information."),
    ngettext_lazy(
        "Your password must contain at least %(min_length)d character.",
        "Your password must contain at least %(min_length)d characters.",
        "min_length",
    ),
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
        "min_length",
    ),
)
