"""Every page that somebody meets on the way to the desk and about their own account, and how one gets there."""

from collections.abc import Callable
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from tests.builders import a_user
from tests.signing_in import PASSWORD, a_passkey, an_app, as_people_do, by_password, prove_again

FACTORS = "/admin/account/factors/"
type Way = Callable[[Client], Any]


def a_newcomer(client: Client) -> User:
    """Signed in by password, with no second factor yet."""
    somebody = a_user()
    by_password(client, "editor")
    return somebody


def at_work(client: Client) -> User:
    """Signed in, with each kind of factor."""
    somebody = a_user()
    a_passkey(somebody)
    as_people_do(client, an_app(somebody).user)
    prove_again(client, somebody)
    return User.objects.get()  # with the password as it was hashed anew


def at(address: str, *, when: Callable[[Client], Any] = at_work) -> Way:
    """The page at an address of accounts."""

    def go(client: Client) -> Any:
        when(client)
        return client.get(f"/admin/account/{address}", follow=True)

    return go


def sent(address: str, typed: dict[str, str], *, when: Callable[[Client], Any] = at_work) -> Way:
    """The answer to what was typed there."""

    def go(client: Client) -> Any:
        when(client)
        client.get(f"/admin/account/{address}")
        return client.post(f"/admin/account/{address}", typed, follow=True)

    return go


def nobody(client: Client) -> None:
    """A browser that is not signed in."""


def half_signed_in(client: Client) -> None:
    a_passkey(an_app(a_user()).user)
    by_password(client, "editor")


def locked(client: Client) -> None:
    a_user()
    said = {"username": "editor", "ip_address": "127.0.0.1", "failures_since_start": 10}
    AccessAttempt.objects.create(**said, user_agent="x", http_accept="x", path_info="x")


def without_a_password(client: Client) -> None:
    somebody = at_work(client)
    somebody.set_unusable_password()
    somebody.save()
    client.force_login(somebody)
    prove_again(client, somebody)


def signed_in_twice(client: Client) -> None:
    somebody = at_work(client)
    as_people_do(Client(headers={"user-agent": "Firefox"}), somebody)
    client.get("/admin/")


def by_link(typed: dict[str, str] | None = None) -> Way:
    """What the link in a mail opens; the answer to a password typed there."""

    def go(client: Client) -> Any:
        somebody = a_user()
        key = {"uidb36": user_pk_to_url_str(somebody), "key": default_token_generator.make_token(somebody)}
        page = client.get(reverse("account_reset_password_from_key", kwargs=key), follow=True)
        return client.post(page.request["PATH_INFO"], typed, follow=True) if typed else page

    return go


def of_a_key(page: str, *, post: bool = False) -> Way:
    """A page of a passkey that there is."""

    def go(client: Client) -> Any:
        key = Authenticator.objects.get(user=at_work(client), type="webauthn")
        return (client.post if post else client.get)(f"{FACTORS}webauthn/keys/{key.pk}/{page}/", follow=True)

    return go


def twice(word: str) -> dict[str, str]:
    """What is typed in the two fields of a new password."""
    return dict.fromkeys(("password1", "password2"), word)


OLD = {"oldpassword": PASSWORD}
WEAK, CHOSEN = twice("password1234"), twice("some staple of better horses")

PAGES: dict[str, Way] = {
    "sign in": at("login/", when=nobody),
    "a wrong password": sent("login/", {"login": "editor", "password": "wrong"}, when=nobody),
    "locked": sent("login/", {"login": "editor", "password": PASSWORD}, when=locked),
    "second factor": at("factors/authenticate/", when=half_signed_in),
    "a wrong code": sent("factors/authenticate/", {"code": "000000"}, when=half_signed_in),
    "forgotten, without mail": at("password/forgotten/", when=nobody),
    "forgotten": at("password/forgotten/", when=nobody),
    "no address": sent("password/forgotten/", {"email": "x"}, when=nobody),
    "a link is sent": sent("password/forgotten/", {"email": "a@guide.example"}, when=nobody),
    "a link": by_link(),
    "a link, a weak password": by_link(WEAK),
    "a link, two passwords": by_link(CHOSEN | {"password2": "x"}),
    "a link, a password": by_link(CHOSEN),
    "a link that has ended": at("password/forgotten/1-x/", when=nobody),
    "closed": at("inactive/", when=nobody),
    "logged out": sent("logout/", {}),
    "log out": at("logout/"),
    "account, no factor yet": at("factors/", when=a_newcomer),
    "account": at("factors/"),
    "app": at("factors/totp/activate/", when=a_newcomer),
    "app, a wrong code": sent("factors/totp/activate/", {"code": "000000"}, when=a_newcomer),
    "app away": at("factors/totp/deactivate/"),
    "app is away": sent("factors/totp/deactivate/", {}),
    "rename a passkey": of_a_key("edit"),
    "passkey away": of_a_key("remove"),
    "passkey is away": of_a_key("remove", post=True),
    "passkeys": at("factors/webauthn/"),
    "new passkey": at("factors/webauthn/add/"),
    "recovery codes": at("factors/recovery-codes/"),
    "new recovery codes": at("factors/recovery-codes/generate/"),
    "recovery codes, shown": sent("factors/recovery-codes/generate/", {}),
    "password": at("password/"),
    "a wrong old password": sent("password/", CHOSEN | {"oldpassword": "x"}),
    "a weak new password": sent("password/", WEAK | OLD),
    "password changed": sent("password/", CHOSEN | OLD),
    "no password yet": at("password/set/", when=without_a_password),
    "sessions": at("sessions/"),
    "two sessions": at("sessions/", when=signed_in_twice),
    "others logged out": sent("sessions/", {}, when=signed_in_twice),
    "again, by password": at("reauthenticate/"),
    "again, a wrong password": sent("reauthenticate/", {"password": "x"}),
    "again, by code": at("factors/reauthenticate/"),
    "again, a wrong code": sent("factors/reauthenticate/", {"code": "000000"}),
    "again, by passkey": at("factors/webauthn/reauthenticate/"),
}

WHERE_MAIL_IS_SENT = {"forgotten", "no address", "a link is sent"}
