"""Each mail names the site and says what to do, in every language, that of the page first; in nobody else's words."""

import re
from pathlib import Path

import allauth
import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client

from helpcenter.accounts.mails import HAPPENED
from tests.accounts.pages_of_accounts import PAGES
from tests.accounts.test_words import OTHER_NAMES, SITE, every_language
from tests.builders import a_user
from tests.desk import typed
from tests.signing_in import as_people_do, by_password, prove_again

pytestmark = pytest.mark.django_db

ADDRESS = "editor@guide.example"
AGENT = "Your account is lost, call 555-0100 (X11; Linux)"
NAMES = {"en": "English", "zh-hant": "繁體中文", "zh-hans": "简体中文"}


@pytest.fixture(autouse=True)
def _every_account_has_an_address(monkeypatch):
    made = User.save

    def save(somebody, *args, **kwargs):
        somebody.email = somebody.email or ADDRESS
        made(somebody, *args, **kwargs)

    monkeypatch.setattr(User, "save", save)


def administrator(client):
    boss = User.objects.create_superuser("boss")
    client.force_login(boss)
    prove_again(client, boss)
    return a_user()


def invited(client):
    page = f"/admin/auth/user/{administrator(client).pk}/password/"
    client.post(page, typed(client.get(page)))


def renamed(client):
    page = f"/admin/auth/user/{administrator(client).pk}/change/"
    client.post(page, typed(client.get(page)) | {"first_name": "", "email": "other@guide.example"})


def forgotten(client):
    a_user()
    client.post("/admin/account/password/forgotten/", {"email": ADDRESS})


def locked_out(client):
    a_user()
    for _try in range(11):
        by_password(client, "editor", "wrong")


def from_elsewhere(client):
    somebody = a_user()
    as_people_do(Client(REMOTE_ADDR="192.0.2.1"), somebody)
    as_people_do(client, somebody)


MAILS = {
    "invitation": invited,
    "link": forgotten,
    "another address": renamed,
    "locked": locked_out,
    "from elsewhere": from_elsewhere,
} | {
    name: PAGES[name]
    for name in ("password changed", "a link, a password", "app is away", "passkey is away", "recovery codes, shown")
}
LINKS = {"invitation", "link"}


def written(mails, name, language):
    """The mail, as somebody gets it whose page was in that language."""
    MAILS[name](Client(headers={"accept-language": language, "user-agent": AGENT}))
    mails()
    return mail.outbox[-1]


def parts(body):
    """What it says, by language, in the order in which it does."""
    found = re.split("── (.*) ──\n", body)[1:]
    codes = {each: code for code, each in NAMES.items()}
    return {codes[each]: words for each, words in zip(found[::2], found[1::2], strict=True)}


@every_language
@pytest.mark.parametrize("name", MAILS)
def test_a_mail_names_the_site_and_says_what_to_do(name, language, mails):
    sent = written(mails, name, language)
    assert sent.subject.startswith(f"[{SITE[language]}] ")
    assert next(iter(parts(sent.body))) == language
    assert set(parts(sent.body)) == set(SITE)
    for each, words in parts(sent.body).items():
        assert SITE[each] in words
        assert "editor" in words, "whose account"
        assert "http://testserver/admin/" in words
        assert ("/password/forgotten/" in words) is True
        assert not re.findall(OTHER_NAMES[each], words.replace("/account/", ""), re.IGNORECASE)
        if each != "en":
            said = re.sub(r"http\S+|\S+@\S+", "", words)
            assert set(re.findall(r"[A-Za-z]{2,}", said)) <= {"Midjourney", "App", "editor"}
    assert not re.findall(OTHER_NAMES[language], sent.subject, re.IGNORECASE)


@pytest.mark.parametrize("name", MAILS)
def test_no_mail_has_words_of_who_asked(name, mails):
    """Whoever tries passwords could else write to the owner in the site's name."""
    sent = written(mails, name, "en")
    assert "555-0100" not in sent.body + sent.subject


def test_allauth_tells_nothing_that_is_not_in_our_words():
    folder = Path(allauth.__path__[0]) / "templates"
    stock = [path for path in folder.glob("*/email/*_message.txt") if "base_notification" in path.read_text()]
    told = {path.relative_to(folder).as_posix().removesuffix("_message.txt") for path in stock}
    of_addresses = {
        f"account/email/email_{what}" for what in ("changed", "confirm", "deleted")
    }  # there is no such page
    assert {each for each in told if not each.startswith("socialaccount/")} - of_addresses == set(HAPPENED)
