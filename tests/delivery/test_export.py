"""The static standby: the files say what the site says, change when it does, and nginx sends them as the site would."""

import gzip
import http.client
import os
import re
import shutil
import socket
import subprocess
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.message import Message
from io import StringIO

import brotli
import pytest
import time_machine
from django.conf import settings as project
from django.core.management import call_command
from django.core.management.base import CommandError
from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError, transaction
from django.test import Client, override_settings
from django.utils import timezone

from articles.models import Article, Picture, Redirect, Rendition, Translation
from articles.redirects import rename
from helpcenter.delivery import standby
from helpcenter.delivery.answers import SMALLEST_ENCODED
from helpcenter.delivery.cdn import CDNS
from helpcenter.delivery.epoch import Bell
from helpcenter.delivery.front import Front
from helpcenter.delivery.nginx import configuration
from helpcenter.delivery.standby import Broken, NotOurs, export, file_of
from helpcenter.domain.flows.graph import STUCK, expand
from helpcenter.domain.flows.replay import positions
from helpcenter.publishing.models import LiveChange
from helpcenter.publishing.moments import LONGEST_CACHED
from helpcenter.wizard.addresses import address as wizard_address
from helpcenter.wizard.flows import flow_at, live_steps
from tests.builders import LANGUAGES, a_body, a_user, an_article, live
from tests.delivery.asking import ask
from tests.pages import Page
from tests.promises.crawling import HOST, a_site_with_a_past, follow
from tests.promises.every_page import a_site_with_every_page
from tests.promises.test_crawl import (  # noqa: F401  the same checks, of what nginx serves
    sitemap,
    test_a_canonical_address_is_its_own,
    test_a_day_for_search_engines_is_the_day_that_readers_see,
    test_a_feed_reader_has_no_complaint,
    test_an_article_tells_search_engines_what_it_tells_readers,
    test_breadcrumbs_lead_from_the_first_page_step_by_step,
    test_every_link_leads_to_something_that_is_there,
    test_the_sitemap_and_the_pages_name_the_same_translations,
    test_the_sitemap_names_exactly_what_may_be_indexed,
    test_the_sitemap_says_the_day_that_the_article_says,
    test_what_a_page_says_of_itself_to_machines_is_a_whole_address,
)
from tests.wizard.table import bundled_graph

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("export")]

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
OF_THE_CONNECTION = {"accept-ranges", "connection", "date", "etag", "last-modified", "server"}


# ---- The files ----


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The same for every test, as what is written names it; `folder` empties it."""
    return tmp_path_factory.mktemp("standby")


@pytest.fixture
def folder(place, settings):
    """Where to; the small site, its static files collected."""
    settings.STATIC_ROOT = place / "static"
    if not settings.STATIC_ROOT.exists():
        call_command("collectstatic", interactive=False, verbosity=0)
    a_site_with_every_page()
    shutil.rmtree(place / "out", ignore_errors=True)
    return place / "out"


@pytest.fixture
def exported(place, folder):
    """Where it has been exported to already; done once, as the same rows, said again, make the same files."""
    if not (place / "first").exists():
        export_to(folder)
        folder.rename(place / "first")
    return shutil.copytree(place / "first", folder)


def export_to(folder):
    return export(folder, HOST, quiet=True)


def files(folder):
    """Every file's bytes and when they were written."""
    paths = [path for path in (folder / "public").rglob("*") if path.is_file()]
    return {
        path.relative_to(folder / "public").as_posix(): (path.read_bytes(), path.stat().st_mtime_ns) for path in paths
    }


def said(folder):
    return {name: body for name, (body, _written) in files(folder).items()}


def test_the_files_are_what_the_site_says(folder):
    export_to(folder)
    there = said(folder)
    answers = {
        address.removeprefix(HOST): response.content
        for address, response in follow(Client(), forms=False).answers.items()
        if response.status_code == 200
    }
    assert len(answers) > 60
    for address in [*answers, *every_way_forward()]:
        body = answers.get(address) or Client().get(address).content
        assert there[file_of(address)] == body, address
    for name, body in there.items():
        if name.endswith(".gz"):
            assert gzip.decompress(body) == there[name[:-3]]
        elif name.endswith(".br"):
            assert brotli.decompress(body) == there[name[:-3]]
        elif name.endswith((".html", ".css", ".md")) and len(body) >= SMALLEST_ENCODED:
            assert {f"{name}.gz", f"{name}.br"} <= set(there)


def every_way_forward():
    now = timezone.now()
    for language in LANGUAGES:
        graph = expand(flow_at(now), live_steps(flow_at(now), now, language))
        for position in positions(graph, stuck=standby.MOST_STUCK):
            yield wizard_address(graph, position, base=f"/{language}/wizard/")


def test_an_uploaded_picture_is_there_in_every_size(folder):
    picture = Picture.objects.create(key="a-picture", by=a_user(), at=timezone.now())
    for width in (320, 640):
        digest = f"{width:016}"
        Rendition.objects.create(picture=picture, width=width, height=1, digest=digest, content=f"{width}".encode())
    body = a_body("Shown", steps=("go",))
    body["steps"][0] |= {"picture": picture.key, "alt": "A picture"}
    for language in LANGUAGES:
        an_article("shown", language, history={"2026-01-02": body})
    export_to(folder)
    assert {name: body for name, body in said(folder).items() if name.startswith("pictures/")} == {
        f"pictures/{width:016}.webp": f"{width}".encode() for width in (320, 640)
    }


def test_the_ways_forward_are_those_on_which_a_reader_is_stuck_at_most_so_often():
    graph = bundled_graph()
    ways = list(positions(graph, stuck=1))
    assert len({(way.node.key, way.canonical) for way in ways}) == len(ways)
    assert {way.node.key for way in ways} == set(graph.nodes)
    assert max(sum(choice == STUCK for _node, choice in way.canonical) for way in ways) == 1
    assert not any(way.ahead or way.dropped for way in ways)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/en/", "en/index.html"),
        ("/en/articles/a.md", "en/articles/a.md"),
        ("/en/wizard/b/?a=b", "en/wizard/b/@a=b.html"),
        (f"/en/?{'a' * 200}", f"en/@{'a' * 200}.html"),
        (f"/en/?{'a' * 201}", f"en/@{'a' * 200}/a.html"),
    ],
)
def test_a_file_is_named_for_its_address(address, name):
    assert file_of(address) == name


# ---- Again ----


def test_what_has_not_changed_is_not_even_looked_at(folder):
    assert export_to(folder).written > 100
    before = files(folder)
    assert export_to(folder) is None
    assert files(folder) == before


def test_only_what_has_changed_is_written(exported):
    before = files(exported)
    live(Translation.objects.get(article__slug="dull", language="en"), {"2026-05-01": a_body("Bright en")})
    done = export_to(exported)
    after = files(exported)
    written = {name for name, found in after.items() if found != before.get(name)}
    assert {"en/articles/dull/index.html", "en/articles/dull/index.html.gz", "en/articles/index.html"} <= written
    assert not any(name.startswith("zh-hant/articles/dull/") for name in written)
    assert 0 < done.written < done.same
    assert done.written == len([name for name in written if not name.endswith((".gz", ".br"))])


def test_another_day_and_another_release_are_looked_at_again(exported, monkeypatch):
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        assert export_to(exported) is not None
        assert export_to(exported) is None
        monkeypatch.setattr(standby, "release", lambda: "another")
        assert export_to(exported).written == 0
    assert export(exported, "http://localhost", quiet=True).written > 0


def test_what_was_interrupted_is_finished_by_the_next(exported, tmp_path, monkeypatch):
    text = Translation.objects.get(article__slug="walked", language="en")
    live(text, {"2026-05-01": {**text.revisions.last().body, "title": "Anew"}})
    replaced, replace = [], standby._replace

    def interrupted(file, body):
        replaced.append(file)
        if len(replaced) == 6:
            file.with_name(f"{file.name}.new").write_bytes(body[:10])
            raise KeyboardInterrupt
        replace(file, body)

    with monkeypatch.context() as patched:
        patched.setattr(standby, "_replace", interrupted)
        with pytest.raises(KeyboardInterrupt):
            export_to(exported)
    assert export_to(exported).written > 0
    export_to(tmp_path / "other")
    assert said(exported) == said(tmp_path / "other")


def test_what_was_interrupted_and_then_taken_back_leaves_no_encoding_behind(exported, monkeypatch):
    before, replace = said(exported), standby._replace
    Article.objects.filter(slug="dull").update(topic="plans")

    def interrupted(file, body):
        if file.as_posix().endswith("en/articles/index.html"):
            raise KeyboardInterrupt
        replace(file, body)

    with monkeypatch.context() as patched:
        patched.setattr(standby, "_replace", interrupted)
        with pytest.raises(KeyboardInterrupt):
            export_to(exported)
    Article.objects.filter(slug="dull").update(topic="refund")
    export_to(exported)
    assert said(exported) == before


def test_what_readers_no_longer_see_is_removed(exported):
    now = timezone.now()
    document = Translation.objects.get(article__slug="dull", language="en")
    LiveChange.objects.create(document=document, at=now, recorded_at=now)
    done = export_to(exported)
    there = said(exported)
    for name in ("dull/index.html", "dull/index.html.gz", "dull.md", "dull/versions/index.html", "dull/changes.atom"):
        assert f"en/articles/{name}" not in there
        assert f"zh-hant/articles/{name}" in there
    assert done.removed > 1
    assert done.configured
    assert r"/en/articles/dull/" in (exported / "nginx" / "http.conf").read_text().replace("\\", "")


def test_where_the_site_fails_nothing_is_removed(exported, monkeypatch):
    before = said(exported)
    live(Translation.objects.get(article__slug="dull", language="en"), {"2026-05-01": a_body("Bright en")})

    def failing(*_asked):
        raise DatabaseError("gone")

    with monkeypatch.context() as patched:
        patched.setattr("articles.views.ArticlePage", failing)
        with pytest.raises(Broken, match="500"):
            export_to(exported)
    assert set(said(exported)) == set(before)
    assert export_to(exported).written > 0


def test_a_file_says_nothing_to_a_cdn(tmp_path):
    page = {"content-type": "text/html", "cache-control": "public, max-age=60"}
    for_a_cdn = {name.lower(): "x" for cdn in CDNS.values() for name in (cdn.keys, cdn.lifetime)}
    plain = configuration(tmp_path, {"a.html": page}, {})
    assert configuration(tmp_path, {"a.html": {**page, **for_a_cdn}}, {}) == plain


def test_a_folder_with_something_else_in_it_is_left_alone(folder):
    folder.mkdir()
    (folder / "mine").write_text("mine")
    with pytest.raises(NotOurs):
        export_to(folder)
    assert [path.name for path in folder.iterdir()] == ["mine"]


def test_the_command_says_what_it_did(folder):
    told = StringIO()
    for _time in range(2):
        call_command("export_site", folder, origin=f"{HOST}/", verbosity=0, stdout=told)
    first, configured, second = told.getvalue().splitlines()
    assert re.fullmatch(r"\d+ files written, 0 as they were, 0 removed in .*/out", first)
    assert configured == f"nginx has to read {folder / 'nginx'} (again)"
    assert second == "nothing has changed; nothing was written"


@pytest.mark.parametrize(
    ("origin", "problem"),
    [
        ("testserver", "is no origin"),
        ("https://testserver/en/", "is no origin"),
        ("https://elsewhere.example", "ALLOWED_HOSTS lacks elsewhere.example"),
    ],
)
def test_the_command_wants_an_origin_that_the_site_answers_to(tmp_path, origin, problem):
    with pytest.raises(CommandError, match=problem):
        call_command("export_site", tmp_path / "out", origin=origin)
    assert not (tmp_path / "out").exists()


# ---- nginx ----


@dataclass
class Answer:
    """What nginx answered, as the crawl reads it."""

    status_code: int
    headers: Message
    content: bytes


class Nginx:
    """A reader of the folder that nginx serves."""

    def __init__(self, port):
        self.port = port

    def get(self, address, method="GET", **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, address, headers={"Host": "testserver", "Accept-Encoding": "identity", **headers})
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return Answer(response.status, response.headers, body)


@contextmanager
def nginx(folder, home):
    """nginx with the configuration that was written, on a free port of this machine."""
    if NGINX is None:
        if os.environ.get("REQUIRE_NGINX") == "1":
            pytest.fail("REQUIRE_NGINX=1, but there is no nginx on this machine")
        pytest.skip("there is no nginx on this machine")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home.mkdir()
    temporary = "".join(f"{each}_temp_path {home};" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (home / "nginx.conf").write_text(f"""
        daemon off; master_process off; pid {home}/pid; error_log {home}/log; events {{ }}
        http {{
            access_log off; {temporary} include {folder}/nginx/http.conf;
            server {{ listen 127.0.0.1:{port}; include {folder}/nginx/server.conf; }}
        }}
    """)
    server = subprocess.Popen([NGINX, "-c", str(home / "nginx.conf"), "-e", str(home / "log"), "-p", str(home)])
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            time.sleep(0.1)
    else:
        pytest.fail(f"nginx did not start:\n{(home / 'log').read_text()}")
    try:
        yield Nginx(port)
    finally:
        server.terminate()
        server.wait(timeout=10)


@dataclass
class Served:
    """The bundled site, as nginx serves it; what a crawl finds there, and what the site itself says of the same."""

    reader: Nginx
    found: object
    itself: dict


@pytest.fixture(scope="module")
def served(django_db_setup, django_db_blocker, tmp_path_factory):
    home = tmp_path_factory.mktemp("export")
    plain_files = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with ExitStack() as running:
        with (
            pytest.MonkeyPatch.context() as patched,
            override_settings(
                STORAGES={**project.STORAGES, **plain_files},
                ALLOWED_HOSTS=["testserver"],
                STATIC_ROOT=home / "static",
            ),
            django_db_blocker.unblock(),
            transaction.atomic(),
        ):
            patched.setattr(standby, "positions", one_of_each_page)
            call_command("collectstatic", interactive=False, verbosity=0)
            a_site_with_a_past()
            what_has_moved()
            export(home / "out", HOST, quiet=True)
            reader = running.enter_context(nginx(home / "out", home / "nginx"))
            found = follow(reader, forms=False)
            front = Front(get_wsgi_application(), Bell(home / "bell"), room=1 << 20)
            itself = {address: ask(front, address.removeprefix(HOST)) for address in found.answers}
            transaction.set_rollback(True)
        yield Served(reader, found, itself)


def one_of_each_page(graph, *, stuck):
    """As the crawl does it. That all are written is for the small site to show."""
    pages = {}
    for position in positions(graph, stuck=stuck):
        pages.setdefault(position.node.key, position)
    return pages.values()


def what_has_moved():
    """A slug of before, a redirect, a text that was taken down."""
    now = timezone.now()
    for language in LANGUAGES:
        named = an_article("plain", language, history={"2026-10-22": a_body()})
    rename(named.article, "fancy", now=now)
    Redirect.objects.create(path="/zh-hant/退款/", article=Article.objects.get(slug="cancel-web"))
    withdrawn = an_article("withdrawn", "zh-hans", history={"2026-10-22": a_body()})
    LiveChange.objects.create(document=withdrawn, at=now, recorded_at=now)


@pytest.fixture(scope="module")
def site(served):
    """For the checks of the crawl."""
    return served.found


def test_nginx_serves_every_kind_of_page(site):
    assert len(site.pages) > 250
    shown = {name for page in site.pages.values() for name in page.soup.select_one("body > .page")["class"]}
    assert shown >= {"page--home", "page--article", "page--narrow", "page--refund", "page--wizard", "page--search"}


def test_nginx_says_what_the_site_says(served):
    for address, response in served.found.answers.items():
        itself = served.itself[address]
        assert response.status_code == itself.status, address
        if itself.status == 200:
            assert response.content == itself.body, address
            assert headers(response.headers.items()) == headers(itself.headers.items()), address


def headers(pairs):
    """Without those of the connection, and as if the day did not end within a minute.

    The site speaks to machines in the language that they ask for; the files have one.
    """
    names = [name.lower() for name, _value in pairs]
    assert len(names) == len(set(names)), names
    told = {name.lower(): value for name, value in pairs if name.lower() not in OF_THE_CONNECTION}
    full = int(LONGEST_CACHED.total_seconds())
    told["cache-control"] = re.sub(r"^public, max-age=\d\d?$", f"public, max-age={full}", told["cache-control"])
    vary = told.pop("vary", "").replace("Accept-Language, ", "")
    return told | ({"vary": vary} if int(told["content-length"]) >= SMALLEST_ENCODED else {})


@pytest.mark.parametrize("address", ["/en/articles/cancel-web/", "/static/css/site.css", "/sitemap.xml"])
def test_nginx_sends_what_was_compressed_in_advance(served, address):
    plain, small = served.reader.get(address), served.reader.get(address, Accept_Encoding="gzip")
    assert small.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in small.headers["Vary"]
    assert gzip.decompress(small.content) == plain.content
    assert served.reader.get(address, If_None_Match=plain.headers["ETag"]).status_code == 304


@pytest.mark.parametrize(
    ("address", "location"),
    [
        ("/en/articles/plain/", "/en/articles/fancy/"),
        ("/en/articles/plain.md", "/en/articles/fancy.md"),
        ("/en/articles/plain/versions/1/?facts=1", "/en/articles/fancy/versions/1/?facts=1"),
        ("/zh-hant/%E9%80%80%E6%AC%BE/", "/zh-hant/articles/cancel-web/"),
        ("/en/articles/cancel-web", "/en/articles/cancel-web/"),
    ],
)
def test_old_addresses_lead_on(served, address, location):
    response = served.reader.get(address)
    assert (response.status_code, response.headers["Location"]) == (301, location)


@pytest.mark.parametrize(
    ("asked", "home"),
    [
        ("", "zh-hant"),
        ("en-US,en;q=0.9", "en"),
        ("zh-TW", "zh-hant"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-hans"),
        ("fr, en;q=0.5", "en"),
    ],
)
def test_the_first_page_is_in_the_reader_s_language(served, asked, home):
    response = served.reader.get("/", Accept_Language=asked)
    assert (response.status_code, response.headers["Location"]) == (302, f"/{home}/")
    assert Client().get("/", headers={"accept-language": asked}).headers["Location"] == f"/{home}/"  # as the site does
    assert "Accept-Language" in response.headers["Vary"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("address", "status", "method"),
    [
        ("nowhere/", 404, "GET"),
        ("nowhere", 404, "GET"),
        ("articles/cancel-web/versions/compare/", 503, "GET"),
        ("search/?q=discord", 503, "GET"),
        ("refund/?gpu_minutes=1&images=1", 503, "GET"),
        ("articles/cancel-web/?as_of=2026-10-10", 503, "GET"),
        ("wizard/store/?nothing=known", 503, "GET"),
        ("feedback/en/cancel-web/1/", 503, "POST"),
    ],
)
def test_what_a_copy_cannot_do_it_says_in_the_reader_s_language(served, language, address, status, method):
    response = served.reader.get(f"/{language}/{address}", method)
    assert response.status_code == status
    assert response.headers["Content-Language"] == language
    assert "Content-Security-Policy" in response.headers
    assert "Cache-Control" not in response.headers
    page = Page(response)
    assert page.soup.html["lang"].lower() == language
    assert (
        page.heading
        == {
            404: {"zh-hant": "沒有這個頁面", "en": "This page does not exist", "zh-hans": "页面不存在"},
            503: {"zh-hant": "這需要網站本身", "en": "This needs the site itself", "zh-hans": "这需要网站本身"},
        }[status][language]
    )
    assert f"/{language}/articles/cancel-web/" in page.attributes("main a", "href")


def test_what_is_gone_is_gone(served):
    response = served.reader.get("/zh-hans/articles/withdrawn/")
    assert response.status_code == 410
    assert Page(response).soup.html["lang"] == "zh-Hans"


def test_what_others_add_to_an_address_does_not_matter(served):
    response = served.reader.get("/en/articles/cancel-web/?utm_source=a&fbclid=b")
    assert response.content == served.reader.get("/en/articles/cancel-web/").content


def test_who_goes_back_in_the_wizard_answers_again(served):
    way = "/en/wizard/access/?biller=midjourney"
    for address, location in (
        (f"{way}&access=can&obstacle=none", way),
        ("/en/wizard/?biller=midjourney&access=can", "/en/wizard/"),
        ("/en/wizard/access/", "/en/wizard/"),
    ):
        response = served.reader.get(address)
        assert (response.status_code, response.headers["Location"]) == (302, location)
        assert served.reader.get(location).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "/-/en/404.html",
        "/en/?/../../../nginx/http.conf",
        "/en/?../../../export.json",
        "/../export.json",
        "/en/@",
        "/en/?%00",
        "/en//../../nginx/server.conf",
        f"/en/?{'a' * 700}",
    ],
)
def test_nothing_but_the_site_can_be_read(served, address):
    response = served.reader.get(address)
    assert response.status_code in (400, 404, 503)
    assert b"standby" not in response.content
    assert b"epoch" not in response.content
