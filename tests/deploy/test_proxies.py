"""nginx and Caddy before a site that runs, with the files of deploy/: what reaches it, what if it is gone.

The site has the bundled content; the standby that of the builders, so that one sees which of them answers.
"""

import json
import re
import socket
import sqlite3
import ssl
import subprocess
import urllib.request
from collections import Counter
from contextlib import closing
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlencode

import pytest
from django.conf import settings as project
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from helpcenter.delivery.refusing import LARGEST_AT_THE_DESK, LARGEST_SENT, LONGEST_ADDRESS
from helpcenter.delivery.standby import export
from tests.deploy.proxies import DEPLOY, NAME, READER, caddy, nginx, program
from tests.operations.sites import Site, free_port
from tests.promises.every_page import a_site_with_every_page

pytestmark = pytest.mark.django_db

ONLY_THERE = "/en/articles/walked/"
"""A page that the standby has and the site has not."""
SAID_OF_EVERY_PAGE = (
    "content-security-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "permissions-policy",
    "referrer-policy",
    "strict-transport-security",
    "x-content-type-options",
    "x-frame-options",
)


@pytest.fixture(scope="module")
def standby(django_db_setup, django_db_blocker, tmp_path_factory):
    folder = tmp_path_factory.mktemp("standby")
    plain_files = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    changed = override_settings(
        STORAGES={**project.STORAGES, **plain_files},
        ALLOWED_HOSTS=[NAME],
        STATIC_ROOT=folder / "static",
        SECURE_HSTS_SECONDS=2 * 365 * 24 * 60 * 60,
        SECURE_HSTS_INCLUDE_SUBDOMAINS=True,
        SECURE_HSTS_PRELOAD=True,
    )
    with changed, django_db_blocker.unblock(), transaction.atomic():
        call_command("collectstatic", interactive=False, verbosity=0)
        a_site_with_every_page()
        export(folder / "out", f"https://{NAME}", quiet=True)
        transaction.set_rollback(True)
    return folder / "out"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    settings = {"HTTPS": "1", "ALLOWED_HOSTS": NAME, "CLIENT_ADDRESS": "X-Real-IP"}
    with Site(tmp_path_factory.mktemp("site") / "data", port=free_port(), settings=settings) as site:
        yield site


@pytest.fixture(scope="module", params=[nginx, caddy], ids=lambda kind: kind.__name__)
def proxy(request, site, standby, tmp_path_factory):
    if site.process.poll() is not None:
        site.start()
    with request.param(tmp_path_factory.mktemp("proxy"), site.port, standby) as proxy:
        yield proxy


def test_it_is_spoken_by_https_with_http_2(proxy):
    with proxy.connect(protocols=["h2", "http/1.1"]) as connection:
        assert connection.selected_alpn_protocol() == "h2"
        assert connection.version() == "TLSv1.3"


def shaken(proxy, *how):
    """Protocol and cipher that OpenSSL's client, which has no scruples, agrees upon with it; nothing if it does not."""
    command = [program("openssl", "/usr/bin"), "s_client", "-connect", f"127.0.0.1:{proxy.port}", "-servername", NAME]
    said = subprocess.run([*command, "-brief", *how], input=b"", capture_output=True, timeout=30).stderr.decode()
    return re.findall(r"^(?:Protocol version|Ciphersuite): (\S+)", said, re.MULTILINE)


def test_no_old_tls_is_spoken(proxy):
    for old in ("-tls1", "-tls1_1"):
        assert shaken(proxy, old, "-cipher", "ALL:@SECLEVEL=0") == []
    assert shaken(proxy, "-tls1_2")[0] == "TLSv1.2"
    assert shaken(proxy)[0] == "TLSv1.3"


STRONG = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""Keys that are forgotten with the connection, and ciphers that notice a change."""


def test_no_weak_cipher_is_spoken(proxy):
    assert shaken(proxy, "-tls1_2", "-cipher", STRONG)
    assert shaken(proxy, "-tls1_2", "-cipher", "ALL:!ECDHE+AESGCM:!ECDHE+CHACHA20:@SECLEVEL=0") == []


def test_nginx_has_no_tickets_by_which_an_old_key_would_open_what_was_said(proxy):
    if proxy.kind == "caddy":
        return  # changes their key by itself
    with proxy.connect(newest=ssl.TLSVersion.TLSv1_2, ciphers="DEFAULT") as connection:
        assert not connection.session.has_ticket


@pytest.mark.parametrize(
    "so_far",
    [
        b"GET /en/ HTTP/1.1\r\nHost: ",
        b"POST /en/wizard/count/ HTTP/1.1\r\nHost: %b\r\nContent-Length: 100\r\n\r\na" % NAME.encode(),
    ],
    ids=["headers", "body"],
)
def test_whoever_never_comes_to_an_end_is_let_go(proxy, so_far):
    with proxy.connect() as connection:
        connection.sendall(so_far)
        connection.settimeout(30)
        while connection.recv(1000):  # Caddy may say why
            pass


@pytest.fixture(params=[nginx, caddy], ids=lambda kind: kind.__name__)
def before_any_site(request, standby, tmp_path):
    """Before one that takes everything and says what it was told, so that nothing but the proxy refuses."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self):
            self.rfile.read(int(self.headers["Content-Length"] or 0))
            body = json.dumps([self.request_version, self.headers.items()]).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_TRACE = do_GET  # noqa: N815

    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as site:
        Thread(target=site.serve_forever).start()
        with request.param(tmp_path, site.server_port, standby) as proxy:
            yield proxy
        site.shutdown()


def test_the_site_is_told_who_asks_and_nothing_else_that_a_reader_says_of_it(before_any_site):
    names = ["X-Real-IP", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded"]
    spoofed = dict.fromkeys([*names, *(name.replace("-", "_") for name in names)], "6.6.6.6")
    version, headers = json.loads(before_any_site.ask("/en/", headers=spoofed).body)
    assert "6.6.6.6" not in str(headers)
    said = {name.lower(): value for name, value in headers}
    assert said["host"] == NAME
    assert (said["x-real-ip"], said["x-forwarded-for"], said["x-forwarded-proto"]) == (READER, READER, "https")
    assert (version, said.get("connection")) == ("HTTP/1.1", None), "or it could not ask again on the same connection"


@pytest.mark.parametrize(("path", "most"), [("/en/", LARGEST_SENT), ("/admin/", LARGEST_AT_THE_DESK)])
def test_no_site_is_handed_what_is_too_large(before_any_site, path, most):
    def answered(length):
        try:
            return before_any_site.ask(path, method="POST", body=b"a" * length).status
        except ConnectionError:
            return "gone"

    assert answered(most) == 200
    assert answered(most + 1) in (413, 502, "gone")


def test_no_site_is_handed_a_trace_or_long_headers(before_any_site):
    assert before_any_site.ask("/en/", headers={"X-Long": "a" * 10_000}).status == 200
    assert before_any_site.ask("/en/", headers={"X-Long": "a" * 40_000}).status in (400, 431)
    assert before_any_site.ask("/en/", method="TRACE").status == 405


def test_the_site_knows_that_it_was_asked_by_https(proxy):
    answer = proxy.ask("/en/")
    assert answer.status == 200
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")
    assert f"https://{NAME}/en/".encode() in answer.body


@pytest.mark.parametrize("name", ["X-Forwarded-Proto", "X_Forwarded_Proto", "X-Forwarded_Proto"])
def test_a_reader_cannot_say_how_it_was_asked(proxy, name):
    assert proxy.ask("/en/refund/", headers={name: "http"}).status == 200


def test_a_reader_cannot_say_by_which_name(proxy):
    for name in ("X-Forwarded-Host", "Forwarded", "X_Forwarded_Host"):
        assert b"evil.example" not in proxy.ask("/en/wizard/", headers={name: "evil.example"}).body


def refused_from(site):
    """The addresses from which somebody was refused at the desk."""
    with closing(sqlite3.connect(site.folder / "db.sqlite3")) as database:
        return {address for (address,) in database.execute("SELECT ip_address FROM axes_accessattempt")}


def test_the_site_knows_from_where_and_a_reader_cannot_say_so(proxy, site):
    spoofed = ["X-Real-IP", "X_Real_IP", "X-Real_IP", "x_real-ip", "X-Forwarded-For", "X_Forwarded_For"]
    form = proxy.ask("/admin/account/login/")
    cookies = SimpleCookie("; ".join(form.headers.get_all("Set-Cookie")))
    (token,) = re.findall(rb'name="csrfmiddlewaretoken" value="(\w+)"', form.body)[:1]
    sent = {"csrfmiddlewaretoken": token.decode(), "login": f"nobody-{proxy.kind}", "password": "wrong, of course"}
    answer = proxy.ask(
        "/admin/account/login/",
        method="POST",
        body=urlencode(sent),
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"__Host-csrftoken={cookies['__Host-csrftoken'].value}",
            "Referer": f"https://{NAME}/admin/account/login/",
            **dict.fromkeys(spoofed, "6.6.6.6"),
        },
    )
    assert answer.status == 200
    assert refused_from(site) == {READER}


AS_A_FORM_WITH_FILES = {"Content-Type": "multipart/form-data; boundary=x"}
"""As an editor sends a picture: the site reads it to its end before it refuses it."""


@pytest.mark.parametrize(
    ("path", "most"), [("/en/feedback/en/cancel-web/1/", LARGEST_SENT), ("/admin/account/login/", LARGEST_AT_THE_DESK)]
)
def test_what_is_too_large_is_refused_and_what_is_not_is_handed_on(proxy, path, most):
    def answered(length):
        try:
            return proxy.ask(path, method="POST", body=b"a" * length, headers=AS_A_FORM_WITH_FILES).status
        except ConnectionError:  # Caddy hands on what the site says while it is still being told, and goes
            return "gone" if proxy.kind == "caddy" else None

    assert answered(most) in (400, 403, 422, "gone")
    assert answered(most + 1) in (413, "gone")


@pytest.mark.parametrize(
    ("path", "length", "status"),
    [("/admin/account/login/", LARGEST_AT_THE_DESK, 403), ("/en/refund/", LARGEST_SENT, 405)],
)
def test_what_the_site_need_not_read_to_refuse_it_is_answered_all_the_same(proxy, path, length, status):
    plain = {"Content-Type": "text/plain"}
    answers = [proxy.ask(path, method="POST", body=b"a" * length, headers=plain).status for _time in range(20)]
    assert Counter(answers) == {status: 20}


def test_what_does_not_say_how_large_it_is_is_refused_when_it_is_too_large(proxy):
    parts = (b"a" * 1024 for _each in range(65))
    headers = {"Transfer-Encoding": "chunked"}
    answer = proxy.ask("/en/feedback/en/cancel-web/1/", method="POST", body=parts, headers=headers, chunked=True)
    assert answer.status in {"nginx": (413,), "caddy": (413, 400)}[proxy.kind]  # the site itself reads no such body


def test_the_longest_address_gets_through(proxy):
    path = "/en/search/?q="
    assert proxy.ask(path + "a" * (LONGEST_ADDRESS - len(path))).status == 200


def test_the_site_s_own_refusals_get_through(proxy, site):
    site.manage("readonly", "on", "--minutes", "5")
    try:
        refused = proxy.ask("/en/feedback/en/cancel-web/1/", method="POST", body=b"helped=yes")
    finally:
        site.manage("readonly", "off")
    assert refused.status == 503
    assert int(refused.headers["Retry-After"]) > 200
    assert proxy.ask(ONLY_THERE).status == 404


@pytest.mark.parametrize(
    ("path", "source", "status"),
    [
        ("/readyz", "127.0.0.1", 200),
        ("/readyz", READER, 403),
        ("/metrics", "127.0.0.1", 404),
        ("/metrics", READER, 403),
    ],
)
def test_only_this_machine_asks_what_is_wrong_with_it(proxy, path, source, status):
    assert proxy.ask(path, source=source).status == status
    assert proxy.ask("/healthz", source=source).status == 200


def test_by_another_name_there_is_nothing(proxy):
    with pytest.raises(ssl.SSLError), proxy.connect(name="other.example"):
        pass
    answer = proxy.ask("/en/", headers={"Host": "other.example"})
    assert b"Midjourney" not in answer.body
    assert proxy.kind == "caddy" or answer.status == 421


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("TRACE", "/en/"),
        ("GET", "/.git/config"),
        ("GET", "/static/"),
        ("GET", "/manage.py"),
        ("GET", "/static/../db.sqlite3"),
        ("GET", "/static/%2e%2e/db.sqlite3"),
    ],
)
def test_nothing_is_shown_but_the_site(proxy, method, path):
    answer = proxy.ask(path, method=method)
    assert answer.status in (400, 404, 405), answer.status
    assert not re.search(r"\d", answer.headers.get("Server", ""))
    assert not {"X-Powered-By", "Via", "X-AspNet-Version"} & set(answer.headers)


def test_by_http_there_is_the_way_to_https_and_nothing_else(proxy):
    if proxy.kind == "caddy":
        return  # does it by itself, on port 80
    http = urllib.request.Request(f"http://127.0.0.1:{proxy.plain_port}/en/?a=b", headers={"Host": NAME})

    class Here(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *args):
            return None

    with pytest.raises(urllib.error.HTTPError) as led:
        urllib.request.build_opener(Here).open(http)
    assert (led.value.code, led.value.headers["Location"]) == (301, f"https://{NAME}/en/?a=b")
    assert led.value.headers["Server"] == "nginx"


def test_nginx_writes_down_neither_who_asked_nor_what(proxy):
    if proxy.kind == "caddy":
        assert "\n\tlog" not in (DEPLOY / "Caddyfile").read_text("utf-8")
        return
    proxy.ask("/en/search/?q=something+private", headers={"User-Agent": "somebody's", "Referer": "https://a.example/"})
    proxy.ask("/en/feedback/en/cancel-web/1/", method="POST", body=b"a" * LARGEST_SENT)  # it warns of a temporary file
    assert READER not in (proxy.certificate.parent / "helpcenter-error.log").read_text()
    servers = (DEPLOY / "nginx.conf").read_text("utf-8").split("\nserver {")[1:]
    assert all("access_log" in server for server in servers), "or nginx writes down who asked that one"
    log = (proxy.certificate.parent / "helpcenter.log").read_text()
    assert re.search(r"^\S+ GET /en/search/ 200 \d+ [\d.]+$", log, re.MULTILINE)
    for private in (READER, "private", "somebody", "a.example"):
        assert private not in log


def test_the_standby_answers_when_the_site_is_gone_and_until_it_is_back(proxy, site):
    there = proxy.ask("/en/")
    site.end()
    try:
        page = proxy.ask(ONLY_THERE)
        assert (page.status, b"Walked en" in page.body) == (200, True)
        assert {name: page.headers.get_all(name) for name in SAID_OF_EVERY_PAGE} == {
            name: there.headers.get_all(name) for name in SAID_OF_EVERY_PAGE
        }
        assert page.headers.get_all("Content-Type") == there.headers.get_all("Content-Type")
        assert b"Walked" in proxy.ask("/en/wizard/way-go/?first=walk").body
        assert proxy.ask("/static/css/site.css").headers["Content-Type"].startswith("text/css")
        small = proxy.ask(ONLY_THERE, headers={"Accept-Encoding": "gzip"})
        assert (small.headers["Content-Encoding"], len(small.body) < len(page.body)) == ("gzip", True)
        home = proxy.ask("/")
        assert (home.status, home.headers["Location"]) == (302, "/zh-hant/")
        lacks = proxy.ask("/en/search/?q=discord")
        assert (lacks.status, b"This needs the site itself" in lacks.body) == (503, True)
        sent = proxy.ask("/en/feedback/en/walked/1/", method="POST", body=b"helped=yes").status
        assert sent == {"nginx": 503, "caddy": 502}[proxy.kind]
        assert {proxy.ask(path).status for path in ("/admin/", "/api/articles/en/", "/healthz")} == {502}
        assert proxy.ask("/../export.json").status in (400, 404, 503)
    finally:
        site.start()
    assert proxy.ask(ONLY_THERE).status == 404
    assert proxy.ask("/en/articles/cancel-web/").status == 200


HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: guide.example\r\nX-Forwarded-Proto: https\r\nConnection: close\r\n\r\n"
TWO_ENDS = {
    "both": b"Content-Length: 5000\r\nTransfer-Encoding: chunked\r\n",
    "both, in another order": b"Transfer-Encoding: chunked\r\nContent-Length: 5000\r\n",
    "two lengths": b"Content-Length: 5\r\nContent-Length: %d\r\n" % (6 + len(HIDDEN)),
    "two lengths in one": b"Content-Length: 5, %d\r\n" % (6 + len(HIDDEN)),
    "a sign": b"Content-Length: +5\r\n",
    "not the last": b"Transfer-Encoding: chunked, identity\r\n",
    "a space": b"Transfer-Encoding : chunked\r\nContent-Length: 5\r\n",
    "something like it": b"Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n",
}
"""Ways to say where a message ends, of which two readers may believe different ones."""


def answers(connection, head):
    """The statuses that come back to a POST whose end is said so, with another request behind it."""
    connection.settimeout(10)
    connection.sendall(
        b"POST /reports/ HTTP/1.1\r\nHost: guide.example\r\nX-Forwarded-Proto: https\r\n"
        + head
        + b"\r\n0\r\n\r\n"
        + HIDDEN
    )
    said = b""
    try:
        while part := connection.recv(65536):
            said += part
    except OSError:
        pass
    return [int(status) for status in re.findall(rb"^HTTP/1.1 (\d+)", said, re.MULTILINE)]


@pytest.mark.parametrize("how", TWO_ENDS)
def test_a_message_with_two_ends_is_refused_or_ends_where_its_chunks_do(proxy, site, how):
    """Who believes in the length of `both` waits in vain for the rest of it, or takes the other request for a part."""
    with proxy.connect() as connection:
        said = answers(connection, TWO_ENDS[how])
    assert said in ([400], [501]) or (how.startswith("both") and said == [204, 404])
    with socket.create_connection(("127.0.0.1", site.port)) as connection:
        assert answers(connection, TWO_ENDS[how]) == ([204] if how.startswith("both") else [400])


def test_caddy_finds_nothing_wrong_with_its_file():
    command = [program("caddy"), "validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert '"level":"warn"' not in done.stderr
