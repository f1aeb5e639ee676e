"""Billing periods, against a calendar that is walked one charge at a time."""

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpcenter.domain.billing import (
    EARLIEST_FIRST_CHARGE,
    BillingPeriod,
    Interval,
    PeriodError,
    access_until,
    cancel_by,
    period_at,
)

MONTHLY, YEARLY = Interval.MONTHLY, Interval.YEARLY

first_charges = st.dates(EARLIEST_FIRST_CHARGE, date(2030, 12, 31))
month_ends = st.builds(
    lambda year, month, day: date(year, month, min(day, monthrange(year, month)[1])),
    st.integers(2022, 2030),
    st.integers(1, 12),
    st.integers(28, 31),
)


def walked(first_charge: date, interval: Interval, day: date) -> BillingPeriod:
    """The same day of each month or year, or the last one that a short month has."""
    year, month, start = first_charge.year, first_charge.month, first_charge
    while True:
        if interval is YEARLY:
            year += 1
        else:
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        end = date(year, month, min(first_charge.day, monthrange(year, month)[1]))
        if start <= day < end:
            return BillingPeriod(start, end)
        start = end


@pytest.mark.parametrize(
    ("interval", "first_charge", "day", "start", "end"),
    [
        pytest.param(MONTHLY, "2026-11-05", "2026-11-05", "2026-11-05", "2026-12-05", id="the day of the charge"),
        pytest.param(MONTHLY, "2026-11-05", "2026-12-04", "2026-11-05", "2026-12-05", id="the last paid day"),
        pytest.param(MONTHLY, "2026-11-05", "2026-12-05", "2026-12-05", "2027-01-05", id="the day of the renewal"),
        pytest.param(MONTHLY, "2026-01-31", "2026-02-27", "2026-01-31", "2026-02-28", id="before a short month's end"),
        pytest.param(MONTHLY, "2026-01-31", "2026-02-28", "2026-02-28", "2026-03-31", id="back to the 31st"),
        pytest.param(MONTHLY, "2024-01-31", "2024-02-28", "2024-01-31", "2024-02-29", id="in a leap year"),
        pytest.param(MONTHLY, "2026-01-31", "2026-04-30", "2026-04-30", "2026-05-31", id="thirty days"),
        pytest.param(YEARLY, "2024-02-29", "2025-02-27", "2024-02-29", "2025-02-28", id="a leap day, a year later"),
        pytest.param(YEARLY, "2024-02-29", "2028-02-28", "2027-02-28", "2028-02-29", id="the next leap day"),
        pytest.param(YEARLY, "2025-11-05", "2026-11-04", "2025-11-05", "2026-11-05", id="a year"),
    ],
)
def test_the_period_that_a_day_lies_in(interval, first_charge, day, start, end):
    period = period_at(date.fromisoformat(first_charge), interval, date.fromisoformat(day))
    assert period == BillingPeriod(date.fromisoformat(start), date.fromisoformat(end))


@given(first_charges | month_ends, st.sampled_from(Interval), st.integers(0, 3000))
def test_every_period_is_the_one_that_walking_the_calendar_finds(first_charge, interval, days):
    day = first_charge + timedelta(days=days)
    assert period_at(first_charge, interval, day) == walked(first_charge, interval, day)


@given(first_charges | month_ends, st.sampled_from(Interval), st.integers(0, 3000))
def test_a_period_begins_where_the_one_before_ended(first_charge, interval, days):
    period = period_at(first_charge, interval, first_charge + timedelta(days=days))
    assert period_at(first_charge, interval, period.end).start == period.end
    if period.start > first_charge:
        assert period_at(first_charge, interval, period.start - timedelta(days=1)).end == period.start


@pytest.mark.parametrize(
    ("first_charge", "day"),
    [
        pytest.param(date(2026, 11, 24), date(2026, 11, 23), id="still to come"),
        pytest.param(date(2021, 12, 31), date(2026, 11, 23), id="before there were subscriptions"),
        pytest.param(date(2026, 11, 5), date(9998, 1, 1), id="the calendar ends"),
        pytest.param(date(2026, 11, 5), date.max, id="the last day of all"),
    ],
)
@pytest.mark.parametrize("interval", Interval)
def test_a_charge_that_no_period_follows_from(interval, first_charge, day):
    with pytest.raises(PeriodError) as caught:
        period_at(first_charge, interval, day)
    assert caught.value.first_charge == first_charge


@pytest.mark.parametrize("interval", Interval)
def test_the_first_and_the_last_day_that_can_be_asked_for(interval):
    assert period_at(EARLIEST_FIRST_CHARGE, interval, EARLIEST_FIRST_CHARGE).start == EARLIEST_FIRST_CHARGE
    assert period_at(EARLIEST_FIRST_CHARGE, interval, date(9997, 12, 31)).end == date(9998, 1, 1)


@given(st.dates(), st.sampled_from(Interval), st.dates())
def test_whatever_days_are_given_there_is_a_period_around_the_day_or_a_period_error(first_charge, interval, day):
    try:
        period = period_at(first_charge, interval, day)
    except PeriodError:
        assert first_charge > day or first_charge < EARLIEST_FIRST_CHARGE or day.year >= 9998
    else:
        assert period.start <= day < period.end


@pytest.mark.parametrize(
    ("margin_days", "last_safe_day"),
    [(0, "2026-12-05"), (1, "2026-12-04"), (29, "2026-11-06"), (30, "2026-11-05"), (31, "2026-11-05")],
)
def test_cancel_by_keeps_a_margin_before_the_renewal_but_stays_in_the_period(margin_days, last_safe_day):
    period = BillingPeriod(date(2026, 11, 5), date(2026, 12, 5))
    assert cancel_by(period, margin_days) == date.fromisoformat(last_safe_day)


def test_a_margin_beyond_all_calendars_is_the_whole_period():
    period = BillingPeriod(date(2026, 11, 5), date(2026, 12, 5))
    assert cancel_by(period, 10**12) == period.start


def test_access_lasts_until_the_renewal_that_does_not_come():
    assert access_until(BillingPeriod(date(2026, 11, 5), date(2026, 12, 5))) == date(2026, 12, 5)
