"""The instant a page speaks of, in days of Taiwan, and for how long a copy of the page is true."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.http import Http404, HttpResponse
from django.test import RequestFactory

from helpcenter.publishing.models import LiveChange
from helpcenter.publishing.moments import cache_control, cacheable, moment, today, true_until
from helpcenter.publishing.standing import Standing
from tests.builders import a_site, an_article

EVENING = datetime(2026, 11, 23, 15, 59, 30, tzinfo=UTC)  # 23:59:30 in Taiwan
NIGHT = datetime(2026, 11, 23, 16, 0, 30, tzinfo=UTC)  # half a minute past midnight there: the 24th


def asked(as_of):
    return moment(RequestFactory().get("/", {"as_of": as_of}))


@time_machine.travel(EVENING, tick=False)
def test_without_a_day_the_page_speaks_of_now():
    assert moment(RequestFactory().get("/")) == EVENING


@time_machine.travel(EVENING, tick=False)
def test_a_day_is_asked_for_at_its_end_in_taiwan():
    assert asked("2026-11-01") == datetime(2026, 11, 1, 15, 59, 59, 999999, tzinfo=UTC)


@time_machine.travel(EVENING, tick=False)
def test_today_is_asked_for_up_to_now():
    assert asked("2026-11-23") == EVENING


def test_tomorrow_begins_at_midnight_in_taiwan():
    with time_machine.travel(EVENING, tick=False), pytest.raises(Http404):
        asked("2026-11-24")
    with time_machine.travel(NIGHT, tick=False):
        assert asked("2026-11-24") == NIGHT
        assert today(NIGHT).isoformat() == "2026-11-24"


@time_machine.travel(EVENING, tick=False)
@pytest.mark.parametrize(
    "typed",
    [
        "",
        "yesterday",
        "2026-13-01",
        "2026-02-30",
        "2026-11-24",
        "9999-12-31",
        "２０２６-11-01",
        "2026-11-01T00:00",
        "1 OR 1",
    ],
)
def test_what_is_no_day_or_a_day_to_come_is_not_found(typed):
    with pytest.raises(Http404):
        asked(typed)


@time_machine.travel(EVENING, tick=False)
def test_the_first_day_of_all_is_a_day():
    assert asked("0001-01-01").year == 1


@pytest.mark.django_db
class TestForHowLongAPageIsTrue:
    def plan(self, at):
        LiveChange.objects.create(document=an_article(history={}), at=at, recorded_at=at)

    def ends(self, asked):
        return true_until(asked, Standing(asked))

    def test_copies_are_shown_for_a_minute_at_most(self):
        assert cache_control(3600) == cache_control(60) == "public, max-age=60"
        assert cache_control(59.9) == "public, max-age=59"
        assert cache_control(-1) == "public, max-age=0"

    def test_until_midnight_in_taiwan(self):
        assert self.ends(EVENING) == datetime(2026, 11, 23, 16, tzinfo=UTC)
        assert self.ends(NIGHT) == datetime(2026, 11, 24, 16, tzinfo=UTC)

    def test_until_the_next_planned_change_when_that_is_sooner(self):
        planned = datetime(2026, 11, 23, 15, 59, 42, 900000, tzinfo=UTC)
        self.plan(planned)
        assert self.ends(EVENING) == planned

    def test_a_change_that_has_happened_bounds_nothing(self):
        self.plan(EVENING)
        assert self.ends(EVENING) == datetime(2026, 11, 23, 16, tzinfo=UTC)

    def test_a_change_that_came_while_the_page_was_made_ends_it_at_once(self):
        self.plan(EVENING + timedelta(seconds=2))

        def slow(request):
            clock.shift(5)
            return HttpResponse("words of before")

        with time_machine.travel(EVENING, tick=False) as clock:
            assert cacheable(slow)(RequestFactory().get("/"))["Cache-Control"] == "public, max-age=0"

    def test_pages_say_so_to_whoever_keeps_copies(self, client):
        a_site()
        with time_machine.travel(EVENING, tick=False):
            self.plan(datetime(2026, 11, 23, 15, 59, 37, tzinfo=UTC))
            assert client.get("/en/articles/walked/")["Cache-Control"] == "public, max-age=7"
            assert "max-age" not in client.get("/en/articles/nothing/").get("Cache-Control", "")
