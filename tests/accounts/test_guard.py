"""No page of the desk opens to a password alone, to a stranger or to nobody: over every address that there is."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.accounts.matrix import FIELDS, addresses
from tests.builders import a_user
from tests.signing_in import by_password

pytestmark = pytest.mark.django_db

OPEN = "/admin/account/"
"""The pages that prove who somebody is. What they show is tested beside them."""
OPEN_TO_ALL = {
    "/admin/account/login/",
    "/admin/account/inactive/",
    "/admin/account/password/forgotten/",
    "/admin/account/password/forgotten/sent/",
    "/admin/account/password/forgotten/1-x/",
    "/admin/account/password/forgotten/done/",
}
"""Those of them that anybody sees. The others lead to the first."""


def asked(client, address):
    """Where a GET and a POST of an address lead."""
    return [
        answer.headers.get("Location", answer.status_code)
        for answer in (client.get(address), client.post(address, FIELDS))
    ]


@pytest.mark.parametrize("somebody", ["nobody", "a password alone"])
def test_no_page_opens_to(somebody):
    client = Client()
    User.objects.filter(pk=a_user("boss").pk).update(is_superuser=True)
    if somebody != "nobody":
        by_password(client, "boss")
        assert client.session["_auth_user_id"], "or this says nothing"
    closed = [address for address in addresses() if not address.startswith(OPEN)]
    assert len(closed) > 120
    for address in closed:
        if address == "/admin/login/":
            continue  # leads on by itself
        for led in asked(client, address):
            assert str(led).startswith("/admin/login/?next=") or led == "/admin/", (address, led)


def test_the_pages_of_accounts_open_to_nobody_but_those_that_say_who_one_is():
    client = Client()
    for address in addresses():
        if not address.startswith(OPEN) or address in OPEN_TO_ALL:
            continue
        for led in asked(client, address):
            on = led in (403, 404, address)  # to itself: who sends too late begins again
            assert on or str(led).startswith("/admin/account/login/"), (address, led)
