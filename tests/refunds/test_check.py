"""The refund check over HTTP: what was typed, and the answer by both rules."""

import re
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client
from hypothesis import example, given, settings
from hypothesis import strategies as st

from helpcenter.domain.refunds import REFUND_FACT_KEYS
from tests.builders import LANGUAGES, a_sheet, a_sheet_body, at
from tests.pages import Page
from tests.replay import replayed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
@replayed
def _sheet():
    a_sheet()


def the_check(language="en", **typed):
    return Page.at(f"/{language}/refund/?{urlencode(typed)}")


def outcome(page):
    return page.attributes("[data-outcome]", "data-outcome")


def provider_outcome(page):
    return page.attributes("[data-provider-outcome]", "data-provider-outcome")


# Section 1.4 of the facts, row by row: minutes and images of this subscription, minutes of the account's life.
WORKED_THROUGH = [
    ("new subscriber, unused", "0", "0", "0", "eligible", "eligible"),
    ("just below both limits", "19.9", "19", "19.9", "eligible", "eligible"),
    ("exactly at both limits", "20", "20", "20", "not-eligible", "not-eligible"),
    ("few images, much GPU (video)", "26", "4", "26", "eligible", "not-eligible"),
    ("many quick images, little GPU", "12", "40", "12", "eligible", "eligible"),
    ("returning customer, unused this time", "0", "0", "600", "eligible", "not-eligible"),
    ("renewal forgotten after a year of use", "0", "0", "5,000", "eligible", "not-eligible"),
    ("both above", "90", "100", "90", "not-eligible", "not-eligible"),
]
rows = pytest.mark.parametrize(
    ("minutes", "images", "lifetime", "by_default", "by_provider"),
    [pytest.param(*row, id=case) for case, *row in WORKED_THROUGH],
)


@rows
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reader_who_knows_the_accounts_total(language, minutes, images, lifetime, by_default, by_provider):
    earlier = "yes" if lifetime != minutes else "no"
    page = the_check(language, gpu_minutes=minutes, images=images, earlier=earlier, lifetime_gpu_minutes=lifetime)
    assert outcome(page) == [by_default]
    assert provider_outcome(page) == [by_provider]


@rows
def test_a_reader_who_only_knows_whether_there_was_use_before(minutes, images, lifetime, by_default, by_provider):
    page = the_check(gpu_minutes=minutes, images=images, earlier="yes" if lifetime != minutes else "no")
    assert outcome(page) == [by_default]
    assert provider_outcome(page) == [by_provider]


@rows
def test_wherever_the_rules_differ_the_answer_is_no_bare_yes(minutes, images, lifetime, by_default, by_provider):
    page = the_check(gpu_minutes=minutes, images=images, lifetime_gpu_minutes=lifetime)
    warned = "this guide's rule, but" in page.text(".verdict__title") and "The cancel screen decides" in page.text(
        ".provider"
    )
    assert warned is (by_default != by_provider)


def test_where_this_rule_itself_counts_earlier_use_it_depends_on_that():
    a_sheet({"2026-02-01": a_sheet_body(refund__scope="lifetime")})
    page = the_check(gpu_minutes="1", images="1", earlier="unsure")
    assert page.text(".verdict__title") == "It depends on what you used before"
    assert outcome(page) == ["unknown"]


@pytest.mark.parametrize(
    ("typed", "verdict"), [({}, "unknown"), ({"earlier": "unsure"}, "unknown"), ({"earlier": ""}, "unknown")]
)
def test_who_is_not_sure_about_earlier_use_is_told_that_it_depends_on_it(typed, verdict):
    page = the_check(gpu_minutes="1", images="1", **typed)
    assert outcome(page) == ["eligible"]
    assert provider_outcome(page) == [verdict]
    assert "It depends on earlier subscriptions" in page.text(".provider")


def test_the_form_shows_what_was_assumed_where_nothing_was_chosen():
    page = the_check(gpu_minutes="1", images="1")
    shown = page.soup.select_one("#id_earlier [selected]") or page.soup.select_one("#id_earlier option")
    assert shown["value"] == "unsure"


# ---- Numbers as people type them ----


@pytest.mark.parametrize(
    ("typed", "verdict"),
    [
        ("19.99", "eligible"),
        ("19.9999999999999999999999", "eligible"),
        ("１９．９", "eligible"),
        ("19。9", "eligible"),
        (" 19 ", "eligible"),
        (".5", "eligible"),
        ("20", "not-eligible"),
        ("20.0", "not-eligible"),
        ("２０", "not-eligible"),
        ("1,000", "not-eligible"),
        ("１，０００", "not-eligible"),
        ("1000000", "not-eligible"),
    ],
)
def test_minutes_as_people_type_them(typed, verdict):
    assert outcome(the_check(gpu_minutes=typed, images="20")) == [verdict]


EMPTY = "Enter a number. If you used nothing, enter 0."
MALFORMED = "Enter digits only, for example 12 or 12.5."
NEGATIVE = "A number below zero cannot be right. Enter 0 or more."
TOO_LARGE = "No account can reach this number. Check for a slip of the finger."
OF_MINUTES = {
    EMPTY: "Enter a number. If you used nothing, enter 0. If you do not know it, look at your subscription page."
}
OF_IMAGES = {MALFORMED: "Enter digits only, for example 12."}
NOT_WHOLE = "Images are counted whole. Enter a number without a fraction."
UNREADABLE = [
    ("-1", NEGATIVE),
    ("−1", NEGATIVE),
    ("NaN", MALFORMED),
    ("inf", MALFORMED),
    ("-inf", MALFORMED),
    ("1e3", MALFORMED),
    ("1" + "0" * 30, TOO_LARGE),
    ("1000001", TOO_LARGE),
    ("9" * 99, TOO_LARGE),
    ("", EMPTY),
    ("   ", EMPTY),
    ("twenty", MALFORMED),
    ("二十", MALFORMED),
    ("20 minutes", MALFORMED),
    ("10,00", MALFORMED),
    ("<script>", MALFORMED),
    ("1\x002", MALFORMED),
]


@pytest.mark.parametrize(
    ("field", "own"),
    [("gpu_minutes", OF_MINUTES), ("images", OF_IMAGES)],
)
@pytest.mark.parametrize(("typed", "message"), UNREADABLE)
def test_what_cannot_be_read_comes_back_with_its_message(field, own, typed, message):
    page = the_check(**({"gpu_minutes": "1", "images": "1"} | {field: typed}))
    assert page.attributes("[aria-invalid=true]", "name") == [field]
    assert page.text(f"#id_{field}_error").endswith(own.get(message, message))
    assert f"id_{field}_error" in page.attributes(f"#id_{field}", "aria-describedby")[0].split()
    assert (page.attributes(f"#id_{field}", "value") or [""]) == [typed]
    assert "data-outcome" not in page.response.content.decode()


def test_half_an_image_is_no_image():
    page = the_check(gpu_minutes="1", images="19.5")
    assert page.attributes("[aria-invalid=true]", "name") == ["images"]
    assert page.text("#id_images_error").endswith(NOT_WHOLE)
    assert outcome(page) == []
    assert outcome(the_check(gpu_minutes="30", images="19.0")) == ["eligible"]


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("earlier", "perhaps", "Choose one of the three answers."),
        ("lifetime_gpu_minutes", "much", MALFORMED),
        (
            "lifetime_gpu_minutes",
            "4",
            "minutes of this subscription. Enter 5 or more; if you do not know the total, leave this empty.",
        ),
        ("start", "2026-02-30", "This is not a day. Write it as year-month-day, for example 2026-11-05."),
        ("start", "2021-01-01", "Midjourney sold no subscriptions that long ago. Check the year."),
        ("start", "9999-12-31", "This day is still to come. Enter the day of the last charge."),
        ("interval", "weekly", "Choose monthly or yearly."),
        ("country", "XX", "Choose a country from the list."),
    ],
)
def test_what_is_asked_beside_the_two_numbers_is_read_as_strictly(field, typed, message):
    page = the_check(gpu_minutes="5", images="5", **{field: typed})
    assert page.attributes("[aria-invalid=true]", "name") == [field]
    assert page.text(f"#id_{field}_error").endswith(message)
    assert outcome(page) == []
    assert page.soup.select_one("details.more[open]"), "the field stands in a fold that has to be open"


def test_the_summary_leads_to_every_field_to_mend():
    page = the_check(gpu_minutes="x", images="-1", start="never")
    assert list(page.links(".error-summary").values()) == ["#id_gpu_minutes", "#id_images", "#id_start"]
    assert all(page.soup.select_one(href) for href in page.links(".error-summary").values())
    assert page.title.startswith("Error: ")


def test_the_browser_comes_back_to_the_answer_and_without_one_to_the_top_where_the_summary_is():
    assert the_check(gpu_minutes="1", images="1").attributes(".refund__form", "action") == ["/en/refund/#answer"]
    assert the_check(gpu_minutes="1", images="1").soup.select_one("#answer")
    page = the_check(gpu_minutes="x", images="1")
    assert not page.soup.select_one("#answer")
    assert page.soup.select_one("h1").find_all_next(class_=["error-summary", "refund__form"])[0]["class"] == [
        "error-summary"
    ]


def test_the_message_is_in_the_readers_language():
    page = the_check("zh-hant", gpu_minutes="x", images="1")
    assert page.text("#id_gpu_minutes_error")
    assert MALFORMED not in page.text()


def test_nothing_typed_is_no_mistake():
    page = Page.at("/en/refund/")
    assert not page.soup.select("[aria-invalid], .error-summary, [data-outcome]")


def test_one_number_without_the_other_is_asked_for():
    page = Page.at("/en/refund/?gpu_minutes=3")
    assert page.text("#id_images_error").endswith(EMPTY)
    assert page.attributes("#id_gpu_minutes", "value") == ["3"]


def test_before_the_first_fact_sheet_there_is_no_check(client):
    with time_machine.travel(at("2025-12-01")):
        assert client.get("/en/refund/?gpu_minutes=1&images=1").status_code == 404


def test_the_limits_are_those_of_the_sheet():
    a_sheet({"2026-02-01": a_sheet_body(refund__gpu_minutes="30", provider_refund__gpu_minutes="5")})
    page = the_check(gpu_minutes="29.9", images="99", earlier="no")
    assert outcome(page) == ["eligible"]
    assert provider_outcome(page) == ["not-eligible"]
    assert "30 GPU minutes" in page.text(".lead")


def test_another_combination_on_the_sheet_is_another_rule():
    a_sheet({"2026-02-01": a_sheet_body(refund__combine="all")})
    page = the_check(gpu_minutes="1", images="99")
    assert outcome(page) == ["not-eligible"]
    assert "It would be otherwise with: Images below 20." in page.text(".verdict")


# ---- When the money comes back, and what the plan does ----


def days(page, place):
    return (
        page.attributes(".timeline", "class")
        and [[each["datetime"] for each in figure.select("time")] for figure in page.soup.select(".timeline")][place]
    )


@pytest.mark.parametrize(
    ("country", "money_by"),
    [
        ("", "2026-10-13"),
        ("TW", "2026-10-14"),
        ("JP", "2026-10-14"),
        ("CN", "2026-10-19"),
        ("HK", "2026-10-14"),
    ],  # China works on Saturday 10 October
)
def test_the_money_is_counted_in_the_business_days_of_a_country(country, money_by):
    with time_machine.travel(at("2026-09-29"), tick=False):
        page = the_check(gpu_minutes="1", images="1", country=country)
    assert days(page, 0) == ["2026-09-29", money_by]


def test_the_number_of_business_days_is_that_of_the_sheet():
    a_sheet({"2026-02-01": a_sheet_body(refund__business_days="3")})
    with time_machine.travel(at("2026-03-02"), tick=False):
        assert days(the_check(gpu_minutes="1", images="1"), 0) == ["2026-03-02", "2026-03-05"]


@pytest.mark.parametrize(
    ("interval", "cancel_by", "renewal"),
    [("", "2026-03-30", "2026-03-31"), ("monthly", "2026-03-30", "2026-03-31"), ("yearly", "2027-01-30", "2027-01-31")],
)
def test_with_the_day_of_the_last_charge_it_says_by_when_to_cancel(interval, cancel_by, renewal):
    with time_machine.travel(at("2026-03-02"), tick=False):
        page = the_check(gpu_minutes="1", images="1", start="2026-01-31", interval=interval)
    assert days(page, 1) == ["2026-03-02", cancel_by, renewal]


def test_the_facts_that_decided_are_named_in_the_readers_language_with_their_source_and_day():
    english = the_check(gpu_minutes="1", images="1")
    assert len(english.soup.select(".decided li")) == len(REFUND_FACT_KEYS)
    assert english.soup.select_one(".decided li").get_text().startswith("Limit of GPU minutes: ")
    chinese = the_check("zh-hant", gpu_minutes="1", images="1")
    first = chinese.soup.select_one(".decided li").get_text()
    assert re.fullmatch(r"GPU 分鐘上限：.+，查核於 \d{4} 年 \d+ 月 \d+ 日", first), first
    assert not [key for key in REFUND_FACT_KEYS if key in chinese.text(".decided")]


def test_without_that_day_it_says_nothing_about_renewal():
    assert len(the_check(gpu_minutes="1", images="1").soup.select(".timeline")) == 1


def test_where_both_rules_say_no_it_names_no_day_for_the_money():
    page = the_check(gpu_minutes="20", images="20", earlier="no", start="2026-01-31")
    assert outcome(page) == provider_outcome(page) == ["not-eligible"]
    assert not page.soup.select(".timeline__day--money-by")
    assert len(page.soup.select(".timeline")) == 1  # what happens if nothing is cancelled


# ---- Whatever is asked ----

_numbers = st.sampled_from(
    ("0", "19.99", "20", "２０", "-1", "", "NaN", "1e9", "9" * 41, "\x00", "²", "٣", "1_000", "½")
)
_anything = _numbers | st.text(max_size=12) | st.decimals(allow_nan=False, allow_infinity=False).map(str)
_days = st.sampled_from(("2026-01-31", "2024-02-29", "2022-01-01", "0001-01-01", "9999-12-31")) | st.dates().map(str)


@settings(max_examples=100)
@given(
    asked=st.fixed_dictionaries(
        {"gpu_minutes": _anything, "images": _anything},
        optional={
            "earlier": st.sampled_from(("yes", "no", "unsure", "x")),
            "lifetime_gpu_minutes": _anything,
            "start": _days | st.text(max_size=5),
            "interval": st.sampled_from(("monthly", "yearly", "x")),
            "country": st.sampled_from(("TW", "GB", "CN", "", "XX")),
            "facts": st.sampled_from(("1", "2", "0", "-1", "９", "9" * 30)),
            "on": _days | st.text(max_size=5),
            "as_of": _days | st.text(max_size=5),
        },
    ),
)
@example(asked={"gpu_minutes": "1", "images": "1", "on": "9999-12-31", "country": "TW", "start": "2026-01-31"})
@example(asked={"gpu_minutes": "1", "images": "1", "on": "9999-11-30", "country": "GB", "start": "2022-01-01"})
@example(asked={"gpu_minutes": "1", "images": "1", "on": "0001-01-01", "country": "CN", "interval": "yearly"})
@example(asked={"gpu_minutes": "1", "images": "1", "as_of": "0001-01-01"})
def test_whatever_is_asked_is_answered_or_sent_back(asked):
    response = Client().get("/en/refund/", QUERY_STRING=urlencode(asked, errors="replace"))
    if response.status_code == 404:
        assert {"facts", "on", "as_of"} & set(asked)
        return
    assert response.status_code == 200
    html = response.content.decode()
    assert ('data-outcome="' in html) is ('aria-invalid="true"' not in html)


def test_a_number_that_is_given_twice_is_told_beside_its_field():
    page = Page.at("/en/refund/?gpu_minutes=1&gpu_minutes=90&images=1")
    assert outcome(page) == []
    assert "The address has this twice." in page.text("form")
