"""What the desk says instead of a page: in its look and the language of who asks, with whom to ask and the way back."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from articles.models import MissingPage
from helpcenter.domain.review import Role
from tests.builders import a_user
from tests.pages import Page
from tests.signing_in import as_people_do, by_password, prove

pytestmark = pytest.mark.django_db

SAID = {
    "en": ("Not for your account", "There is no such page at the desk", "This form is too old"),
    "zh-hant": ("您的帳號不能開啟這一頁", "編輯台沒有這個頁面", "這份表單已過時"),
    "zh-hans": ("您的账号无法打开此页", "编辑台没有这个页面", "这份表单已过期"),
}


@pytest.fixture
def boss():
    somebody = a_user("the-boss")
    somebody.groups.add(Group.objects.get(name__contains="Administrators"))
    return somebody


def somebody_without_a_role(language="en", *, staff):
    somebody = User.objects.create(username="stranger", is_staff=staff)
    client = Client(headers={"accept-language": language})
    client.force_login(somebody)
    prove(client, somebody)
    return client


def heard(answer, status):
    """The heading and the words of a page in the desk's look."""
    assert answer.status_code == status
    soup = Page(answer).soup
    assert soup.select_one("link[href*=desk]")
    assert not soup.select_one("link[href*=site]")
    assert soup.html["lang"] == answer.headers["Content-Language"]
    return soup.h1.get_text(), soup.select_one("main").get_text(" ", strip=True)


@pytest.mark.parametrize("language", SAID)
def test_who_may_not_open_a_page_hears_so_and_whom_to_ask(boss, language):
    browser = Client(headers={"accept-language": language})
    author = as_people_do(browser, a_user("author", Role.AUTHOR))
    title, words = heard(author.get("/admin/auth/user/"), 403)
    assert title == SAID[language][0]
    assert "author" in words
    assert "the-boss" in words
    assert Page(author.get("/admin/auth/user/")).soup.select_one("main a[href='/admin/']")


@pytest.mark.parametrize("language", SAID)
@pytest.mark.parametrize("staff", [True, False])
def test_who_has_no_role_is_told_at_the_door_whom_to_ask(boss, language, staff):
    stranger = somebody_without_a_role(language, staff=staff)
    answer = stranger.get("/admin/", follow=True)
    title, words = heard(answer, 200 if staff else 403)
    assert "the-boss" in words
    assert "author" not in words
    if not staff:
        assert title == SAID[language][0]
        assert Page(answer).soup.select_one("#logout-form button")


def test_who_has_only_said_a_password_does_not_learn_who_gives_roles(boss):
    somebody = a_user("closed-out")
    User.objects.filter(pk=somebody.pk).update(is_staff=False)
    client = Client(headers={"accept-language": "en"})
    by_password(client, "closed-out")
    _title, words = heard(client.get("/admin/", follow=True), 403)
    assert "whoever made your account" in words
    assert "the-boss" not in words


@pytest.mark.parametrize("language", SAID)
@pytest.mark.parametrize(
    "address", ["/admin/nothing/", "/admin/desk/nothing/", "/admin/articles/translation/7/review/8/"]
)
def test_a_wrong_address_of_the_desk_is_no_page_of_readers_and_not_counted_among_theirs(language, address):
    editor = as_people_do(Client(headers={"accept-language": language}), a_user())
    title, _words = heard(editor.get(address), 404)
    assert title == SAID[language][1]
    assert Page(editor.get(address)).soup.select_one("main a[href='/admin/']")
    assert not MissingPage.objects.exists()


@pytest.mark.parametrize("language", SAID)
def test_a_form_that_is_too_old_says_what_to_do(language):
    editor = Client(headers={"accept-language": language}, enforce_csrf_checks=True)
    editor.force_login(a_user())
    title, _words = heard(editor.post("/admin/articles/article/add/", {"slug": "x"}), 403)
    assert title == SAID[language][2]
