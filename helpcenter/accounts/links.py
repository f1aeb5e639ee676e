"""Links by which somebody chooses a password: they end when it is chosen, or after PASSWORD_RESET_TIMEOUT (three days).

Nobody chooses one for others: who knows it could sign in as them.
"""

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.crypto import salted_hmac


def state(somebody: User) -> str:
    """What a page that asks for a link knows of the password there is, and no more: with each link it is another.

    So the page, sent once more, does not end the link that it was sent for.
    """
    return str(salted_hmac("accounts.links", somebody.password, algorithm="sha256").hexdigest())


def account_state(somebody: User) -> str:
    """What the form of an account knows of it, so that one opened before somebody else's change does not undo it."""
    roles = sorted(somebody.groups.values_list("pk", flat=True))
    known = repr((somebody.is_active, somebody.username, somebody.email, roles))
    return str(salted_hmac("accounts.links.account", known, algorithm="sha256").hexdigest())


def new_password(request: HttpRequest, somebody: User) -> str:
    """End the old password, with all sessions; mail the link for a new one. Where no mail goes, return it."""
    somebody.set_unusable_password()
    somebody.save(update_fields=["password"])
    key = f"{user_pk_to_url_str(somebody)}-{default_token_generator.make_token(somebody)}"
    link: str = get_adapter(request).get_reset_password_from_key_url(key)
    if not (settings.SENDS_MAIL and somebody.email):
        return link
    said = {"username": somebody.get_username(), "link": link}
    get_adapter(request).send_mail("account/email/new_password", somebody.email, said)
    return ""
