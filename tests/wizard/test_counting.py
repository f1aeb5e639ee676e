"""Where readers give up: pages and answers are counted by day, readers are not."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from helpcenter.publishing.moments import today
from helpcenter.wizard.counting import KEPT_FOR, Stay
from helpcenter.wizard.models import FlowDocument, Passage
from tests.builders import a_site, a_user

pytestmark = [pytest.mark.django_db, pytest.mark.writes]


@pytest.fixture(autouse=True)
def site():
    a_site()


def tell(address, language="en"):
    return Client().post(f"/{language}/wizard/count/", {"address": address}).status_code


def counted():
    return {(each.page, each.choice): each.times for each in Passage.objects.all()}


def test_a_page_and_the_answer_that_led_to_it():
    assert tell("/en/wizard/") == 204
    assert tell("/en/wizard/second/?first=ask") == 204
    assert tell("/zh-hans/wizard/second/?first=ask", "zh-hans") == 204
    assert counted() == {("first", ""): 1, ("second", ""): 2, ("first", "ask"): 2}


def test_every_day_by_itself_and_not_for_ever(time_machine):
    time_machine.move_to("2026-11-20 04:00", tick=False)
    tell("/en/wizard/")
    time_machine.move_to("2026-11-21 04:00", tick=False)
    tell("/en/wizard/")
    assert Passage.objects.count() == 2
    time_machine.shift(KEPT_FOR)
    tell("/en/wizard/")
    assert sorted(str(each.day) for each in Passage.objects.all())[0] == "2026-11-21"


@pytest.mark.parametrize(
    "address",
    [
        *("", "x", "/en/", "/en/wizard/nothing/", "/en/articles/walked/", "//evil/en/wizard/"),
        *("\0", "/en/wizard/\0/", "?" * 9000, "/zh-hans/wizard/", "/en/wizard/count/"),
    ],
)
def test_what_is_no_page_of_the_wizard_is_not_counted(address):
    assert tell(address) == 404
    assert counted() == {}


def test_answers_that_there_are_not_are_not_counted():
    assert tell("/en/wizard/?first=nonsense&other=1") == 204
    assert counted() == {("first", ""): 1}


def test_it_is_only_told_never_opened():
    assert Client().get("/en/wizard/count/").status_code == 405


def test_no_cookie_and_the_page_is_the_same_for_all():
    response = Client().post("/en/wizard/count/", {"address": "/en/wizard/"})
    assert not response.cookies
    before = Client().get("/en/wizard/").content
    tell("/en/wizard/")
    assert Client().get("/en/wizard/").content == before


def test_who_comes_back_and_answers_again_does_not_make_less_than_none():
    assert Stay(2, 3).left == 0
    assert Stay(10, 7).percent_left == 30
    assert Stay(10, 8).then(Stay(8, 4)) == Stay(10, 4)


def test_the_flows_page_shows_it_in_the_drawing_and_as_a_table(client):
    for _ in range(10):
        tell("/en/wizard/")
    for _ in range(6):
        tell("/en/wizard/way-go/?first=walk")
    Passage.objects.create(day=today(timezone.now()) - timedelta(days=40), page="first", times=1000)
    client.force_login(a_user())
    page = f"/admin/wizard/flowdocument/{FlowDocument.objects.get().pk}/change/"
    html = client.get(page, headers={"accept-language": "en"}).content.decode()
    assert "10, 40 % left" in html
    assert "6, 100 % left" in html  # the walk, of which nobody did the first step
    assert '<td title="way-go">Walked en › Do go</td><td>6</td>' in html  # a page by its words, its key on demand
    assert '<td title="first">First?</td><td>10</td><td>6</td><td>4 (40 %)</td>' in html
