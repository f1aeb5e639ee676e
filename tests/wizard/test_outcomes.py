"""What happens now: the dates of an outcome, and what is already known carried on to the refund check."""

from copy import deepcopy

import pytest
import time_machine

from tests.builders import a_flow, a_flow_body, a_site, at
from tests.pages import WizardPage

pytestmark = pytest.mark.django_db

OVER = "/en/wizard/over/?first=ask&second=end"


@pytest.fixture(autouse=True)
def _site():
    a_site()
    with time_machine.travel(at("2026-03-10"), tick=False):
        yield


def days(page):
    return page.attributes(".timeline time", "datetime")


def test_without_a_day_the_outcome_asks_for_one():
    page = WizardPage.at(OVER)
    assert days(page) == []
    assert page.attributes(".dates__form input:not([type=hidden]), .dates__form select", "name") == [
        "start",
        "interval",
    ]
    assert page.attributes("[aria-invalid]", "name") == []


def test_the_form_keeps_the_answers():
    page = WizardPage.at(OVER)
    hidden = {each["name"]: each["value"] for each in page.soup.select(".dates__form input[type=hidden]")}
    assert hidden == {"first": "ask", "second": "end"}
    assert page.attributes(".dates__form", "action") == ["/en/wizard/over/"]


@pytest.mark.parametrize(
    ("given", "until"),
    [
        ("start=2026-03-01", "2026-04-01"),
        ("start=2026-03-01&interval=monthly", "2026-04-01"),
        ("start=2026-02-10&interval=monthly", "2026-03-10"),
        ("start=2026-03-01&interval=yearly", "2027-03-01"),
        ("start=2025-05-31&interval=yearly", "2026-05-31"),
    ],
)
def test_with_a_day_it_says_until_when(given, until):
    page = WizardPage.at(f"{OVER}&{given}")
    assert days(page) == ["2026-03-10", until]
    assert page.attributes("[aria-invalid]", "name") == []


@pytest.mark.parametrize(
    ("given", "ended"),
    [
        ("start=2026-02-09", "9 March 2026"),
        ("start=2026-01-31&interval=monthly", "28 February 2026"),
        ("start=2024-02-29&interval=yearly", "28 February 2025"),
    ],
)
def test_who_was_charged_longer_ago_is_not_told_that_it_lasts_still(given, ended):
    page = WizardPage.at(f"{OVER}&{given}")
    assert days(page) == []
    assert f"By this date, that period ended on {ended}." in page.text(".dates")
    assert page.attributes("[aria-invalid]", "name") == []


def test_back_and_change_and_the_same_answer_again_keep_the_dates_that_were_typed():
    over = WizardPage.at(f"{OVER}&start=2026-03-01&interval=yearly")
    assert set(over.changes.values()) == {
        "/en/wizard/?first=ask&second=end&start=2026-03-01&interval=yearly",
        "/en/wizard/second/?first=ask&second=end&start=2026-03-01&interval=yearly",
    }
    back = WizardPage.at(over.back)
    assert back.onward == back.choices["end"] == over.address
    assert WizardPage.at(back.back).onward == over.address
    assert back.choices["lost"] == "/en/wizard/lost/?first=ask&second=lost"  # where there are no dates


@pytest.mark.parametrize(
    ("given", "field", "message"),
    [
        ("start=yesterday", "start", "This is not a day. Write it as year-month-day, for example 2026-11-05."),
        ("start=&interval=monthly", "start", "Enter the day of the last charge."),
        pytest.param(
            f"start={'long+' * 20}",
            "start",
            "This is not a day. Write it as year-month-day, for example 2026-11-05.",
            id="long",
        ),
        ("start=2026-02-30", "start", "This is not a day. Write it as year-month-day, for example 2026-11-05."),
        ("start=2026-03-11", "start", "This day is still to come. Enter the day of the last charge."),
        ("start=2021-12-31", "start", "Midjourney sold no subscriptions that long ago. Check the year."),
        ("start=2026-03-01&interval=weekly", "interval", "Choose monthly or yearly."),
    ],
)
def test_what_cannot_be_read_comes_back_with_its_message_and_no_dates(given, field, message):
    page = WizardPage.at(f"{OVER}&{given}")
    assert days(page) == []
    assert page.attributes("[aria-invalid=true]", "name") == [field]
    assert page.text(f"#id_{field}_error").endswith(message)
    assert "Error" in page.title


def test_the_text_that_cannot_be_read_is_still_in_the_form():
    page = WizardPage.at(f"{OVER}&start=last+week")
    assert page.attributes("#id_start", "value") == ["last week"]


def test_the_message_is_in_the_readers_language():
    page = WizardPage.at(f"{OVER}&start=x".replace("/en/", "/zh-hant/"))
    assert "This is not a day" not in page.text()
    assert page.text("#id_start_error")


def test_what_is_known_goes_on_to_the_refund_check():
    assert "/en/refund/" in WizardPage.at(OVER).links(".next").values()
    page = WizardPage.at(f"{OVER}&start=2026-03-01&interval=yearly")
    (refund,) = [href for href in page.links(".next").values() if "/refund/" in href]
    assert refund == "/en/refund/?start=2026-03-01&interval=yearly"
    check = WizardPage.at(refund)
    assert check.attributes("#id_start", "value") == ["2026-03-01"]
    assert check.attributes("#id_interval [selected]", "value") == ["yearly"]


def test_the_other_language_is_told_the_same():
    page = WizardPage.at(f"{OVER}&start=2026-03-01")
    assert f"{OVER}&start=2026-03-01".replace("/en/", "/zh-hant/") in page.attributes("#languages a", "href")


# ---- Other outcomes ----


def with_timeline(timeline):
    body = deepcopy(a_flow_body())
    body["nodes"]["over"]["timeline"] = timeline
    a_flow({"2026-02-01": body})


def test_after_a_refund_it_says_when_the_money_should_be_there():
    with_timeline("refund")
    page = WizardPage.at(OVER)
    assert days(page) == ["2026-03-10", "2026-03-24"]
    assert [
        field["name"] for field in page.soup.select(".dates__form [name]") if field["name"] in ("start", "country")
    ] == ["country"]


def test_holidays_of_a_country_move_the_day():
    with_timeline("refund")
    with time_machine.travel(at("2026-04-01"), tick=False):
        assert days(WizardPage.at(OVER))[-1] == "2026-04-15"
        assert days(WizardPage.at(f"{OVER}&country=GB"))[-1] == "2026-04-17"  # Good Friday, Easter Monday


def test_an_outcome_without_dates_asks_for_none():
    with_timeline("none")
    page = WizardPage.at(OVER)
    assert days(page) == []
    assert not page.soup.select("main form")


def test_what_to_read_next_is_named_as_far_as_it_is_live():
    body = deepcopy(a_flow_body())
    body["nodes"]["over"]["articles"] = ["walked"]
    a_flow({"2026-02-01": body})
    assert WizardPage.at(OVER).links(".next")["Walked en"] == "/en/articles/walked/"


def test_what_an_outcome_does_not_ask_is_no_part_of_its_address(client):
    response = client.get(f"{OVER}&start=2026-03-01&country=XX")
    assert response.status_code == 302
    assert response.headers["Location"] == f"{OVER}&start=2026-03-01"


def test_a_mistake_is_named_on_top_and_beside_its_field():
    page = WizardPage.at(f"{OVER}&start=tomorrow")
    assert page.soup.select_one(".error-summary a")["href"] == "#id_start"
    assert page.soup.select_one("#id_start")["value"] == "tomorrow"
