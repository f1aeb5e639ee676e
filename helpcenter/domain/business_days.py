"""Business days: when a refund should show (F55). Weekends and bank holidays come from the `holidays` library."""

from datetime import date, timedelta
from functools import lru_cache

import holidays

COUNTRIES = ("TW", "HK", "CN", "JP", "SG", "MY", "US", "CA", "GB", "DE", "FR", "AU")
"""Countries whose holidays can be counted. Not modelled: regions of a country, days that a single bank closes,
and holidays and make-up workdays of coming years that a government has not announced yet."""

SUBDIVISIONS = {"GB": "ENG"}
"""Without a part of the country the library leaves out Easter Monday and the August bank holiday of most Britons."""


class UnknownCountry(ValueError):
    """A code that is not among COUNTRIES."""

    def __init__(self, country: str) -> None:
        self.country = country
        super().__init__(country)


@lru_cache(maxsize=64)
def _calendar(country: str, year: int) -> holidays.HolidayBase:
    """One year, complete when made: a calendar that grows while it is read is not safe between threads."""
    bank = {holidays.PUBLIC, holidays.BANK}.intersection(getattr(holidays, country).supported_categories)
    return holidays.country_holidays(
        country, subdiv=SUBDIVISIONS.get(country), years=year, expand=False, categories=tuple(bank)
    )


def is_business_day(day: date, country: str = "") -> bool:
    """Whether banks move money on that day; without a country only weekends are free.

    A make-up workday on a weekend counts, where the library knows it (Taiwan, mainland China). Otherwise Saturday is
    free everywhere: the library has Hong Kong work on it, but its banks clear from Monday to Friday since 2006.

    Raises UnknownCountry.
    """
    weekday = day.weekday() < 5
    if not country:
        return weekday
    if country not in COUNTRIES:
        raise UnknownCountry(country)
    calendar = _calendar(country, day.year)
    return day not in calendar if weekday else day in calendar.weekend_workdays


def money_by(accepted_on: date, business_days: int, country: str = "") -> date:
    """The day by which the money should show: that many business days after the refund was accepted.

    At the end of the calendar (9999) it is the last day that there is. Raises UnknownCountry.
    """
    day, left = accepted_on, business_days
    while left > 0 and day < date.max:
        day += timedelta(days=1)
        left -= is_business_day(day, country)
    return day
