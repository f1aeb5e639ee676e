"""What browsers are told beside the pages: by https, at the desk, where something failed; what they tell us back."""

import json
import logging
import re
import runpy
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.core.management.utils import get_random_secret_key
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.utils.csp import CSP

from helpcenter.delivery import reports
from helpcenter.home.headers import PERMISSIONS, ours_alone
from helpcenter.settings import MAILERS
from tests.builders import a_site, a_user
from tests.pages import Page

pytestmark = pytest.mark.django_db
SETTINGS = Path(project.BASE_DIR, "helpcenter", "settings.py")


@pytest.fixture
def by_https(monkeypatch):
    """What HTTPS=1 changes in the settings, and nothing else."""
    monkeypatch.setenv("HTTPS", "1")
    read = runpy.run_path(str(SETTINGS))
    prefixes = ("SECURE_", "SESSION_", "CSRF_")
    changed = {name: value for name, value in read.items() if name.startswith(prefixes)}
    with override_settings(**changed, ALLOWED_HOSTS=["testserver"], SECRET_KEY=get_random_secret_key()):
        yield


class TestByHttps:
    def test_djangos_own_check_has_nothing_to_say_and_nothing_is_silenced(self, by_https, settings, monkeypatch):
        monkeypatch.delenv("DJANGO_ALLOW_ASYNC_UNSAFE", raising=False)  # browser tests before this one set it
        settings.MAILERS = MAILERS  # Django's tests have others
        assert project.SILENCED_SYSTEM_CHECKS == []
        call_command("check", deploy=True, fail_level="WARNING")

    def test_without_it_the_check_speaks(self):
        with pytest.raises(SystemCheckError, match="W004"):
            call_command("check", deploy=True, fail_level="WARNING")

    def test_whoever_asks_by_http_is_sent_on(self, by_https):
        a_site()
        moved = Client().get("/en/articles/walked/?as_of=2026-02-01")
        assert moved.status_code == 301
        assert moved.headers["Location"] == "https://testserver/en/articles/walked/?as_of=2026-02-01"

    @pytest.mark.parametrize("address", ["/en/", "/admin/account/login/", "/en/nowhere/", "/robots.txt"])
    def test_browsers_never_ask_by_http_again(self, by_https, address):
        a_site()
        said = Client().get(address, secure=True).headers["Strict-Transport-Security"]
        assert said == "max-age=63072000; includeSubDomains; preload"

    def test_the_editors_cookies_are_this_very_hosts(self, by_https):
        editor = a_user("editor")
        editor.set_password("correct horse battery")
        editor.save()
        client = Client()
        client.get("/admin/account/login/", secure=True)
        client.post("/admin/account/login/", {"login": "editor", "password": "correct horse battery"}, secure=True)
        assert set(client.cookies) == {"__Host-sessionid", "__Host-csrftoken"}
        for cookie in client.cookies.values():
            assert cookie["secure"]
            assert cookie["path"] == "/"
            assert not cookie["domain"]
            assert cookie["samesite"] == "Lax"
            assert len(cookie.key + cookie.value) <= 4096
        assert client.cookies["__Host-sessionid"]["httponly"]

    def test_on_ones_own_machine_nothing_of_it_is_in_the_way(self):
        response = Client().get("/admin/account/login/")
        assert response.status_code == 200
        assert "Strict-Transport-Security" not in response.headers
        assert not response.cookies["csrftoken"]["secure"]


class TestEverywhere:
    @pytest.mark.parametrize(
        "address",
        ["/", "/en/", "/en/nowhere/", "/robots.txt", "/api/facts/", "/admin/account/login/", "/pictures/0.webp"],
    )
    def test_nobody_else_may_load_it_or_hold_a_hand_on_it(self, address):
        a_site()
        headers = Client().get(address).headers
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"

    def test_a_drawing_cannot_be_framed(self):
        drawing = ours_alone(lambda request: HttpResponse(content_type="image/svg+xml"))(RequestFactory().get("/"))
        assert "frame-ancestors 'none'" in drawing["Content-Security-Policy"]
        assert drawing["X-Frame-Options"] == "DENY"
        assert drawing["Content-Type"] == "image/svg+xml; charset=utf-8"

    @pytest.mark.parametrize("address", ["/en/", "/en/nowhere/", "/admin/account/login/"])
    def test_a_page_says_what_it_never_asks_for_and_where_to_tell_of_refusals(self, address):
        a_site()
        headers = Client().get(address).headers
        assert headers["Permissions-Policy"] == PERMISSIONS
        assert "report-uri /reports/" in headers["Content-Security-Policy"]
        assert "object-src 'none'" in headers["Content-Security-Policy"]

    @pytest.mark.parametrize("address", ["/en/", "/admin/", "/healthz", "/api/facts/", "/en/changes.atom"])
    def test_nobody_is_told_what_they_sent(self, address):
        a_site()
        assert Client().generic("TRACE", address).status_code == 405

    @pytest.mark.parametrize(
        "address",
        [
            *("/en/", "/healthz", "/readyz", "/robots.txt", "/llms.txt", "/sitemap.xml", "/sitemap-0.xml"),
            *("/en/changes.atom", "/en/articles/walked.md", "/en/refund/calendar/cancel-by/2026-12-01.ics", "/en/no/"),
            *("/.well-known/security.txt", "/admin/account/login/", "/admin/nothing/"),
        ],
    )
    def test_what_is_text_says_in_which_characters(self, address):
        a_site()
        assert re.fullmatch(r"(text/|application/(\w+\+)?xml).*; charset=utf-8", Client().get(address)["Content-Type"])


class TestTheDesk:
    def test_every_script_and_style_has_the_nonce_of_this_one_answer(self, client):
        client.force_login(a_user())
        a_site()
        nonces = set()
        for address in ("/admin/", "/admin/articles/article/", "/admin/articles/picture/add/", "/admin/"):
            response = client.get(address)
            policy = response.headers["Content-Security-Policy"]
            assert re.findall(r"(\S+) 'self' 'nonce-", policy) == ["script-src", "style-src"]
            (nonce,) = set(re.findall(r"'nonce-([\w-]+)'", policy))
            nonces.add(nonce)
            assert response.headers["Reporting-Endpoints"] == 'reports="/reports/"'
            for tag in Page(response).soup.select("script, style"):
                assert tag.get("nonce") == nonce or (tag.get("src") and not tag.get_text(strip=True)), tag
        assert len(nonces) == 4

    def test_nothing_unsafe_is_let_through(self):
        policy = str(project.DESK_CSP)
        assert "unsafe" not in policy
        assert "*" not in policy
        assert project.DESK_CSP["default-src"] == [CSP.NONE]


class TestWhatFails:
    @override_settings(STORAGES={"staticfiles": {"BACKEND": "helpcenter.delivery.files.Files"}})
    def test_the_page_for_it_needs_no_collected_file(self, tmp_path):
        a_site()
        with override_settings(STATIC_ROOT=tmp_path):
            response = Client(raise_request_exception=False).get("/en/")
        assert response.status_code == 500
        assert Page(response).heading == "Something went wrong here"
        assert Page(response).attributes("link[rel=stylesheet]", "href") == ["/static/css/site.css"]

    def test_what_cannot_be_read_is_refused_and_no_fault(self):
        strange = {"content_type": "multipart/form-data", "headers": {"host": "evil.example"}}
        client = Client(raise_request_exception=False, enforce_csrf_checks=True)
        client.cookies["csrftoken"] = "x" * 32
        assert client.post("/admin/account/login/", b"x", **strange).status_code == 400


REFUSED = {
    "document-uri": "http://testserver/en/wizard/access/?biller=midjourney&answer=secret",
    "effective-directive": "script-src-elem",
    "blocked-uri": "https://evil.example/secret.js",
    "source-file": "secret",
}


def said_in(caplog):
    """The refusals that were logged."""
    lines = [record.msg for record in caplog.records if record.name == reports.__name__]
    assert {line["event"] for line in lines} <= {"a browser refused"}
    return [(line["by"], line["what"], line["page"]) for line in lines]


class TestReports:
    @pytest.fixture(autouse=True)
    def _an_hour(self, monkeypatch, settings):
        monkeypatch.setattr(reports, "told", reports.Told())
        settings.DEBUG = False

    def tell(self, sent, kind="application/csp-report"):
        body = sent if isinstance(sent, bytes) else json.dumps(sent)
        response = Client(enforce_csrf_checks=True).post("/reports/", body, content_type=kind)
        assert (response.status_code, response.content) == (204, b"")
        assert not response.cookies

    def test_what_was_refused_is_logged_and_nothing_that_a_reader_typed(self, caplog):
        self.tell({"csp-report": REFUSED})
        assert said_in(caplog) == [("script-src-elem", "something from elsewhere", "wizard:page")]

    def test_the_other_format_too(self, caplog):
        body = {"documentURL": "http://testserver/en/", "effectiveDirective": "style-src-attr", "blockedURL": "inline"}
        self.tell([{"type": "csp-violation", "body": body, "user_agent": "secret"}], "application/reports+json")
        assert said_in(caplog) == [("style-src-attr", "inline", "home")]

    def test_the_same_is_logged_once_in_an_hour(self, caplog):
        for _ in range(3):
            self.tell({"csp-report": REFUSED})
        assert len(said_in(caplog)) == 1

    def test_whatever_is_sent_the_log_has_an_end(self, caplog, monkeypatch):
        monkeypatch.setattr(reports, "MOST_IN_AN_HOUR", 3)
        pages = ("", "articles/", "wizard/", "refund/", "search/")
        for page in pages:
            self.tell({"csp-report": {**REFUSED, "document-uri": f"http://testserver/en/{page}"}})
        assert len(said_in(caplog)) == 3
        assert len(reports.told.refusals) == 3

    def test_of_many_in_one_only_a_few_are_looked_at(self, caplog):
        several = [{"body": {"effectiveDirective": each}} for each in sorted(reports.DIRECTIVES)]
        self.tell(several, "application/reports+json")
        assert len(said_in(caplog)) == reports.MOST_IN_ONE

    @pytest.mark.parametrize(
        ("sent", "kind"),
        [
            (b"x" * (reports.MOST_BYTES + 1), "application/csp-report"),
            (json.dumps({"csp-report": REFUSED}).encode().ljust(reports.MOST_BYTES + 1), "application/csp-report"),
            (json.dumps({"csp-report": REFUSED, "x": "x" * reports.MOST_BYTES}).encode(), "application/csp-report"),
            (b"{", "application/csp-report"),
            (b"[" * reports.MOST_BYTES, "application/csp-report"),
            (b"[1, null, {}]", "application/reports+json"),
            ([{"body": "a word"}, {"body": [1]}], "application/reports+json"),
            ({"csp-report": REFUSED}, "text/plain"),
        ],
    )
    def test_what_is_too_long_or_no_report_is_dropped(self, caplog, sent, kind):
        self.tell(sent, kind)
        assert said_in(caplog) == []

    @pytest.mark.parametrize("strange", [1, ["a"], {"a": "b"}, None, "http://[", "//[::1/"])
    def test_what_is_no_word_or_no_address_says_nothing(self, caplog, strange):
        self.tell({"csp-report": dict.fromkeys(REFUSED, strange)})
        assert said_in(caplog) == [("another directive", "something from elsewhere", "no kind")]

    @pytest.mark.parametrize("length", ["x", "-1", "²", "9" * 5000])
    def test_a_length_that_is_none_is_too_long(self, caplog, length):
        sent = {"data": json.dumps({"csp-report": REFUSED}), "content_type": "application/csp-report"}
        assert Client().post("/reports/", **sent, CONTENT_LENGTH=length).status_code == 204
        assert said_in(caplog) == []

    def test_the_next_hour_begins_anew(self):
        told = reports.Told()
        assert [told.is_new(("by", "what", "page"), hour) for hour in (1, 1, 2, 2)] == [True, False, True, False]

    @pytest.mark.parametrize("said", ["x\nERROR root: forged", "<script>", "secret"])
    def test_no_word_of_a_report_gets_into_the_log(self, caplog, said):
        caplog.set_level(logging.DEBUG)
        self.tell({"csp-report": dict.fromkeys(REFUSED, said)})
        assert said not in caplog.text.replace("no kind", "")
        assert said_in(caplog) == [("another directive", "something from elsewhere", "no kind")]

    def test_it_takes_reports_only(self):
        assert Client().get("/reports/").status_code == 405
