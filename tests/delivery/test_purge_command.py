"""What was touched is written down by the database, and told until the CDN says yes."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from articles.models import Article, FormerSlug, Redirect, Verification
from helpcenter.delivery.cdn import EVERYTHING, SITE, of_article
from helpcenter.delivery.management.commands import purge as command
from helpcenter.delivery.models import READERS_SEE, Touched, install_triggers, remove_triggers
from helpcenter.delivery.purging import MOST_KEYS, purge
from helpcenter.publishing.models import LiveChange
from tests.builders import a_sheet, a_user, an_article

pytestmark = [pytest.mark.django_db, pytest.mark.writes]


@pytest.fixture
def text():
    a_sheet()
    translation = an_article("walked")
    Touched.objects.all().delete()
    return translation


def touched():
    found = dict(Touched.objects.values_list("document", "since"))
    Touched.objects.all().delete()
    return found


def test_each_table_that_readers_see_touches_something():
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_touches_on_%'")
        else:
            cursor.execute("SELECT trigger_name FROM information_schema.triggers WHERE trigger_name LIKE 'touches_%'")
        assert len(cursor.fetchall()) == 3 * len(READERS_SEE)


def test_what_goes_live_touches_its_document_once_and_from_the_first_instant_on(text):
    now, other = timezone.now(), an_article("other")
    Touched.objects.all().delete()
    plans = [(each, now + timedelta(hours=hours)) for each in (text, other) for hours in (3, 2, 1)]
    LiveChange.objects.bulk_create(LiveChange(document=each, at=at, recorded_at=now) for each, at in plans)
    assert touched() == {each.pk: now + timedelta(hours=1) for each in (text, other)}


def test_whoever_looks_touches_the_text_that_was_looked_at(text):
    live = text.revisions.get()
    looked = Verification.objects.create(translation=text, revision=live, by=a_user(), at=timezone.now())
    assert touched() == {text.pk: looked.at}


def test_a_plan_that_is_called_off_and_whatever_is_no_text_touch_everything(text):
    now = timezone.now()
    LiveChange.objects.create(document=text, at=now + timedelta(hours=1), recorded_at=now)
    touched()
    LiveChange.objects.filter(at__gt=now).delete()
    assert touched() == {0: None}
    Article.objects.update(order=7)
    assert touched() == {0: None}
    for _time in range(2):
        Redirect.objects.bulk_create([Redirect(path="/a/"), Redirect(path="/b/")], ignore_conflicts=True)
        Redirect.objects.bulk_create([Redirect(path="/a/"), Redirect(path="/c/")], ignore_conflicts=True)
    assert touched() == {0: None}


def test_what_was_taken_back_touches_nothing(text):
    with transaction.atomic():
        an_article("other")
        assert Touched.objects.exists()
        transaction.set_rollback(True)
    assert not Touched.objects.exists()


def test_on_the_way_back_to_before_it_nothing_is_touched():
    with connection.cursor() as cursor:
        remove_triggers(None, SimpleNamespace(connection=connection, execute=cursor.execute))
    Redirect.objects.create(path="/a/")
    assert not Touched.objects.exists()
    install_triggers("default")
    Redirect.objects.create(path="/b/")
    assert Touched.objects.exists()


def tell(send=lambda keys: None):
    return purge(send, settle=lambda: None)


def test_what_the_cdn_did_not_take_is_told_again():
    Touched.everything()

    def away(keys):
        raise OSError("away")

    with pytest.raises(OSError, match="away"):
        tell(away)
    assert tell() == {EVERYTHING}
    assert tell() == set()


def test_what_is_touched_while_it_is_told_is_told_again():
    Touched.everything()
    assert tell(lambda keys: Touched.everything()) == {EVERYTHING}
    assert tell() == {EVERYTHING}
    assert tell() == set()


def test_more_than_fits_in_a_purge_is_everything(text):
    article, now = Article.objects.get(), timezone.now()
    live, user = text.revisions.get(), a_user()

    def looked(former):
        names = [f"once-{number}" for number in range(former)]
        FormerSlug.objects.bulk_create(FormerSlug(article=article, slug=name, until=now) for name in names)
        Touched.objects.all().delete()
        Verification.objects.create(translation=text, revision=live, by=user, at=now)
        return tell()

    assert looked(0) == {SITE, of_article("walked")}
    assert looked(MOST_KEYS) == {EVERYTHING}


class Service(BaseHTTPRequestHandler):
    """The CDN's side of a purge."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.heard.append((dict(self.headers), body))
        self.send_response(self.server.says)
        if self.server.says == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *about):
        pass


@pytest.fixture
def service(settings, monkeypatch):
    """A CDN that hears; nobody waits for it to settle."""
    monkeypatch.setattr(command, "sleep", lambda seconds: None)
    with HTTPServer(("127.0.0.1", 0), Service) as server:
        server.heard, server.says = [], 200
        settings.CDN, settings.CDN_TOKEN = "cloudflare", "a token"
        settings.CDN_PURGE = f"http://127.0.0.1:{server.server_port}/purge"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_the_command_tells_the_service_in_its_own_words(settings, service, text):
    Verification.objects.create(translation=text, revision=text.revisions.get(), by=a_user(), at=timezone.now())
    call_command("purge", stdout=StringIO())
    headers, body = service.heard.pop()
    assert (headers["Authorization"], json.loads(body)) == ("Bearer a token", {"tags": ["article-walked", "site"]})
    call_command("purge", stdout=StringIO())
    assert service.heard == []
    settings.CDN = "fastly"
    Verification.objects.create(translation=text, revision=text.revisions.get(), by=a_user("b"), at=timezone.now())
    call_command("purge", stdout=StringIO())
    headers, _body = service.heard.pop()
    assert (headers["Surrogate-Key"], headers["Fastly-Key"]) == ("article-walked site", "a token")
    call_command("purge", "--all", stdout=StringIO())
    headers, _body = service.heard.pop()
    assert headers["Surrogate-Key"] == "all"


@pytest.mark.parametrize("says", [302, 403, 429, 500])
def test_whatever_is_no_yes_is_a_no(service, says):
    service.says = says
    with pytest.raises(CommandError, match="did not say yes") as refused:
        call_command("purge", "--all")
    assert refused.value.returncode == command.REFUSED
    service.says = 200
    call_command("purge", stdout=StringIO())
    assert len(service.heard) == 2


def test_beside_the_server_it_goes_on_when_the_service_does(service, monkeypatch):
    Touched.objects.all().delete()
    Touched.everything()
    service.says, waited = 500, []

    def sleep(seconds):
        waited.append(seconds)
        service.says = 500 if len(waited) < 4 else 200
        if not Touched.objects.exists():
            raise KeyboardInterrupt

    monkeypatch.setattr(command, "sleep", sleep)
    with pytest.raises(KeyboardInterrupt):
        call_command("purge", "--follow", stdout=StringIO(), stderr=StringIO())
    settle, again = command.SETTLED, command.TELLS_AGAIN
    assert waited == [settle, again, settle, again, settle, command.LOOKS_EVERY]


def test_without_a_cdn_there_is_nobody_to_tell():
    with pytest.raises(CommandError, match="nobody to tell"):
        call_command("purge")
