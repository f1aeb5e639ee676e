"""What happens when, as a line of days: drawn by the template, and the same as a list."""

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from helpcenter.domain.billing import BillingPeriod, access_until, cancel_by

LABELS = {
    "today": _("Today"),
    "asked-on": _("Day of this answer"),
    "cancel-by": _("Cancel by this day to be safe"),
    "renewal": _("The next charge, if you do not cancel"),
    "access-until": _("Access ends; no charge"),
    "access-ends-now": _("Access ends on this day"),
    "money-by": _("Refund should show by"),
}


MAY_BE_MISSED = ("cancel-by", "access-until", "money-by")
"""The days that a reader may put into a calendar."""


@dataclass(frozen=True, slots=True)
class Event:
    """A day on the line. `cx` is its place on a drawing 300 wide, whole so that no language puts a comma in."""

    key: str
    day: date
    cx: int

    @property
    def may_be_missed(self) -> bool:
        """Whether it is worth a place in the reader's calendar."""
        return self.key in MAY_BE_MISSED

    @property
    def label(self) -> str | Promise:
        """What happens on that day."""
        return LABELS[self.key]


def timeline(days: list[tuple[str, date]]) -> list[Event]:
    """The days in order, spread evenly: the order is what matters, and labels must not run into each other."""
    ordered = sorted(days, key=lambda each: each[1])
    width = 300 / len(ordered)
    return [Event(key, day, round(width * (place + 0.5))) for place, (key, day) in enumerate(ordered)]


def period_days(period: BillingPeriod, today: date) -> list[tuple[str, date]]:
    """Cancelled, without a refund: used until the period ends."""
    return [("today", today), ("access-until", access_until(period))]


def renewal_days(period: BillingPeriod, day: date, margin_days: int, *, asked: str = "today") -> list[tuple[str, date]]:
    """Not cancelled yet: the last safe day, and the charge that it prevents.

    `asked` names the day itself: an answer that is kept is read on other days, too.
    """
    return [(asked, day), ("cancel-by", cancel_by(period, margin_days)), ("renewal", period.end)]


def refund_days(today: date, money_by: date) -> list[tuple[str, date]]:
    """Cancelled with a refund: access ends at once, the money comes later."""
    return [("access-ends-now", today), ("money-by", money_by)]
