"""Who may open what at the desk: every cell of the table in docs/security.md, for every address that there is."""

from fnmatch import fnmatchcase

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db import transaction
from django.test import Client

from tests.accounts.matrix import COLUMNS, FIELDS, table
from tests.accounts.places import places
from tests.desk import typed
from tests.promises.test_leaks import desk_routes
from tests.signing_in import prove_again

pytestmark = pytest.mark.django_db

REFUSED = (403, 404, 405)
SAID = {(True, True): "yes", (True, False): "reads", (False, True): "sends", (False, False): "–"}
"""What the table says of what a GET and a POST are answered."""


def routes():
    """Those that somebody at the desk has to do with; the pages of accounts are everybody's own."""
    return [route for route in dict.fromkeys(desk_routes()) if not route.startswith("admin/account/")]


def a_client(column):
    """Somebody of this column, who has just signed in."""
    somebody = User.objects.create(username=f"a {column}", is_staff=True, is_superuser=column == "superuser")
    if column not in ("no role", "superuser"):
        somebody.groups.add(Group.objects.get(name__icontains=column))
    client = Client()
    client.force_login(somebody)
    prove_again(client, somebody)
    return client


def answered(client, method, address):
    """Whether the answer is none of a refusal. What it wrote is taken back."""
    with transaction.atomic():
        answer = client.get(address) if method == "get" else client.post(address, FIELDS)
        transaction.set_rollback(True)
    led = answer.headers.get("Location", "")
    assert "/login/" not in led, address
    sent_off = led == "/admin/" and not address.endswith(
        "/delete/"
    )  # there, who may see nothing of it; after deleting, all
    return answer.status_code not in REFUSED and not sent_off


def row_of(route):
    """The first row whose pattern the route has."""
    for patterns, row in table():
        if any(fnmatchcase(route, pattern.removeprefix("/")) for pattern in patterns):
            return row
    raise AssertionError(f"docs/security.md says nothing of {route}")


@pytest.mark.parametrize("column", COLUMNS)
def test_the_table_is_so(column):
    address, client, wrong = places(), a_client(column), []
    for route in routes():
        if route in ("admin/login/", "admin/logout/"):
            continue  # lead on by themselves: test_guard.py
        said = SAID[answered(client, "get", address(route)), answered(client, "post", address(route))]
        if said != row_of(route)[column]:
            wrong.append((route, said, row_of(route)[column]))
    assert wrong == [], "\n".join(map(str, wrong))


def test_no_row_is_about_nothing():
    used = [id(patterns) for patterns, _row in table()]
    assert len(used) > 20
    for patterns, _row in table():
        for pattern in patterns:
            assert any(fnmatchcase(route, pattern.removeprefix("/")) for route in routes()), pattern


@pytest.mark.parametrize("group", ["Authors", "Reviewers", "Publishers", "Administrators"])
def test_the_groups_are_those_of_the_table(group):
    from helpcenter.publishing.people import roles

    somebody = User.objects.create(username="x", is_staff=True)
    somebody.groups.add(Group.objects.get(name__contains=group))
    assert set(roles(somebody)) == set(COLUMNS[group.lower().removesuffix("s")])


@pytest.mark.parametrize("column", ["administrator", "superuser"])
def test_nobody_is_given_anything_but_roles_not_even_by_themselves(column):
    client = a_client(column)
    mine, other = User.objects.get(username=f"a {column}"), User.objects.create(username="other")
    may_do_all = mine.is_superuser
    permission = Permission.objects.get(codename="delete_group").pk
    sent = {"is_active": "on", "is_staff": "on", "is_superuser": "on", "user_permissions": permission, "password": "x"}
    for somebody in (mine, other):
        page = f"/admin/auth/user/{somebody.pk}/change/"
        fields = typed(client.get(page))
        assert set(fields) <= {*FIELDS_OF_AN_ACCOUNT, *BUTTONS}
        assert client.post(page, {**fields, "username": f"name-{somebody.pk}", **sent}).status_code == 302
        somebody.refresh_from_db()
        assert not somebody.user_permissions.exists()
        assert somebody.password != "x"
    assert (mine.is_superuser, other.is_superuser) == (may_do_all, False)


FIELDS_OF_AN_ACCOUNT = {"username", "email", "groups", "is_active", "state"}
BUTTONS = {"csrfmiddlewaretoken", "_save", "_addanother", "_continue"}


def test_an_administrator_does_not_write_a_superusers_account():
    client = a_client("administrator")
    boss = User.objects.create_superuser("boss")
    for address in ("change", "password"):
        answer = client.post(f"/admin/auth/user/{boss.pk}/{address}/", {"password1": "x", "password2": "x"})
        assert answer.status_code == 403
