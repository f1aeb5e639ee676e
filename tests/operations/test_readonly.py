"""Read-only: readers go on, whoever writes is told when to come back, in their language."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.test import Client
from django.utils import timezone

from articles.models import MissingPage
from helpcenter.delivery.epoch import Bell
from helpcenter.delivery.front import Front
from helpcenter.delivery.health import Health
from helpcenter.feedback.models import Vote
from helpcenter.operations import readonly
from tests.builders import a_site, a_user
from tests.delivery.asking import ask
from tests.pages import Page
from tests.promises.every_page import EVERY_PAGE, a_site_with_every_page

pytestmark = pytest.mark.django_db
WRITING = ["/en/feedback/en/walked/1/", "/en/wizard/count/", "/en/search/count/", "/admin/login/"]


@pytest.fixture(autouse=True)
def _folder(folder):
    return folder


def test_every_page_is_read_as_before():
    a_site_with_every_page()
    before = [Client().get(address).content for _language, address in EVERY_PAGE]
    readonly.switch_on(timezone.now() + timedelta(minutes=12))
    assert [Client().get(address).content for _language, address in EVERY_PAGE] == before
    assert ask(Health(), "/readyz").status == 200


@pytest.mark.parametrize("address", WRITING)
def test_whoever_writes_is_told_when_to_come_back(address):
    a_site()
    readonly.switch_on(timezone.now() + timedelta(minutes=12))
    refused = Client().post(address, {"helped": "yes"})
    assert refused.status_code == 503
    assert 700 < int(refused["Retry-After"]) <= 720
    assert "no-store" in refused["Cache-Control"]
    assert not Vote.objects.exists()


@pytest.mark.parametrize(
    ("language", "words"), [("zh-hant", "大約 12 分鐘"), ("en", "in about 12 minutes"), ("zh-hans", "大约 12 分钟")]
)
def test_it_is_said_in_the_readers_language(language, words):
    readonly.switch_on(timezone.now() + timedelta(minutes=12))
    page = Page(Client().post(f"/{language}/feedback/en/walked/1/"))
    assert words in page.text()


def test_the_desk_is_shut_and_opens_without_a_restart():
    a_site()
    client = Client()
    client.force_login(a_user())
    readonly.switch_on(timezone.now() + timedelta(minutes=12))
    assert client.get("/admin/").status_code == 503
    readonly.switch_off()
    assert client.get("/admin/").status_code == 200


def test_what_is_not_there_is_not_counted():
    readonly.switch_on(timezone.now() + timedelta(minutes=12))
    assert Client().get("/en/nowhere/").status_code == 404
    assert not MissingPage.objects.exists()
    readonly.switch_off()
    Client().get("/en/nowhere/")
    assert MissingPage.objects.exists()


def test_behind_the_front_it_is_the_same(tmp_path):
    front = Front(get_wsgi_application(), Bell(tmp_path / "bell"), room=1 << 20)
    a_site()
    assert ask(front, "/en/").status == 200
    readonly.switch_on(timezone.now() + timedelta(minutes=12))
    assert ask(front, "/en/").status == 200
    assert ask(front, "/en/feedback/en/walked/1/", method="POST", body=b"helped=yes").status == 503


def test_if_it_takes_longer_it_goes_on_and_says_so(tmp_path):
    readonly.switch_on(timezone.now() - timedelta(hours=1))
    assert Client().post("/en/wizard/count/")["Retry-After"] == "300"
    (tmp_path / "readonly").write_text("")  # made by hand
    assert Client().post("/en/wizard/count/")["Retry-After"] == "300"


def test_the_command_switches_it():
    call_command("readonly", "on", minutes=3)
    assert 170 < int(Client().post("/en/wizard/count/")["Retry-After"]) <= 180
    call_command("readonly", "off")
    call_command("readonly", "off")
    assert readonly.ends(timezone.now()) is None
