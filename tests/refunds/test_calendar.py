"""A day of the timeline for the reader's calendar."""

from datetime import date, timedelta

import pytest
from icalendar import Calendar

from tests.builders import a_site
from tests.pages import Page

pytestmark = pytest.mark.django_db

DAY = "/zh-hant/refund/calendar/cancel-by/2026-12-04.ics"


def test_it_is_an_all_day_event_with_a_reminder_the_day_before_and_on_the_day(client):
    event = Calendar.from_ical(client.get(DAY).content).walk("VEVENT")[0]
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (date(2026, 12, 4), date(2026, 12, 5))
    assert "取消" in str(event["summary"])
    assert event.decoded("url") == "http://testserver/zh-hant/wizard/"
    alarms = [alarm.decoded("trigger") for alarm in event.walk("VALARM")]
    assert alarms == [timedelta(hours=-15), timedelta(hours=9)]


def test_the_same_day_is_the_same_bytes(client):
    first, again = client.get(DAY), client.get(DAY)
    assert first.content == again.content
    assert first.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert first.headers["Cache-Control"].startswith("public")


@pytest.mark.parametrize("path", ["cancel-by/2026-02-30", "cancel-by/x", "never/2026-12-04", "cancel-by/9999-12-31"])
def test_what_is_no_day_or_nothing_to_miss_is_not_found(client, path):
    a_site()
    assert client.get(f"/en/refund/calendar/{path}.ics").status_code == 404


def test_the_timeline_offers_it(client):
    a_site()
    page = Page(client.get("/en/refund/?gpu_minutes=1&images=1&start=2026-01-01"))
    links = [link["href"] for link in page.soup.select(".timeline__calendar")]
    assert any("/en/refund/calendar/cancel-by/" in link for link in links)
    assert {client.get(link).status_code for link in links} == {200}
