"""What goes wrong around the site: readers get pages wherever possible, writers a clear 503, all is well after."""

import os
import resource
import shutil
import sqlite3
import subprocess
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from threading import Event
from time import time
from unittest.mock import patch

import pytest
import time_machine
from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError, OperationalError, connection
from django.test import Client
from django.utils import timezone

from helpcenter.delivery import epoch as watching
from helpcenter.delivery.epoch import Bell
from helpcenter.delivery.front import Front
from helpcenter.domain.versions import Significance
from helpcenter.publishing import standing
from helpcenter.publishing.models import Revision
from helpcenter.publishing.moments import TRUE_UNTIL
from helpcenter.publishing.verbs import publish
from tests.builders import a_body, a_site, an_article
from tests.delivery.asking import ask
from tests.operations.sites import Site
from tests.publishing.databases import the_server

SEEN = "/en/articles/cancel-web/"


def unseen():
    """Pages that nobody has asked for yet."""
    return iter(
        [
            f"/{language}/articles/{slug}/versions/1/"
            for language in ("en", "zh-hant", "zh-hans")
            for slug in ("plans", "billing", "browser", "past-due", "resubscribe", "after-cancel")
        ]
    )


PAGES = unseen()


@contextmanager
def full_disk(site):
    """The process that answers cannot write another byte to any file."""
    unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    resource.prlimit(site.worker, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.prlimit(site.worker, resource.RLIMIT_FSIZE, unlimited)


@contextmanager
def locked(site):
    """Somebody holds the database, and does not let go before the site has given up."""
    with closing(sqlite3.connect(site.folder / "db.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")


@pytest.mark.parametrize("fault", [full_disk, locked])
def test_readers_read_and_writers_are_told_to_come_back(site, fault):
    assert site.vote(f"before {fault.__name__}").status == 303
    site.ask(SEEN)
    with fault(site):
        refused = site.vote(f"during {fault.__name__}")
        assert refused.status == 503
        assert refused.headers["Retry-After"] == "30"
        assert "it was not kept" in refused.body.decode()
        assert [site.ask(path).status for path in (SEEN, next(PAGES), "/healthz", "/readyz")] == [200] * 4
    assert site.vote(f"after {fault.__name__}").status == 303


@pytest.fixture
def small_disk(tmp_path):
    """One of 64 MB, of memory."""
    if os.geteuid() != 0:
        if os.environ.get("REQUIRE_ROOT") == "1":
            pytest.fail("REQUIRE_ROOT=1, but only root mounts a disk")
        pytest.skip("only root mounts a disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "none", disk], check=True)
    try:
        yield disk
    finally:
        subprocess.run(["umount", disk], check=True)


def filled(disk):
    """It has not one byte left."""
    with (disk / "filling").open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    assert shutil.disk_usage(disk).free == 0


def test_a_full_disk_has_the_room_that_processes_share_in_memory(small_disk):
    settings = {"CLIENT_ADDRESS": "X-Real-IP"}
    with Site(small_disk / "data", settings=settings) as site:
        worker = site.worker
        filled(small_disk)
        for number in range(50):  # each counted in a place of its own, over all of the file
            from_one = {"X-Real-IP": f"8.8.{number}.8"}
            assert site.ask(f"/en/refund/?gpu_minutes={number}&images=1", **from_one).status == 200
        assert site.ask("/en/feedback/en/cancel-web/1/", b"helped=yes", **from_one).status in (303, 503)  # rings
        assert site.ask("/en/refund/?gpu_minutes=50&images=1", **from_one).status == 200
        assert site.worker == worker
        (small_disk / "filling").unlink()
        assert site.vote("after the full disk").status == 303


def test_what_processes_share_in_memory_can_go(site):
    (site.folder / "bell").unlink()
    assert site.vote("without a bell").status == 303
    assert site.ask(next(PAGES)).status == 200


@pytest.mark.django_db
@pytest.mark.skipif("connection.vendor != 'sqlite'")
def test_on_a_disk_that_can_only_be_read(own_database):
    own_database.do(a_site)
    name = own_database.name
    holding = sqlite3.connect(name)  # as the site does that was there before the disk became so
    holding.execute("SELECT count(*) FROM sqlite_master").fetchone()
    options = {**own_database.settings["OPTIONS"], "uri": True}
    own_database.settings |= {"NAME": f"{Path(name).as_uri()}?mode=ro", "OPTIONS": options}
    client = Client(raise_request_exception=False)
    assert own_database.do(lambda: client.get("/en/articles/walked/").status_code) == 200
    refused = own_database.do(lambda: client.post("/en/feedback/en/walked/1/", {"helped": "yes"}))
    assert (refused.status_code, refused["Retry-After"]) == (503, "30")
    holding.close()


@pytest.mark.django_db
@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_the_server_goes_and_comes_back(own_database, tmp_path):
    where = own_database.settings
    url = f"postgresql://{where['USER']}:{where['PASSWORD']}@{where['HOST']}:{where['PORT'] or 5432}/{where['NAME']}"
    pages = unseen()
    with Site(tmp_path / "data", database=url) as site:
        assert site.ask(SEEN).status == 200
        assert site.vote("before").status == 303
        with no_connections_to(where["NAME"]):
            assert [site.ask(path).status for path in (SEEN, "/healthz")] == [200] * 2
            gone = [site.ask(next(pages)), site.vote("during"), site.ask("/admin/login/")]
            assert [(each.status, each.headers["Retry-After"]) for each in gone[:2]] == [(503, "30")] * 2
            assert site.ask("/readyz").body == b"not ready: database: OperationalError\n"
        assert [site.ask(path).status for path in (SEEN, next(pages), "/readyz")] == [200] * 3
        assert site.vote("after").status == 303


@contextmanager
def no_connections_to(name):
    """As if the server were gone: those who are there are thrown out, and nobody comes in."""
    with the_server() as server:
        server.execute(f'ALTER DATABASE "{name}" CONNECTION LIMIT 0')
        server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        try:
            yield
        finally:
            server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true CONNECTION LIMIT -1')


class TestTheClock:
    @pytest.fixture
    def front(self, db, tmp_path, monkeypatch):
        monkeypatch.setattr(standing, "_newest", None)
        a_site()
        return Front(get_wsgi_application(), Bell(tmp_path / "bell"), room=1 << 20)

    @pytest.fixture
    def planned(self, db):
        """A text that says something else in an hour."""
        now, text = timezone.now(), an_article("planned", history={"2026-01-02": a_body("Before")})
        later = Revision.objects.create(document=text, body=a_body("Later"))
        terms = {"by": None, "note": "note", "significance": Significance.CONTENT}
        publish(later, **terms, at=now + timedelta(hours=1), now=now)
        return now

    def test_forwards_and_back_again_nothing_is_seen_before_its_time(self, front, planned):
        says = lambda: ask(front, "/en/articles/planned/").body.partition(b"</h1>")[0].rpartition(b">")[2]  # noqa: E731
        assert says() == b"Before"
        with time_machine.travel(planned + timedelta(hours=2)):
            assert says() == b"Later"
        assert says() == b"Before"
        with time_machine.travel(planned - timedelta(days=2)):
            assert says() == b"Before"
        assert says() == b"Before"

    def test_backwards_nobody_publishes_before_what_has_happened(self, front, planned):
        from helpcenter.domain.findings import Refused

        now = timezone.now()
        text = an_article("other", history={"2026-01-02": a_body("First")})
        terms = {"by": None, "note": "note", "significance": Significance.CONTENT}
        draft = Revision.objects.create(document=text, body=a_body("Second"))
        publish(draft, **terms, at=now, now=now)
        with time_machine.travel(now - timedelta(days=3)):
            third = Revision.objects.create(document=text, body=a_body("Third"))
            with pytest.raises(Refused):
                publish(third, **terms, at=timezone.now(), now=timezone.now())

    def test_without_a_database_a_day_later_the_pages_of_yesterday_are_better_than_none(self, front):
        today = ask(front, "/en/articles/walked/")
        with time_machine.travel(timezone.now() + timedelta(days=1)), no_database():
            again = ask(front, "/en/articles/walked/")
            assert (again.status, again.body) == (200, today.body)
            assert again.headers["cache-control"] == "public, max-age=0"
            assert ask(front, "/en/").status == 503

    def test_but_not_what_is_known_to_be_over(self, front):
        ask(front, "/en/articles/walked/")
        an_article("moves-the-epoch")
        ask(front, "/en/articles/moves-the-epoch/", cookie="none")
        front._watch.ask()
        with no_database():
            assert ask(front, "/en/articles/walked/").status == 503


@contextmanager
def no_database():
    """Whatever it is asked."""

    def gone(*args):
        raise OperationalError("gone")

    with connection.execute_wrapper(gone), patch.object(watching.Epoch, "current", side_effect=DatabaseError("gone")):
        yield


def test_a_page_that_is_made_does_not_wait_for_who_asks_a_database_that_is_silent(tmp_path):
    asked, answers = Event(), Event()

    def application(environ, start_response):
        environ[TRUE_UNTIL] = time() + 100
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"words"]

    def silent():
        asked.set()
        answers.wait(20)
        raise OperationalError("no answer")

    front = Front(application, Bell(tmp_path / "bell"), room=1 << 20)
    with patch.object(watching.Epoch, "current", lambda: 7):
        front._watch.ask()
    with patch.object(watching.Epoch, "current", silent), ThreadPoolExecutor(2) as pool:
        first = pool.submit(ask, front, "/en/first/")
        assert asked.wait(5)
        others, _late = wait([pool.submit(ask, front, "/en/other/")], timeout=5)
        waits = first.running()
        answers.set()
    assert waits
    assert [each.result().body for each in others] == [b"words"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "words"), [("zh-hant", "請過一分鐘再試"), ("en", "in a minute"), ("zh-hans", "请过一分钟再试")]
)
def test_it_is_said_in_the_readers_language(language, words):
    with no_database():
        answered = Client(raise_request_exception=False).get(f"/{language}/articles/walked/")
    assert answered.status_code == 503
    assert words in answered.content.decode()


@pytest.mark.django_db
def test_a_mistake_of_ours_is_called_one():
    a_site()
    with patch("helpcenter.home.views.first_pages", side_effect=ZeroDivisionError):
        assert Client(raise_request_exception=False).get("/en/").status_code == 500
