"""What happens when, as a line of days."""

from datetime import date

from helpcenter.domain.billing import BillingPeriod
from helpcenter.refunds.timeline import LABELS, period_days, refund_days, renewal_days, timeline

TODAY = date(2026, 3, 10)
PERIOD = BillingPeriod(date(2026, 3, 1), date(2026, 4, 1))


def test_days_stand_in_order_and_apart():
    line = timeline(renewal_days(PERIOD, TODAY, margin_days=1))
    assert [(event.key, event.day.isoformat(), event.cx) for event in line] == [
        ("today", "2026-03-10", 50),
        ("cancel-by", "2026-03-31", 150),
        ("renewal", "2026-04-01", 250),
    ]


def test_a_last_safe_day_that_has_passed_stands_before_today():
    line = timeline(renewal_days(PERIOD, TODAY, margin_days=30))
    assert [event.key for event in line] == ["cancel-by", "today", "renewal"]


def test_without_a_refund_access_lasts_to_the_end_of_the_period():
    assert period_days(PERIOD, TODAY) == [("today", TODAY), ("access-until", PERIOD.end)]


def test_with_a_refund_access_ends_at_once():
    assert refund_days(TODAY, date(2026, 3, 24)) == [("access-ends-now", TODAY), ("money-by", date(2026, 3, 24))]


def test_every_day_has_its_words():
    days = [
        *renewal_days(PERIOD, TODAY, 1),
        ("asked-on", TODAY),
        *period_days(PERIOD, TODAY),
        *refund_days(TODAY, TODAY),
    ]
    assert {event.key for event in timeline(days)} == set(LABELS)
    assert all(event.label for event in timeline(days))
