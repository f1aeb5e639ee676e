"""When a refund should show: bank holidays as the countries have announced them, and a plain count."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpcenter.domain.business_days import COUNTRIES, UnknownCountry, is_business_day, money_by

ANYWHERE = ("", *COUNTRIES)
these_years = st.dates(date(2022, 1, 1), date(2032, 12, 31))


@pytest.mark.parametrize(
    ("country", "day", "open_"),
    [
        pytest.param("", "2026-02-17", True, id="without a country a Tuesday is a Tuesday"),
        pytest.param("", "2026-11-21", False, id="without a country Saturday is free"),
        pytest.param("", "2026-11-22", False, id="without a country Sunday is free"),
        pytest.param("TW", "2026-02-13", True, id="Taiwan, before the lunar new year"),
        pytest.param("TW", "2026-02-16", False, id="Taiwan, lunar new year's eve"),
        pytest.param("TW", "2026-02-17", False, id="Taiwan, lunar new year"),
        pytest.param("TW", "2026-02-20", False, id="Taiwan, the day off for a holiday on Sunday"),
        pytest.param("TW", "2026-02-23", True, id="Taiwan, back at work"),
        pytest.param("TW", "2027-02-05", False, id="Taiwan, lunar new year's eve 2027"),
        pytest.param("TW", "2025-02-08", True, id="Taiwan, a Saturday made up for"),
        pytest.param("TW", "2025-02-15", False, id="Taiwan, any other Saturday"),
        pytest.param("CN", "2026-02-14", True, id="China, a Saturday made up for"),
        pytest.param("CN", "2026-10-01", False, id="China, National Day"),
        pytest.param("HK", "2026-11-21", False, id="Hong Kong, banks do not clear on Saturdays"),
        pytest.param("HK", "2026-07-01", False, id="Hong Kong, Establishment Day"),
        pytest.param("JP", "2027-12-31", False, id="Japan, banks close before the new year"),
        pytest.param("JP", "2025-01-03", False, id="Japan, and after it"),
        pytest.param("SG", "2027-08-09", False, id="Singapore, National Day"),
        pytest.param("MY", "2026-08-31", False, id="Malaysia, National Day"),
        pytest.param("US", "2026-11-26", False, id="United States, Thanksgiving"),
        pytest.param("US", "2026-11-27", True, id="United States, the day after"),
        pytest.param("CA", "2026-07-01", False, id="Canada Day"),
        pytest.param("GB", "2026-04-06", False, id="England, Easter Monday"),
        pytest.param("GB", "2026-08-31", False, id="England, the August bank holiday"),
        pytest.param("DE", "2025-10-03", False, id="Germany, Unity Day"),
        pytest.param("FR", "2026-07-14", False, id="France, Bastille Day"),
        pytest.param("AU", "2026-01-26", False, id="Australia Day"),
    ],
)
def test_days_on_which_banks_move_money_and_days_on_which_they_do_not(country, day, open_):
    assert is_business_day(date.fromisoformat(day), country) is open_


@pytest.mark.parametrize(
    ("country", "accepted_on", "business_days", "shows_by"),
    [
        pytest.param("", "2026-11-23", 1, "2026-11-24", id="the day itself does not count"),
        pytest.param("", "2026-11-20", 1, "2026-11-23", id="over a weekend"),
        pytest.param("", "2026-11-21", 1, "2026-11-23", id="accepted on a Saturday"),
        pytest.param("", "2026-11-23", 10, "2026-12-07", id="ten business days are two weeks"),
        pytest.param("", "2026-11-21", 0, "2026-11-21", id="at once"),
        pytest.param("TW", "2026-02-13", 1, "2026-02-23", id="over the lunar new year 2026"),
        pytest.param("TW", "2026-02-13", 10, "2026-03-09", id="and Peace Memorial Day after it"),
        pytest.param("TW", "2027-02-03", 1, "2027-02-11", id="over the lunar new year 2027"),
        pytest.param("TW", "2025-02-07", 1, "2025-02-08", id="a Saturday made up for"),
        pytest.param("HK", "2026-11-23", 10, "2026-12-07", id="Saturdays do not count in Hong Kong"),
        pytest.param("US", "2026-12-31", 1, "2027-01-04", id="over the end of a year"),
    ],
)
def test_the_day_by_which_the_money_shows(country, accepted_on, business_days, shows_by):
    assert money_by(date.fromisoformat(accepted_on), business_days, country) == date.fromisoformat(shows_by)


@given(these_years, st.integers(1, 30), st.sampled_from(ANYWHERE))
def test_exactly_that_many_business_days_lie_between(accepted_on, business_days, country):
    shows_by = money_by(accepted_on, business_days, country)
    after = [accepted_on + timedelta(days=n) for n in range(1, (shows_by - accepted_on).days + 1)]
    assert sum(is_business_day(day, country) for day in after) == business_days
    assert is_business_day(shows_by, country)


@given(these_years, st.integers(0, 20), st.integers(0, 20), st.integers(0, 20), st.sampled_from(ANYWHERE))
def test_later_and_slower_refunds_never_show_earlier(accepted_on, later, business_days, slower, country):
    shows_by = money_by(accepted_on, business_days, country)
    assert money_by(accepted_on + timedelta(days=later), business_days, country) >= shows_by
    assert money_by(accepted_on, business_days + slower, country) >= shows_by


@given(these_years, st.sampled_from(("", "HK", "JP", "SG", "MY", "US", "CA", "GB", "DE", "FR", "AU")))
def test_where_no_days_are_made_up_for_holidays_only_ever_delay(accepted_on, country):
    assert money_by(accepted_on, 10, country) >= money_by(accepted_on, 10)


@given(st.dates(), st.sampled_from(ANYWHERE))
def test_no_day_is_too_far_away(accepted_on, country):
    assert money_by(accepted_on, 10, country) >= accepted_on


@pytest.mark.parametrize("country", ANYWHERE)
def test_the_calendar_ends_without_an_error(country):
    assert money_by(date.max - timedelta(days=3), 10, country) == date.max
    assert money_by(date.max, 1, country) == date.max
    assert money_by(date.min, 1, country) > date.min


@pytest.mark.parametrize("country", ["XX", "tw", "TWN", " ", "US-CA", "../TW"])
def test_other_countries_are_refused(country):
    with pytest.raises(UnknownCountry) as caught:
        money_by(date(2026, 11, 23), 1, country)
    assert caught.value.country == country
