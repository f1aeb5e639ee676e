"""The front layer: what it answers from memory is what Django would answer, and nothing that it must not keep."""

import gzip
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from time import sleep, time
from unittest.mock import patch

import brotli
import pytest
import time_machine
import zstandard
from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError, OperationalError, connection
from django.test import Client
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.models import Article, FormerSlug, Picture
from helpcenter.delivery import epoch as watching
from helpcenter.delivery.answers import LONGEST_ACCEPTED, Answer, Memory, _preferred, matches, preferred_encoding
from helpcenter.delivery.epoch import Bell
from helpcenter.delivery.front import FOLLOWING, Front
from helpcenter.domain.versions import Significance
from helpcenter.facts.models import FactSheetDocument
from helpcenter.publishing import standing
from helpcenter.publishing.moments import TRUE_UNTIL
from helpcenter.publishing.verbs import publish
from tests.builders import a_body, a_draft, a_glance, a_sheet_body, a_user, an_article, live, reviewed
from tests.delivery.asking import Counted, ask
from tests.promises.every_page import EVERY_PAGE, a_site_with_every_page

PAGE = "/zh-hant/articles/walked/"
DECODED = {
    "br": brotli.decompress,
    "gzip": gzip.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompress(body),
    "identity": lambda body: body,
}
ROOM = 1 << 20


@pytest.fixture
def bell(tmp_path):
    return Bell(tmp_path / "bell")


@pytest.fixture
def django(db):
    a_site_with_every_page()
    return Counted(get_wsgi_application())


@pytest.fixture
def front(django, bell):
    return Front(django, bell, room=ROOM)


def publish_now(translation, **changes):
    """Readers see other words from now on."""
    author = a_user(f"author-{timezone.now().timestamp()}")
    draft = reviewed(a_draft(translation, a_body(steps=("go", "stop"), at_a_glance=a_glance(), **changes), by=author))
    now = timezone.now()
    publish(draft, by=author, note="note", significance=Significance.CONTENT, at=now, now=now)


class TestFromMemory:
    def test_what_it_says_is_what_django_says(self, front):
        for _language, address in EVERY_PAGE:
            straight = Client().get(address)
            for encoding, decode in DECODED.items():
                answered = ask(front, address, accept_encoding=encoding)
                assert answered.status == straight.status_code, address
                assert decode(answered.body) == straight.content, address
                assert answered.headers["content-length"] == str(len(answered.body))
                for header in ("Content-Type", "Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"):
                    assert answered.headers[header.lower()] == straight[header], address

    def test_the_second_time_nobody_is_asked(self, front, django, django_assert_num_queries):
        ask(front, PAGE)
        with django_assert_num_queries(0):
            ask(front, PAGE, accept_encoding="br")
            ask(front, PAGE, method="HEAD")
            assert ask(front, PAGE).status == 200
        assert django.reached == [PAGE]

    def test_an_encoding_has_its_own_tag_and_304(self, front):
        tags = set()
        for encoding in DECODED:
            tag = ask(front, PAGE, accept_encoding=encoding).headers["etag"]
            again = ask(front, PAGE, accept_encoding=encoding, if_none_match=tag)
            assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
            assert again.headers["cache-control"] == "public, max-age=60"
            assert again.headers["vary"] == "Accept-Encoding"
            tags.add(tag)
        assert len(tags) == len(DECODED)
        assert not any(tag.startswith("W/") for tag in tags)

    @pytest.mark.parametrize("address", ["/en/articles/nothing/", "/en/articles/once/", "/en/busy/"])
    def test_only_what_is_there_is_not_modified(self, front, address):
        FormerSlug.objects.create(slug="once", article=Article.objects.get(slug="walked"), until=timezone.now())
        straight = Client().get(address, headers={"If-None-Match": "*"})
        assert ask(front, address, if_none_match="*").status == straight.status_code

    def test_a_head_is_a_get_without_a_body(self, front):
        whole, head = ask(front, PAGE), ask(front, PAGE, method="HEAD")
        assert head.body == b""
        assert head.headers == whole.headers

    def test_a_range_is_answered_whole(self, front):
        assert ask(front, PAGE, range="bytes=0-9").body == ask(front, PAGE).body

    def test_what_never_changes_is_kept_for_ever(self, bell):
        def application(environ, start_response):
            start_response("200 OK", [("Content-Type", "text/css"), ("Cache-Control", "max-age=9, public, immutable")])
            return [b"a{b:c}" * 100]

        django = Counted(application)
        with patch.object(watching.Epoch, "current", side_effect=range(100).__iter__().__next__):
            front = Front(django, bell, room=ROOM)
            first = ask(front, "/static/site.css", accept_encoding="br")
            bell.ring()
            assert ask(front, "/static/site.css", accept_encoding="br", cookie="sessionid=x") == first
        assert first.headers["cache-control"] == "max-age=9, public, immutable"
        assert len(django.reached) == 1


class TestBehindAProxy:
    """Who asks by http is sent on, and that answer is never for whoever asks by https."""

    @pytest.fixture
    def front(self, bell):
        def application(environ, start_response):
            environ[TRUE_UNTIL] = time() + 100
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [environ["wsgi.url_scheme"].encode()]

        return Front(Counted(application), bell, room=ROOM, https=True)

    @pytest.fixture(autouse=True)
    def _epoch(self):
        with patch.object(watching.Epoch, "current", return_value=1):
            yield

    def test_what_it_says_counts_and_the_two_are_kept_apart(self, front):
        for _ in range(2):
            assert ask(front, "/en/", x_forwarded_proto="https").body == b"https"
            assert ask(front, "/en/").body == b"http"
            assert ask(front, "/en/", x_forwarded_proto="http").body == b"http"
        assert len(front._application.reached) == 2

    def test_words_that_are_made_up_fill_no_memory(self, front):
        for each in range(20):
            assert ask(front, "/en/", x_forwarded_proto=f"https{each}").body == b"http"
        assert len(front._application.reached) == 1

    def test_where_nobody_stands_in_front_nobody_is_believed(self, front):
        front._https = False
        assert ask(front, "/en/", x_forwarded_proto="https").body == b"http"


class TestNothingIsStale:
    def test_what_is_published_here_is_read_at_once(self, front, django):
        assert b"Walked zh-hant" in ask(front, PAGE).body
        publish_now(Article.objects.get(slug="walked").translations.get(language="zh-hant"), title="New words")
        front._bell.ring()
        assert b"New words" in ask(front, PAGE).body

    def test_whoever_writes_rings_for_every_process_of_the_machine(self, front, django, bell):
        other = Front(get_wsgi_application(), Bell(bell.path), room=ROOM)
        ask(other, PAGE)
        publish_now(Article.objects.get(slug="walked").translations.get(language="zh-hant"), title="New words")
        ask(front, "/en/refund/", method="POST")
        assert b"New words" in ask(other, PAGE).body

    def test_what_nobody_rang_for_is_read_in_half_a_second(self, front, django):
        now = watching.monotonic()
        with patch.object(watching, "monotonic", lambda: now):
            ask(front, PAGE)
            publish_now(Article.objects.get(slug="walked").translations.get(language="zh-hant"), title="New words")
            assert b"Walked zh-hant" in ask(front, PAGE).body
        with patch.object(watching, "monotonic", lambda: now + watching.ASKED_EVERY):
            assert b"New words" in ask(front, PAGE).body

    def test_a_plan_goes_live_to_the_second_and_copies_end_before_it(self, front, django):
        translation = Article.objects.get(slug="walked").translations.get(language="zh-hant")
        now = timezone.now().replace(hour=4, minute=0, second=0, microsecond=0)
        author = a_user("author")
        draft = reviewed(
            a_draft(translation, a_body("Planned", steps=("go", "stop"), at_a_glance=a_glance()), by=author)
        )
        publish(
            draft,
            by=author,
            note="",
            significance=Significance.CONTENT,
            at=now + timedelta(days=1, seconds=30),
            now=timezone.now(),
        )
        with time_machine.travel(now + timedelta(days=1), tick=False) as clock:
            assert ask(front, PAGE).headers["cache-control"] == "public, max-age=30"
            clock.shift(29.5)
            late = ask(front, PAGE)
            assert late.headers["cache-control"] == "public, max-age=0"
            assert b"Walked zh-hant" in late.body
            assert len(django.reached) == 1
            clock.shift(0.5)
            assert b"Planned" in ask(front, PAGE).body

    def test_the_day_ends_at_midnight_in_taiwan(self, front, django):
        with time_machine.travel(datetime(2027, 1, 1, 15, 59, 59, tzinfo=UTC), tick=False) as clock:
            ask(front, PAGE)
            clock.shift(1)
            ask(front, PAGE)
        assert len(django.reached) == 2

    def test_without_a_database_what_is_known_goes_on(self, front, django, bell):
        ask(front, PAGE)
        bell.ring()
        with patch.object(watching.Epoch, "current", side_effect=DatabaseError("gone")):
            assert ask(front, PAGE).status == 200
        assert len(django.reached) == 1

    def test_without_a_database_from_the_start_the_process_still_says_that_it_answers(self, front, bell):
        def gone(*args):
            raise OperationalError("gone")

        with connection.execute_wrapper(gone):
            assert ask(front, PAGE).status == 503
            assert ask(front, "/healthz").status == 200

    def test_a_page_that_something_was_published_under_is_made_again(self, bell):
        epochs = iter([1, 2, 2, 2, 2])
        made = []

        def application(environ, start_response):
            made.append(environ["PATH_INFO"])
            environ[TRUE_UNTIL] = time() + 100
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [str(len(made)).encode()]

        with patch.object(watching.Epoch, "current", side_effect=epochs.__next__):
            front = Front(application, bell, room=ROOM)
            assert ask(front, "/x").body == b"2"
            assert ask(front, "/x").body == b"2"

    def test_what_never_stands_still_is_sent_and_not_kept(self, bell):
        counter = iter(range(1000))

        def application(environ, start_response):
            environ[TRUE_UNTIL] = time() + 100
            start_response("200 OK", [])
            return [b"words"]

        django = Counted(application)
        with patch.object(watching.Epoch, "current", side_effect=counter.__next__):
            front = Front(django, bell, room=ROOM)
            assert ask(front, "/x").body == b"words"
            before = len(django.reached)
            bell.ring()
            ask(front, "/x")
        assert len(django.reached) > before


class TestNothingPrivateOrMadeUpIsKept:
    @pytest.mark.parametrize(
        "address",
        [
            PAGE + "?utm_source=x",
            PAGE + "?as_of=2026-03-05&fbclid=1",
            "/en/articles/nothing/",
            "/en/articles/walked",
            "/en/search/?q=walked",
            "/en/refund/?images=4",
            "/en/wizard/over/?first=walk&way-go=done&way-stop=done&start=2026-01-01",
            "/en/wizard/?made=up",
            PAGE + "?&&",
            PAGE + "?as_of=made-up&as_of=2026-03-05",
            PAGE + "?%61s_of=2026-03-05",
            "/",
        ],
    )
    def test_it_goes_to_django_each_time(self, front, django, address):
        for _time in range(2):
            ask(front, address)
        assert len(django.reached) == 2

    @pytest.mark.parametrize(
        "address",
        [
            PAGE,
            PAGE + "?as_of=2026-03-05",
            "/en/articles/walked/versions/1/?facts=2",
            "/en/wizard/second/?first=ask",
            "/en/wizard/over/?first=walk&way-go=done&way-stop=done",
            "/en/",
            "/en/search/",
            "/en/refund/",
            "/en/changes.atom",
            "/robots.txt",
            "/sitemap.xml",
            "/llms.txt",
        ],
    )
    def test_what_there_are_finitely_many_of_is_kept(self, front, django, address):
        for _time in range(2):
            assert ask(front, address).status == 200
        assert len(django.reached) == 1

    def test_where_an_article_was_is_kept_too(self, front, django):
        article = Article.objects.get(slug="walked")
        FormerSlug.objects.create(slug="once", article=article, until=timezone.now())
        for _time in range(2):
            answered = ask(front, "/zh-hant/articles/once/")
            assert (answered.status, answered.headers["location"]) == (301, PAGE)
        assert len(django.reached) == 1

    def test_whoever_brings_a_cookie_is_answered_by_django(self, front, django):
        ask(front, PAGE)
        ask(front, PAGE, cookie="sessionid=x")
        assert len(django.reached) == 2

    @pytest.mark.parametrize(
        "headers",
        [
            [("Set-Cookie", "a=b")],
            [("Vary", "Cookie")],
            [("Vary", "Accept-Encoding, Accept-Language")],
            [("Content-Type", "text/plain")],
        ],
    )
    def test_what_django_marks_as_somebodys_is_not_kept(self, bell, headers):
        def application(environ, start_response):
            if headers[0][0] != "Content-Type":
                environ[TRUE_UNTIL] = time() + 100
            start_response("200 OK", headers)
            return [b"words " * 100]

        django = Counted(application)
        with patch.object(watching.Epoch, "current", return_value=1):
            front = Front(django, bell, room=ROOM)
            for _time in range(2):
                answered = ask(front, "/x", accept_encoding="gzip")
        assert len(django.reached) == 2
        if headers[0][0] == "Set-Cookie":
            assert "content-encoding" not in answered.headers

    def test_addresses_that_somebody_makes_up_do_not_fill_the_memory(self, bell):
        def application(environ, start_response):
            environ[TRUE_UNTIL] = time() + 100
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [b"x" * 1000]

        django = Counted(application)
        with patch.object(watching.Epoch, "current", return_value=1):
            front = Front(django, bell, room=50_000)
            for number in range(100):
                ask(front, "/wanted", accept_encoding="gzip")
                ask(front, f"/{number}", accept_encoding="br")
                assert front._kept.used <= 50_000
        assert django.reached.count("/wanted") == 1, "what is asked for stays"

    def test_of_a_file_no_host_and_no_query_makes_another(self, bell):
        def application(environ, start_response):
            start_response("200 OK", [("Content-Type", "text/css"), ("Cache-Control", "public, immutable")])
            return [b"a{b:c}"]

        django = Counted(application)
        with patch.object(watching.Epoch, "current", return_value=1):
            front = Front(django, bell, room=ROOM)
            for number in range(20):
                ask(front, f"/static/site.css?{number}")
                ask(front, "/static/site.css", host=f"{number}" * 10_000)
        assert len(django.reached) == 1

    def test_a_picture_that_was_deleted_is_gone_and_has_one_address(self, front, django):
        picture = Picture.objects.create(key="seen", by=a_user(), at=timezone.now())
        picture.renditions.create(width=1, height=1, digest="0123456789abcdef", content=b"bytes")
        address = "/pictures/0123456789abcdef.webp"
        for _time in range(2):
            assert ask(front, address).body == b"bytes"
        assert len(django.reached) == 1
        for _time in range(2):
            ask(front, address + "?1")
        assert len(django.reached) == 3
        picture.delete()
        front._bell.ring()
        assert ask(front, address).status == 404

    def test_what_is_too_large_is_sent_and_forgotten(self, bell):
        def application(environ, start_response):
            environ[TRUE_UNTIL] = time() + 100
            start_response("200 OK", [])
            return [b"x" * 2_000_000]

        django = Counted(application)
        with patch.object(watching.Epoch, "current", return_value=1):
            front = Front(django, bell, room=50_000_000)
            for _time in range(2):
                assert len(ask(front, "/x").body) == 2_000_000
        assert len(django.reached) == 2


def test_of_many_who_ask_at_once_one_has_it_made(bell):
    made, going = [], threading.Event()

    def application(environ, start_response):
        made.append(environ["PATH_INFO"])
        going.wait(5)
        environ[TRUE_UNTIL] = time() + 100
        start_response("200 OK", [])
        return [b"words"]

    with patch.object(watching.Epoch, "current", return_value=1), ThreadPoolExecutor(1 + FOLLOWING) as pool:
        front = Front(application, bell, room=ROOM)
        asked = [pool.submit(ask, front, "/x") for _each in range(1 + FOLLOWING)]
        going.set()
        assert {each.result(5).body for each in asked} == {b"words"}
    assert len(made) == 1


def test_where_making_it_fails_nobody_waits_for_ever(bell):
    def application(environ, start_response):
        raise RuntimeError("broken")

    with patch.object(watching.Epoch, "current", return_value=1):
        front = Front(application, bell, room=ROOM)
        for _time in range(2):
            with pytest.raises(RuntimeError):
                ask(front, "/x")


def test_where_making_it_fails_whoever_waited_keeps_nothing_beyond_its_epoch(bell):
    epoch, made, made_once, going = [1], [], threading.Event(), threading.Event()

    def application(environ, start_response):
        made.append(environ["PATH_INFO"])
        if len(made) == 1:
            made_once.set()
            going.wait(5)
            start_response("503 Service Unavailable", [])
            return [b"locked"]
        environ[TRUE_UNTIL] = time() + 100
        start_response("200 OK", [])
        return [str(epoch[0]).encode()]

    with patch.object(watching.Epoch, "current", side_effect=lambda: epoch[0]), ThreadPoolExecutor(2) as pool:
        front = Front(application, bell, room=ROOM)
        first = pool.submit(ask, front, "/x")
        made_once.wait(5)
        second = pool.submit(ask, front, "/x")
        for _moment in range(500):
            if front._followers._free < FOLLOWING:
                break
            sleep(0.01)
        going.set()
        assert (first.result(5).status, second.result(5).body) == (503, b"1")
        epoch[0] = 2
        bell.ring()
        assert ask(front, "/x").body == b"2"


def test_two_pages_that_are_compressed_at_once_do_not_garble_each_other():
    def compressed(number):
        body = f"{number} words ".encode() * 20_000
        answers = (Answer.of("200 OK", [("Content-Type", "text/html")], body, ends=1, epoch=1) for _each in range(400))
        return {DECODED["zstd"](each.encoded("zstd").body) == body for each in answers}

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(compressed, range(4))) == [{True}] * 4


def test_who_reads_while_something_is_forgotten_disturbs_nobody():
    memory, answer, going = Memory[int](400_000), Answer.of("200 OK", [], b"x", 1, 1), threading.Event()

    def read():
        while not going.is_set():
            for key in range(200):
                memory.get(key)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(3) as pool:
            for _each in range(2):
                pool.submit(read)
            try:
                for number in range(80_000):
                    memory.keep(number % 200, answer)
            finally:
                going.set()
    finally:
        sys.setswitchinterval(interval)
    assert memory.used <= 400_000


odd = st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=20)
NAMES = """x_forwarded_host x_forwarded_proto x_forwarded_for forwarded x_original_url x_rewrite_url accept
accept_language accept_encoding hx_request hx_boosted authorization user_agent x_http_method_override if_none_match"""
names = st.sampled_from(NAMES.split())


@pytest.mark.django_db
@settings(max_examples=40)
@given(headers=st.dictionaries(names, odd, max_size=4), address=st.sampled_from([a for _l, a in EVERY_PAGE[:20]]))
def test_no_header_of_somebody_changes_what_others_read(django, bell, headers, address):
    front = Front(django, bell, room=ROOM)
    ask(front, address, **headers)
    assert ask(front, address).body == Client().get(address).content


@pytest.mark.parametrize("host", ["localhost", "testserver:81", "TESTSERVER"])
def test_a_host_is_answered_for_itself(front, host):
    ask(front, PAGE, host=host)
    assert b'href="http://testserver/zh-hant/articles/walked/"' in ask(front, PAGE).body


def test_a_host_that_is_not_ours_is_refused_and_not_kept(front, django):
    for _time in range(2):
        assert ask(front, PAGE, host="evil.example").status == 400
    assert len(django.reached) == 2
    assert ask(front, PAGE).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "//en/articles/walked/",
        "/en//articles/walked/",
        "/EN/articles/walked/",
        "/en/articles/\xff/",
        "/en/articles/walked/%2e%2e/",
        "/\xe9\xff",
    ],
)
def test_odd_paths_are_django_s(front, django, path):
    for _time in range(2):
        assert ask(front, path).status == Client().get(path).status_code
    assert len(django.reached) == 2


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("", "identity"),
        ("identity", "identity"),
        ("gzip", "gzip"),
        ("GZIP;q=1.0", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, zstd", "zstd"),
        ("*", "br"),
        ("br;q=0, *", "zstd"),
        ("br;q=0.5, gzip;q=0.8", "gzip"),
        ("gzip;q=0", "identity"),
        ("identity;q=1, gzip;q=0.5", "identity"),
        ("br;q=nonsense", "identity"),
        (";;;,,,q=", "identity"),
    ],
)
def test_the_best_encoding_that_is_accepted(accepted, chosen):
    assert preferred_encoding(accepted) == chosen


def test_what_is_accepted_at_great_length_is_neither_read_nor_remembered():
    before = _preferred.cache_info().currsize
    assert preferred_encoding("br" + ", br" * LONGEST_ACCEPTED) == "identity"
    assert _preferred.cache_info().currsize == before


def test_tags_are_compared_as_a_list():
    assert matches('"a", W/"b"', '"b"')
    assert matches("*", '"b"')
    assert not matches('"ab"', '"b"')


class TestWhatAMissAsksFor:
    """Questions to the database for a page that is not remembered, while others of the same epoch are."""

    @pytest.mark.parametrize(
        ("address", "questions"),
        [
            ("/zh-hant/articles/walked/", 1),
            ("/en/articles/walked/", 2),  # nobody has said which version it was made from
            ("/en/articles/walked/versions/1/", 6),
            ("/zh-hant/", 1),
            ("/zh-hant/articles/", 1),
            ("/zh-hant/refund/", 0),
            ("/zh-hant/wizard/second/?first=ask", 0),
        ],
    )
    def test_no_more_than_these(self, django, bell, django_assert_num_queries, address, questions):
        with patch.object(watching, "monotonic", lambda: 1.0):
            ask(Front(django, bell, room=ROOM), address)
            new = Front(django, bell, room=ROOM)
            new._watch.ask()
            with django_assert_num_queries(questions + 1):  # and whether something was published meanwhile
                assert ask(new, address).status == 200

    @pytest.mark.parametrize(
        ("address", "questions"),
        [
            ("/zh-hant/articles/walked/", 6),
            ("/zh-hant/", 3),
            ("/zh-hant/articles/", 3),
            ("/zh-hant/refund/", 2),
            ("/zh-hant/wizard/second/?first=ask", 6),
            ("/zh-hant/nowhere/", 8),
        ],
    )
    def test_nor_than_these_where_nothing_is_known_of_the_epoch(
        self, django, bell, django_assert_num_queries, address, questions
    ):
        """The first page after a publication finds out what all pages share."""
        with patch.object(watching, "monotonic", lambda: 1.0), patch.object(standing, "_newest", None):
            front = Front(django, bell, room=ROOM)
            front._watch.ask()
            with django_assert_num_queries(questions + 1):
                ask(front, address)

    def test_what_an_article_names_is_one_question_more(self, django, bell, django_assert_num_queries):
        text = "[Walked](walked), [refund](refund)"
        an_article("naming", "zh-hant", history={"2026-01-02": a_body("Naming", text=text)})
        with patch.object(watching, "monotonic", lambda: 1.0):
            ask(Front(django, bell, room=ROOM), PAGE)
            new = Front(django, bell, room=ROOM)
            new._watch.ask()
            with django_assert_num_queries(3):
                assert ask(new, "/zh-hant/articles/naming/").status == 200

    def test_what_was_published_is_asked_for_anew(self, front, bell):
        before = ask(front, "/zh-hant/refund/").body
        sheet = FactSheetDocument.objects.get()
        live(sheet, {"2026-04-01": a_sheet_body(refund__gpu_minutes="7")})
        bell.ring()
        assert ask(front, "/zh-hant/refund/").body != before
