"""Billing periods: when the next charge comes, by when to cancel, until when access lasts."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from dateutil.relativedelta import relativedelta

EARLIEST_FIRST_CHARGE = date(2022, 1, 1)
"""Midjourney sold its first subscriptions in 2022; an earlier charge is a slip of the finger."""


class Interval(StrEnum):
    """How often the plan is charged (F03, F04)."""

    MONTHLY = "monthly"
    YEARLY = "yearly"

    @property
    def months(self) -> int:
        """Its length in months."""
        return 12 if self is Interval.YEARLY else 1


class PeriodError(ValueError):
    """No period follows from that first charge: it is still to come, too long ago, or the calendar ends (9999)."""

    def __init__(self, first_charge: date) -> None:
        self.first_charge = first_charge
        super().__init__(first_charge.isoformat())


@dataclass(frozen=True, slots=True)
class BillingPeriod:
    """From a charge (`start`) to the next (`end`), which is the first day that is not paid for."""

    start: date
    end: date


def period_at(first_charge: date, interval: Interval, day: date) -> BillingPeriod:
    """The period that `day` lies in, counted from the first charge: 31 January, 28 February, 31 March.

    Raises PeriodError if nothing can have been charged on `first_charge` by that day, or if the calendar ends.
    """
    if not EARLIEST_FIRST_CHARGE <= first_charge <= day or day.year >= date.max.year - 1:
        raise PeriodError(first_charge)
    passed = relativedelta(day, first_charge)
    count = (passed.years * 12 + passed.months) // interval.months

    def charge(number: int) -> date:
        return first_charge + relativedelta(months=number * interval.months)

    return BillingPeriod(charge(count), charge(count + 1))


def cancel_by(period: BillingPeriod, margin_days: int) -> date:
    """The last safe day to cancel: the renewal has a clock time (F13), so `margin_days` before it.

    Never before the period's start, however wide the margin.
    """
    return period.end - timedelta(days=min(margin_days, (period.end - period.start).days))


def access_until(period: BillingPeriod) -> date:
    """The day on which access ends if the plan does not renew (F69): that of the renewal, at its time of day."""
    return period.end
