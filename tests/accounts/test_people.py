"""What an administrator does for others' accounts: a link, never a password; an end of their sessions."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, Permission, User
from django.core import mail
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from helpcenter.audit.models import Act, Entry
from tests.builders import a_user
from tests.desk import typed
from tests.signing_in import PASSWORD, a_passkey, as_people_do, by_password, prove

pytestmark = pytest.mark.django_db

ADDRESS = "editor@guide.example"
NEW = "some staple of better horses"


@pytest.fixture
def boss():
    somebody = a_user("boss")
    somebody.groups.add(Group.objects.get(name__contains="Administrators"))
    return as_people_do(Client(headers={"accept-language": "en"}), somebody)


def password_page(somebody):
    return f"/admin/auth/user/{somebody.pk}/password/"


def asked_for_a_link(boss, somebody):
    """The page after the button that asks for it."""
    return boss.post(password_page(somebody), typed(boss.get(password_page(somebody)))).content.decode()


def link_in(words):
    return re.search(r"/admin/account/password/forgotten/[^\s<]+", words)[0]


def choose(browser, link, password=NEW):
    """Somebody opens the link and chooses a password."""
    page = browser.get(link, follow=True)
    return browser.post(page.request["PATH_INFO"], {"password1": password, "password2": password})


def test_a_new_account_has_no_password(boss):
    asked = typed(boss.get("/admin/auth/user/add/"))
    assert not [name for name in asked if "password" in name]
    sent = {"username": "new", "email": ADDRESS, "password1": PASSWORD, "password2": PASSWORD}
    assert boss.post("/admin/auth/user/add/", sent).status_code == 302
    somebody = User.objects.get(username="new")
    assert somebody.email == ADDRESS
    assert not somebody.has_usable_password()


@pytest.mark.parametrize(("name", "again"), [("boss", "BOSS"), ("Änne", "änne"), ("мария", "МАРИЯ")])
def test_a_name_in_other_letters_is_taken(boss, name, again):
    User.objects.get_or_create(username=name)
    assert boss.post("/admin/auth/user/add/", {"username": again}).status_code == 200
    assert not User.objects.filter(username=again).exists()


def test_without_mail_the_link_is_shown_once_and_good_for_once(boss, browser):
    somebody = a_user()
    assert "/password/forgotten/" not in boss.get(password_page(somebody)).content.decode()
    link = link_in(asked_for_a_link(boss, somebody))
    assert link not in str(list(Entry.objects.values()))
    choose(browser, link)
    somebody.refresh_from_db()
    assert somebody.check_password(NEW)
    choose(Client(), link, "yet another staple of horses")
    somebody.refresh_from_db()
    assert somebody.check_password(NEW)


def test_to_load_the_page_again_neither_ends_the_link_nor_makes_another(boss, browser):
    somebody = a_user()
    page = typed(boss.get(password_page(somebody)))
    link = link_in(boss.post(password_page(somebody), page).content.decode())
    again = boss.post(password_page(somebody), page).content.decode()
    assert "/password/forgotten/" not in again
    assert "from this page one was made already" in again
    choose(browser, link)
    somebody.refresh_from_db()
    assert somebody.check_password(NEW)


def test_a_link_ends_by_itself_and_when_there_is_another(boss, browser, time_machine):
    import datetime as dt

    somebody = a_user()
    old = link_in(asked_for_a_link(boss, somebody))
    newer = link_in(asked_for_a_link(boss, somebody))
    choose(browser, old)
    time_machine.move_to(dt.datetime.now(dt.UTC) + dt.timedelta(days=3, hours=9))  # Django counts in local time
    choose(browser, newer)
    somebody.refresh_from_db()
    assert not somebody.has_usable_password()


def test_what_is_weak_is_refused_by_the_link_too(boss, browser):
    somebody = a_user()
    choose(browser, link_in(asked_for_a_link(boss, somebody)), "password1234")
    somebody.refresh_from_db()
    assert not somebody.has_usable_password()


def test_where_mail_is_sent_the_administrator_does_not_see_the_link(boss, mails):
    somebody = a_user()
    User.objects.update(email=ADDRESS)
    answer = boss.post(password_page(somebody), typed(boss.get(password_page(somebody))), follow=True)
    assert "/password/forgotten/" not in answer.content.decode()
    assert [to for to, _subject in mails()] == [[ADDRESS]]
    assert link_in(mail.outbox[0].body)


def test_no_mail_tells_of_what_was_taken_back(boss, mails, monkeypatch):
    somebody = a_user()
    User.objects.update(email=ADDRESS)

    def fails(*said, **more):
        raise DatabaseError("full")

    monkeypatch.setattr("helpcenter.publishing.desk.people.redirect", fails)
    boss.raise_request_exception = False
    page = typed(boss.get(password_page(somebody)))
    assert boss.post(password_page(somebody), page).status_code == 500
    somebody.refresh_from_db()
    assert somebody.check_password(PASSWORD)
    assert mails() == []


def test_of_two_browsers_with_one_link_the_second_is_told_that_it_is_used(boss, browser, monkeypatch):
    somebody = a_user()
    link = link_in(asked_for_a_link(boss, somebody))

    def hashed_meanwhile(password):
        """While one browser's is hashed, the other's is kept."""
        User.objects.filter(pk=somebody.pk).update(password=make_password(NEW))
        return make_password(password)

    monkeypatch.setattr("helpcenter.accounts.passwords.make_password", hashed_meanwhile)
    answer = choose(browser, link, "yet another staple of horses")
    assert "This link no longer works" in browser.get(answer.headers["Location"]).content.decode()
    somebody.refresh_from_db()
    assert somebody.check_password(NEW)


def test_a_closed_account_gets_no_link(boss):
    somebody = a_user()
    assert password_page(somebody) in boss.get(f"/admin/auth/user/{somebody.pk}/change/").content.decode()
    User.objects.filter(pk=somebody.pk).update(is_active=False)
    assert password_page(somebody) not in boss.get(f"/admin/auth/user/{somebody.pk}/change/").content.decode()
    for ask in (boss.get, boss.post):
        answer = ask(password_page(somebody), follow=True)
        assert "is closed: nobody gets a link for it" in answer.content.decode()
        assert "/password/forgotten/" not in answer.content.decode()
    somebody.refresh_from_db()
    assert somebody.has_usable_password()


def close(boss, somebody):
    page = f"/admin/auth/user/{somebody.pk}/change/"
    sent = typed(boss.get(page))
    del sent["is_active"]
    boss.post(page, sent)
    return page


def test_a_page_from_before_neither_opens_an_account_nor_gives_its_roles_back(boss, browser):
    root = as_people_do(browser, User.objects.create_superuser("root", password=PASSWORD))
    somebody = a_user()
    somebody.groups.add(Group.objects.get(name__contains="Authors"))
    page = f"/admin/auth/user/{somebody.pk}/change/"
    old = typed(boss.get(page))
    close(root, somebody)
    answer = boss.post(page, old | {"email": ADDRESS})
    assert "Somebody has changed this account since you opened the page" in answer.content.decode()
    somebody.refresh_from_db()
    assert (somebody.is_active, somebody.email, somebody.groups.count()) == (False, "", 0)


@pytest.mark.skipif("not connection.features.has_select_for_update", reason="SQLite has one writer at a time")
def test_who_changes_an_account_has_it_to_themselves_before_it_is_read(boss):
    """Else the password that its owner chooses meanwhile is written over with the one of before."""
    somebody = a_user()
    page = f"/admin/auth/user/{somebody.pk}/change/"
    sent = typed(boss.get(page)) | {"email": ADDRESS}
    with CaptureQueriesContext(connection) as asked:
        boss.post(page, sent)
    statements = [each["sql"] for each in asked]
    theirs = [each for each in statements if f'"auth_user"."id" = {somebody.pk} ' in each and each.startswith("SELECT")]
    assert "FOR UPDATE" in theirs[0]
    somebody.refresh_from_db()
    assert somebody.email == ADDRESS


def test_the_last_who_gives_roles_keeps_theirs(boss, browser):
    mine = User.objects.get(username="boss")
    page = f"/admin/auth/user/{mine.pk}/change/"
    sent = {name: value for name, value in typed(boss.get(page)).items() if name != "groups"}
    assert "You are the last who gives roles" in boss.post(page, sent).content.decode()
    assert mine.groups.exists()
    other = a_user("other")
    other.groups.set(mine.groups.all())
    assert boss.post(page, sent).status_code == 302
    assert not mine.groups.exists()


def test_what_was_given_past_the_roles_is_shown_and_taken_away(boss):
    somebody = User.objects.create(username="somebody", is_staff=True)
    somebody.user_permissions.add(Permission.objects.get(codename="publish_document"))
    page = f"/admin/auth/user/{somebody.pk}/change/"
    listed = "/admin/auth/user/?q=somebody"
    assert "single rights" in boss.get(listed).content.decode()
    form = boss.get(page)
    assert "single rights: publish_document" in form.content.decode()
    boss.post(page, typed(form))
    assert not User.objects.get(pk=somebody.pk).get_all_permissions()
    assert Entry.objects.filter(key=str(somebody.pk), changes__has_key="user_permissions").exists()
    assert "single rights" not in boss.get(listed).content.decode()
    assert "Beside the roles" not in boss.get(page).content.decode()


def test_of_a_superuser_it_is_said_and_taken_back_by_closing(boss, browser):
    root = as_people_do(browser, User.objects.create_superuser("root", password=PASSWORD))
    other = User.objects.create_superuser("other")
    page = f"/admin/auth/user/{other.pk}/change/"
    for client in (root, boss):
        assert "everything (superuser)" in client.get(page).content.decode()
    words = root.get(page).content.decode()
    assert "A superuser may do everything, whatever the roles" in words
    assert "Without a role nothing opens" not in words
    close(root, other)
    root.post(page, typed(root.get(page)) | {"is_active": "on"})
    other.refresh_from_db()
    assert (other.is_active, other.is_superuser) == (True, False)


def test_an_administrator_is_not_sent_to_themselves_for_a_superusers_password(boss):
    root = User.objects.create_superuser("root")
    a_user("other").groups.set(User.objects.get(username="boss").groups.all())
    shown = boss.get(f"/admin/auth/user/{root.pk}/change/")
    assert shown.status_code == 200
    assert password_page(root) not in shown.content.decode()
    refused = boss.get(password_page(root)).content.decode()
    assert "Ask one of them: <strong>root</strong></p>" in refused


@pytest.mark.parametrize("chosen", [True, False], ids=["with a password", "without"])
def test_nothing_from_before_it_was_closed_opens_an_account_that_is_open_again(boss, browser, chosen):
    """Whether or not a password was chosen: an account may live by passkeys alone."""
    somebody = a_user()
    link = link_in(asked_for_a_link(boss, somebody))
    if chosen:
        choose(browser, link)
        link = link_in(asked_for_a_link(boss, somebody))
    somebody.refresh_from_db()
    a_passkey(somebody)
    browser.force_login(somebody)
    prove(browser, somebody)
    assert browser.get("/admin/").status_code == 200

    page = close(boss, somebody)
    boss.post(page, typed(boss.get(page)) | {"is_active": "on"})
    somebody.refresh_from_db()
    assert somebody.is_active
    assert browser.get("/admin/").status_code == 302
    choose(Client(), link)
    somebody.refresh_from_db()
    assert not somebody.has_usable_password()
    assert not Authenticator.objects.filter(user=somebody).exists()


def test_a_link_of_an_account_that_is_not_open_opens_nothing(boss, browser):
    """However it came to be closed: by the server's shell nothing but the tick may be gone."""
    somebody = a_user()
    link = link_in(asked_for_a_link(boss, somebody))
    User.objects.filter(pk=somebody.pk).update(is_active=False)
    choose(browser, link)
    somebody.refresh_from_db()
    assert not somebody.has_usable_password()


def test_no_password_is_kept_of_an_account_that_is_closed_while_it_is_hashed(boss, browser, monkeypatch):
    somebody = a_user()
    link = link_in(asked_for_a_link(boss, somebody))

    def hashed_meanwhile(password):
        User.objects.filter(pk=somebody.pk).update(is_active=False)
        return make_password(password)

    monkeypatch.setattr("helpcenter.accounts.passwords.make_password", hashed_meanwhile)
    choose(browser, link)
    somebody.refresh_from_db()
    assert not somebody.has_usable_password()


def test_the_old_password_and_its_sessions_end_with_it(boss):
    somebody = a_user()
    client = as_people_do(Client(), somebody)
    asked_for_a_link(boss, somebody)
    assert client.get("/admin/").status_code == 302
    assert "_auth_user_id" not in by_password(Client(), "editor").client.session
    assert Entry.objects.filter(act=Act.CHANGE, by__username="boss", key=str(somebody.pk)).exists()


def test_an_administrator_ends_all_sessions_of_somebody_and_the_audit_has_it(boss):
    somebody, other = a_user(), a_user("other")
    theirs = [as_people_do(Client(), somebody) for _ in range(2)]
    others = as_people_do(Client(), other)
    picked = {"action": "end_their_sessions", "_selected_action": [somebody.pk]}
    answer = boss.post("/admin/auth/user/", picked, follow=True)
    assert "ditor is signed out everywhere" in answer.content.decode()
    assert [client.get("/admin/").status_code for client in theirs] == [302, 302]
    assert others.get("/admin/").status_code == boss.get("/admin/").status_code == 200
    assert Entry.objects.get(act=Act.SIGNED_OUT).by == User.objects.get(username="boss")


def test_an_administrator_does_not_end_those_of_a_superuser(boss):
    root = as_people_do(Client(), User.objects.create_superuser("root", password=PASSWORD))
    picked = {"action": "end_their_sessions", "_selected_action": [User.objects.get(username="root").pk]}
    boss.post("/admin/auth/user/", picked)
    assert root.get("/admin/").status_code == 200


@pytest.mark.parametrize("field", ["username", "email"])
def test_the_owner_is_told_of_another_name_or_address(boss, mails, field):
    somebody = a_user()
    User.objects.filter(pk=somebody.pk).update(email=ADDRESS)
    page = f"/admin/auth/user/{somebody.pk}/change/"
    changed = {"username": "other", "email": "thief@evil.example"}[field]
    boss.post(page, typed(boss.get(page)) | {field: changed})
    assert [to for to, _subject in mails()] == [[ADDRESS]]
    assert User.objects.filter(**{field: changed}).exists()


def test_nobody_is_told_that_nothing_of_it_changed(boss, mails):
    somebody = a_user()
    User.objects.filter(pk=somebody.pk).update(email=ADDRESS)
    page = f"/admin/auth/user/{somebody.pk}/change/"
    boss.post(page, typed(boss.get(page)) | {"groups": Group.objects.first().pk})
    assert somebody.groups.exists()
    assert mails() == []


def test_the_owner_is_told_of_a_new_password(mails):
    somebody = a_user()
    User.objects.update(email=ADDRESS)
    client = as_people_do(Client(headers={"accept-language": "en"}), somebody)
    client.post("/admin/account/password/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert mails() == [([ADDRESS], "The password of your account was changed.")]


def test_the_owner_is_told_of_a_factor_taken_away(mails):
    somebody = a_user()
    User.objects.update(email=ADDRESS)
    client = as_people_do(Client(headers={"accept-language": "en"}), somebody)
    client.post("/admin/account/factors/totp/deactivate/")
    assert mails() == [([ADDRESS], "The app with codes was taken away from your account.")]


def test_the_owner_is_told_of_a_sign_in_from_elsewhere(mails):
    somebody = a_user()
    User.objects.update(email=ADDRESS)

    def sign_in(address):
        as_people_do(Client(headers={"accept-language": "en"}, REMOTE_ADDR=address), somebody)
        return mails()

    assert sign_in("192.0.2.1") == []  # the first of all
    assert sign_in("192.0.2.1") == []
    told = [([ADDRESS], "Somebody has signed in to your account from a new network.")]
    assert sign_in("192.0.2.2") == told
    assert "192.0.2.2" in mail.outbox[0].body
    assert sign_in("192.0.2.2") == sign_in("192.0.2.1") == told


def test_the_owner_is_told_of_a_lock_and_not_each_time(mails):
    a_user()
    User.objects.update(email=ADDRESS)
    for _try in range(13):
        by_password(Client(headers={"accept-language": "en"}), "editor", "wrong")
    assert mails() == [
        ([ADDRESS], "Your account is locked at one network: too many wrong passwords or codes were typed there.")
    ]
