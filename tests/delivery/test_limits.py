"""Too many at once, too many from one network, too large: sent away fast, in their language, while others read on."""

import multiprocessing
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from io import BytesIO
from time import time
from unittest.mock import patch

import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application

from helpcenter.delivery import epoch as watching
from helpcenter.delivery import front as fronts
from helpcenter.delivery import health
from helpcenter.delivery.epoch import Bell
from helpcenter.delivery.front import FOLLOWING, HEALTH, MAKERS, WAITING, WRITERS, Front
from helpcenter.delivery.granian import THREADS
from helpcenter.delivery.limits import READING, SLOTS, WRITING, Limits, Rate
from helpcenter.delivery.refusing import LARGEST_AT_THE_DESK, LARGEST_SENT, LONGEST_ADDRESS
from helpcenter.delivery.turns import Crowded, Turns
from helpcenter.operations.requests import METRICS
from helpcenter.publishing.moments import TRUE_UNTIL
from tests.builders import a_site
from tests.delivery.asking import ask
from tests.pages import Page

ROOM = 1 << 20
SOMEBODY, SOMEBODY_ELSE = "9.9.9.9", "8.8.8.8"
WORDS = {"en": "again in a moment", "zh-hant": "請", "zh-hans": "请"}


@pytest.fixture
def bell(tmp_path):
    return Bell(tmp_path / "bell")


@pytest.fixture
def limits(tmp_path):
    return Limits(tmp_path / "limits", "secret")


class Slow:
    """An application whose pages below /slow/ take until they are let go; others are ready and may be kept."""

    def __init__(self):
        self.let_go = threading.Event()
        self.inside = Counter()
        self.most = 0
        self._lock = threading.Lock()

    def __call__(self, environ, start_response):
        path = environ["PATH_INFO"]
        if path.startswith("/slow/"):
            with self._lock:
                self.inside["now"] += 1
                self.most = max(self.most, self.inside["now"])
            self.let_go.wait(20)
            with self._lock:
                self.inside["now"] -= 1
        else:
            environ[TRUE_UNTIL] = time() + 100
        start_response("200 OK", [("Content-Type", "text/html")])
        return [path.encode()]


@pytest.fixture
def slow():
    slow = Slow()
    yield slow
    slow.let_go.set()


@pytest.fixture
def front(slow, bell):
    with patch.object(watching.Epoch, "current", return_value=1):
        yield Front(slow, bell, room=ROOM)


@contextmanager
def crowded(front, slow, many, **how):
    """While so many ask for what takes long, each for something else."""
    with ThreadPoolExecutor(many) as pool:
        asked = [pool.submit(ask, front, f"/slow/{number}", **how) for number in range(many)]
        while slow.inside["now"] < min(many, MAKERS):
            threading.Event().wait(0.01)
        yield asked
        slow.let_go.set()


def until_waiting(front, many):
    while len(front._makers._waiting) < many:
        threading.Event().wait(0.005)


class TestOverload:
    @pytest.fixture(autouse=True)
    def _patient(self, front):
        front._makers._longest = 20

    def test_what_is_remembered_is_answered_and_a_page_to_be_made_is_refused(self, front, slow):
        ask(front, "/ready")
        with crowded(front, slow, MAKERS + WAITING) as asked:
            until_waiting(front, WAITING)
            assert ask(front, "/ready").status == 200
            refused = ask(front, "/en/other")
            assert (refused.status, refused.headers["retry-after"]) == (503, "5")
            for way in ({"cookie": "a=b"}, {"method": "HEAD"}):
                assert ask(front, "/en/other", **way).status == 503
        assert [each.result().status for each in asked] == [200] * (MAKERS + WAITING)
        assert ask(front, "/en/other").status == 200

    def test_no_more_are_made_at_once_than_said(self, front, slow):
        with crowded(front, slow, MAKERS + WAITING):
            until_waiting(front, WAITING)
        assert slow.most == MAKERS

    def test_writers_do_not_take_the_makers_places_nor_they_theirs(self, front, slow):
        ask(front, "/ready")
        with crowded(front, slow, WRITERS, method="POST"):
            while slow.inside["now"] < WRITERS:
                threading.Event().wait(0.01)
            assert ask(front, "/slow-no-more", method="POST").status == 503
            assert ask(front, "/ready").status == 200
            assert ask(front, "/another").status == 200

    def test_one_network_does_not_take_all_places_of_writers(self, front, slow, settings):
        settings.CLIENT_ADDRESS = "HTTP_FROM"
        with crowded(front, slow, WRITERS - 1, method="POST", **{"from": SOMEBODY}):
            while slow.inside["now"] < WRITERS - 1:
                threading.Event().wait(0.01)
            assert ask(front, "/ready", method="POST", **{"from": SOMEBODY}).status == 503
            assert ask(front, "/ready", method="POST", **{"from": SOMEBODY_ELSE}).status == 200
        assert ask(front, "/ready", method="POST", **{"from": SOMEBODY}).status == 200
        assert not front._writers._of

    def test_who_follow_one_that_is_made_are_bounded_too(self, front, slow):
        ask(front, "/ready")
        with ThreadPoolExecutor(1 + FOLLOWING) as pool, patch.object(fronts, "LONGEST_WAIT", 20):
            asked = [pool.submit(ask, front, "/slow/one") for _each in range(1 + FOLLOWING)]
            while front._followers._free:
                threading.Event().wait(0.01)
            assert ask(front, "/slow/one").status == 503
            assert ask(front, "/ready").status == 200
            slow.let_go.set()
            assert {each.result().status for each in asked} == {200}

    def test_health_is_answered_while_every_turn_is_taken(self, front, slow):
        writing = crowded(front, slow, WRITERS, method="POST")
        with patch.object(health, "_lacks", return_value=""), writing, crowded(front, slow, MAKERS + WAITING):
            until_waiting(front, WAITING)
            while front._writers._free:
                threading.Event().wait(0.005)
            for way in ({}, {"cookie": "a=b"}, {"host": "10.0.0.7"}):
                assert [ask(front, address, **way).body for address in HEALTH] == [b"ok\n", b"ready\n"]
            assert ask(front, METRICS).body == b"/metrics"  # which waits for no turn
            assert slow.most == MAKERS + WRITERS, "and nothing behind the front was asked"

    def test_there_are_threads_left_for_what_is_remembered(self):
        assert MAKERS + WAITING + FOLLOWING + WRITERS < THREADS


def test_whoever_waits_in_vain_is_told(front, slow):
    front._makers._longest = 0.01
    with crowded(front, slow, MAKERS):
        assert ask(front, "/en/other").status == 503


class TestTurns:
    def test_first_come_first_served(self):
        turns, served = Turns(1, waiting=3, longest=20), []

        def come(number):
            with turns.taken():
                served.append(number)

        with ExitStack() as stack:
            stack.enter_context(turns.taken())
            threads = []
            for number in range(3):
                threads.append(threading.Thread(target=come, args=(number,)))
                threads[-1].start()
                while len(turns._waiting) <= number:
                    threading.Event().wait(0.005)
            with pytest.raises(Crowded), turns.taken():
                pass
        for each in threads:
            each.join()
        assert served == [0, 1, 2]

    def test_a_turn_is_given_back_when_something_fails(self):
        turns = Turns(1)
        for _time in range(2):
            with pytest.raises(ZeroDivisionError), turns.taken():
                _ = 1 / 0

    def test_whoever_gives_up_waiting_is_not_served(self):
        turns = Turns(1, waiting=1, longest=0.01)
        with turns.taken(), pytest.raises(Crowded), turns.taken():
            pass
        assert not turns._waiting
        with turns.taken():
            pass


MANY = Rate("many", a_second=10, at_once=20_000)
"""So many that those who ask at once get in each other's way."""


def flood(path, many):
    limits = Limits(path, "secret")
    return sum(not limits.wait(MANY, SOMEBODY, 1000.0) for _each in range(many))


class TestNetworks:
    def test_so_many_at_once_and_then_so_many_a_second(self, limits):
        said = [limits.wait(READING, SOMEBODY, 1000.0) for _each in range(READING.at_once + 1)]
        assert said[:-1] == [0] * READING.at_once
        assert said[-1] == pytest.approx(1 / READING.a_second)
        assert limits.wait(READING, SOMEBODY_ELSE, 1000.0) == 0
        assert limits.wait(WRITING, SOMEBODY, 1000.0) == 0
        later = [limits.wait(READING, SOMEBODY, 1001.0) for _each in range(READING.at_once)]
        assert later.count(0) == READING.a_second

    def test_it_holds_across_processes_and_a_restart(self, tmp_path):
        flood(tmp_path / "limits", 0)
        context = multiprocessing.get_context("fork")
        with context.Pool(4) as pool:
            passed = pool.starmap(flood, [(tmp_path / "limits", MANY.at_once)] * 4)
        assert sum(passed) == MANY.at_once
        assert flood(tmp_path / "limits", 1) == 0

    def test_it_holds_among_threads(self, limits):
        before = sys.getswitchinterval()
        sys.setswitchinterval(1e-6)
        try:
            with ThreadPoolExecutor(4) as pool:
                tries = [range(MANY.at_once // 2)] * 4
                said = pool.map(lambda many: sum(not limits.wait(MANY, SOMEBODY, 1000.0) for _each in many), tries)
                assert sum(said) == MANY.at_once
        finally:
            sys.setswitchinterval(before)

    def test_nothing_kept_says_who_it_was_and_the_next_day_nobody_is_known(self, limits, tmp_path):
        day = 24 * 60 * 60
        places = {limits._slot(READING, SOMEBODY, number * day) for number in range(20)}
        assert len(places) > 15
        assert limits._slot(READING, SOMEBODY, 1.0) == limits._slot(READING, SOMEBODY, day - 1.0)
        assert Limits(tmp_path / "limits", "another")._slot(READING, SOMEBODY, 1.0) not in {
            limits._slot(READING, SOMEBODY, 1.0)
        }
        for number in range(2000):
            limits.wait(READING, f"9.9.{number // 250}.{number % 250}", time())
        kept = (tmp_path / "limits").read_bytes()
        assert len(kept) == SLOTS * 8, "however many ask"
        assert SOMEBODY.encode() not in kept
        assert bytes([9, 9, 9, 9]) not in kept

    def test_it_has_no_hole_that_a_full_disk_would_have_to_fill(self, limits, bell, tmp_path):
        assert (tmp_path / "limits").stat().st_blocks * 512 >= SLOTS * 8
        assert bell.path.stat().st_blocks * 512 >= 8

    def test_a_clock_that_was_wrong_shuts_nobody_out(self, limits):
        for _each in range(READING.at_once + 1):
            limits.wait(READING, SOMEBODY, 9000.0)
        assert limits.wait(READING, SOMEBODY, 1000.0) == 0

    @pytest.mark.parametrize("proxy", ["127.0.0.1", "10.0.0.1", "172.17.0.1", "::1/128", "", "nonsense"])
    def test_a_proxy_of_ours_stands_for_everybody(self, limits, proxy):
        assert not any(limits.wait(READING, proxy, 1000.0) for _each in range(READING.at_once + 1))


@pytest.fixture
def whole(db, bell, limits):
    """The whole site behind the layer."""
    a_site()
    return Front(get_wsgi_application(), bell, room=ROOM, limits=limits)


def as_somebody(front, address, who=SOMEBODY, **how):
    return ask(lambda environ, start: front({**environ, "REMOTE_ADDR": who}, start), address, **how)


@pytest.mark.django_db
class TestOneNetworkTooOften:
    @pytest.fixture
    def few(self, whole):
        with patch.object(Limits, "wait", lambda self, rate, network, now: 2.5 if network == SOMEBODY else 0):
            as_somebody(whole, "/en/", SOMEBODY_ELSE)
            yield whole

    @pytest.mark.parametrize(
        ("method", "address"),
        [
            ("GET", "/en/search/?q=walked"),
            ("GET", "/en/search/suggest/?q=wal"),
            ("GET", "/api/search/en/?q=walked"),
            ("GET", "/en/refund/?gpu_minutes=1&images=1"),
            ("GET", "/en/nothing/"),
            ("GET", "/metrics"),
            ("POST", "/en/search/count/"),
            ("POST", "/en/wizard/count/"),
            ("POST", "/en/feedback/en/walked/1/"),
            ("POST", "/admin/login/"),
        ],
    )
    def test_it_is_told_when_to_come_again(self, few, method, address):
        refused = as_somebody(few, address, method=method)
        assert (refused.status, refused.headers["retry-after"]) == (429, "3")
        assert as_somebody(few, address, SOMEBODY_ELSE, method=method).status != 429

    def test_what_was_sent_is_taken_off_before(self, few):
        body = BytesIO(b"a" * LARGEST_SENT)
        handed_on = {"CONTENT_LENGTH": str(LARGEST_SENT), "wsgi.input": body, "REMOTE_ADDR": SOMEBODY}
        refused = ask(lambda environ, start: few({**environ, **handed_on}, start), "/en/refund/", method="POST")
        assert (refused.status, body.read()) == (429, b"")

    def test_a_cookie_does_not_help(self, few):
        assert as_somebody(few, "/en/", cookie="a=b").status == 429

    def test_what_is_remembered_is_read_on(self, few):
        assert as_somebody(few, "/en/").status == 200

    @pytest.mark.parametrize("language", WORDS)
    def test_in_the_readers_language_with_the_headers_of_every_page(self, few, language):
        refused = as_somebody(few, f"/{language}/search/?q=walked")
        assert WORDS[language] in refused.body.decode()
        assert "no-store" in refused.headers["cache-control"]
        assert "set-cookie" not in refused.headers
        plain = as_somebody(few, "/en/", SOMEBODY_ELSE)
        for header in ("content-type", "content-security-policy", "x-content-type-options", "referrer-policy"):
            assert refused.headers[header] == plain.headers[header]
        assert as_somebody(few, f"/{language}/nothing/", method="HEAD").body == b""

    @pytest.mark.parametrize("https", [False, True])
    def test_whoever_is_refused_first_says_nothing_to_those_after(self, few, settings, https):
        settings.HTTPS = settings.SECURE_SSL_REDIRECT = https
        as_somebody(few, "/en/nothing/", host="evil.invalid")  # by http, too
        refused = as_somebody(few, "/en/nothing/")
        assert WORDS["en"] in refused.body.decode()
        assert not refused.headers.keys() & {"location", "etag"}


@pytest.mark.django_db
class TestTooLarge:
    @pytest.mark.parametrize(
        ("address", "most"), [("/en/feedback/en/walked/1/", LARGEST_SENT), ("/admin/login/", LARGEST_AT_THE_DESK)]
    )
    def test_a_body(self, whole, address, most):
        def said(length):
            return ask(
                lambda environ, start: whole({**environ, "CONTENT_LENGTH": length}, start), address, method="POST"
            ).status

        assert said(str(most)) != 413
        assert [said(length) for length in (str(most + 1), "9" * 5000, "-1", "²", "0" * 20 + "9" * 8)] == [413] * 5

    @pytest.mark.parametrize(
        ("address", "sent", "status", "unread"),
        [
            ("/en/refund/", LARGEST_SENT, 405, 0),  # of which Django reads nothing
            ("/admin/account/login/", LARGEST_AT_THE_DESK, 403, 0),
            ("/en/refund/", LARGEST_SENT + 1, 413, LARGEST_SENT + 1),
        ],
    )
    def test_whoever_hands_on_what_nobody_reads_gets_it_off_and_then_the_answer(
        self, whole, address, sent, status, unread
    ):
        body = BytesIO(b"a" * sent)
        handed_on = {"CONTENT_LENGTH": str(sent), "CONTENT_TYPE": "text/plain", "wsgi.input": body}
        answered = ask(lambda environ, start: whole({**environ, **handed_on}, start), address, method="POST")
        assert (answered.status, sent - body.tell()) == (status, unread)

    def test_an_address(self, whole):
        address = "/en/search/?q="
        assert ask(whole, address + "a" * (LONGEST_ADDRESS - len(address) - 10)).status == 200
        assert ask(whole, address + "a" * LONGEST_ADDRESS).status == 414
        assert ask(whole, address + "a" * LONGEST_ADDRESS, cookie="a=b").status == 414
        assert ask(whole, "/en/" + "a" * LONGEST_ADDRESS, method="POST").status == 414

    def test_the_number_of_fields(self, whole):
        many = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1
        body = b"&".join(b"a=1" for _each in range(many))
        sent = {"body": body, "method": "POST", "address": "/en/search/count/"}
        typed = {"CONTENT_TYPE": "application/x-www-form-urlencoded"}
        answered = ask(lambda environ, start: whole({**environ, **typed}, start), **sent)
        assert answered.status == 400

    @pytest.mark.parametrize(
        "address",
        ["/en/wizard/?" + "a=b&" * 2000, "/en/wizard/?first=" + "x" * 8000, "/en/refund/?images=" + "9" * 8000],
    )
    def test_answers_of_the_wizard_and_the_refund_check(self, whole, address):
        assert ask(whole, address).status in (200, 302)

    def test_nothing_that_readers_send_is_read_as_json(self, whole):
        deep = b"[" * 60_000
        for address in (
            "/api/refund/",
            "/en/search/count/",
            "/en/wizard/count/",
            "/en/feedback/en/walked/1/",
            "/reports/",
        ):
            typed = {"CONTENT_TYPE": "application/json"}
            answered = ask(
                lambda environ, start, typed=typed: whole({**environ, **typed}, start),
                address,
                method="POST",
                body=deep,
            )
            assert answered.status < 500, address


def test_the_page_of_who_is_sent_away_is_a_page(db, client):
    a_site()
    page = client.get("/en/busy/")
    assert page.status_code == 200
    assert "again in a moment" in Page(page).heading
