"""Business days: when a refund should show (F55). Weekends and bank holidays come from the `holidays` library."""

from datetime import date, timedelta
from functools import lru_cache

import holidays

COUNTRIES = ("TW", "HK", "CN", "JP", "SG", "MY", "US", "CA", "GB", "DE", "FR", "AU")
"""Countries whose holidays can be counted. Not modelled: regions of a country, days that a single bank closes."""


class UnknownCountry(ValueError):
    """A code that is not among COUNTRIES."""


@lru_cache(maxsize=len(COUNTRIES))
def _calendar(country: str) -> holidays.HolidayBase:
    if country not in COUNTRIES:
        raise UnknownCountry(country)
    return holidays.country_holidays(country)


def is_business_day(day: date, country: str = "") -> bool:
    """Whether banks move money on that day; without a country only weekends are free.

    Raises UnknownCountry. A make-up workday on a weekend counts, where the library knows it.
    """
    if not country:
        return day.weekday() < 5
    return bool(_calendar(country).is_working_day(day))


def money_by(accepted_on: date, business_days: int, country: str = "") -> date:
    """The day by which the money should show: that many business days after the refund was accepted.

    Raises UnknownCountry.
    """
    day, left = accepted_on, business_days
    while left > 0:
        day += timedelta(days=1)
        left -= is_business_day(day, country)
    return day
