"""Forms read what a person typed, into a value of the domain or into a message. They do not judge."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from helpcenter.domain.billing import BillingPeriod, Interval, PeriodError, period_at
from helpcenter.domain.business_days import COUNTRIES
from helpcenter.domain.refunds import (
    Earlier,
    Usage,
    UsageError,
    UsageReason,
    read_decimal,
    read_whole,
)
from helpcenter.refunds.answers import typed

INTERVAL_LABELS = {Interval.MONTHLY: _("Monthly"), Interval.YEARLY: _("Yearly")}

# The first is what a browser shows where nothing was chosen, and what is assumed then.
EARLIER_LABELS = {
    Earlier.UNSURE: _("Not sure"),
    Earlier.NO: _("No, this is the first"),
    Earlier.YES: _("Yes"),
}

COUNTRY_LABELS = {
    "": _("Weekends only"),
    "TW": _("Taiwan"),
    "HK": _("Hong Kong"),
    "CN": _("Mainland China"),
    "JP": _("Japan"),
    "SG": _("Singapore"),
    "MY": _("Malaysia"),
    "US": _("United States"),
    "CA": _("Canada"),
    "GB": _("United Kingdom"),
    "DE": _("Germany"),
    "FR": _("France"),
    "AU": _("Australia"),
}

MESSAGES = {
    UsageReason.EMPTY: _("Enter a number. If you used nothing, enter 0."),
    UsageReason.MALFORMED: _("Enter digits only, for example 12 or 12.5."),
    UsageReason.NEGATIVE: _("A number below zero cannot be right. Enter 0 or more."),
    UsageReason.NOT_FINITE: _("Enter digits only, for example 12 or 12.5."),
    UsageReason.NOT_WHOLE: _("Images are counted whole. Enter a number without a fraction."),
    UsageReason.TOO_LARGE: _("No account can reach this number. Check for a slip of the finger."),
    UsageReason.LIFETIME_BELOW_SUBSCRIPTION: _(
        "The total of the account cannot be less than the minutes of this subscription. Enter %(minutes)s or more; if "
        "you do not know the total, leave this empty."
    ),
}

OF_MINUTES = {
    UsageReason.EMPTY: _(
        "Enter a number. If you used nothing, enter 0. If you do not know it, look at your subscription page."
    ),
}
OF_IMAGES = dict.fromkeys((UsageReason.MALFORMED, UsageReason.NOT_FINITE), _("Enter digits only, for example 12."))


class TypedNumberField(forms.CharField):
    """A number as people type it, full-width digits and commas too, read by the domain."""

    def __init__(
        self, read: Callable[[str], Any], messages: Mapping[UsageReason, Any] | None = None, **kwargs: Any
    ) -> None:
        """`messages` says otherwise what is wrong, where this field needs other words."""
        self.read, self.messages = read, {**MESSAGES, **(messages or {})}
        super().__init__(strip=True, error_messages={"required": self.messages[UsageReason.EMPTY]}, **kwargs)

    def to_python(self, value: Any) -> Any:
        """The number that was typed. Raises ValidationError with the reason in words."""
        typed = super().to_python(value)
        if not typed:
            return None
        try:
            return self.read(typed)
        except UsageError as error:
            raise ValidationError(self.messages[error.reason]) from error


class DayInput(forms.DateInput):
    """A browser's own field for a day; for what is no day a field for text, so that it stays to be seen and mended."""

    input_type = "date"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Browsers know days in one spelling, and show nothing for any other text in a field for a day."""
        try:
            day = forms.DateField().to_python(value)
        except ValidationError:
            context = super().get_context(name, value, attrs)
            context["widget"]["type"] = "text"
            return context
        return super().get_context(name, day and day.isoformat(), attrs)


class PeriodForm(forms.Form):
    """When the paid period began and how long it is: what the dates on a page are worked out from."""

    start = forms.DateField(
        label=_("Day of the last charge"),
        required=False,
        help_text=_("On the receipt, or on your card statement."),
        widget=DayInput,
        error_messages={
            "invalid": _("This is not a day. Write it as year-month-day, for example 2026-11-05."),
            "required": _("Enter the day of the last charge."),
        },
    )
    interval = forms.ChoiceField(
        label=_("You pay"),
        required=False,
        choices=[(interval.value, label) for interval, label in INTERVAL_LABELS.items()],
        initial=Interval.MONTHLY.value,
        error_messages={"invalid_choice": _("Choose monthly or yearly.")},
    )
    country = forms.ChoiceField(
        label=_("Bank holidays of"),
        required=False,
        choices=[(code, COUNTRY_LABELS[code]) for code in COUNTRY_LABELS if code in ("", *COUNTRIES)],
        error_messages={"invalid_choice": _("Choose a country from the list.")},
    )

    def __init__(self, *args: Any, today: date, needs_start: bool = False, **kwargs: Any) -> None:
        """`needs_start`: nothing can be said without it."""
        self.today = today
        super().__init__(*args, **kwargs)
        self.fields["start"].required = needs_start

    def clean_start(self) -> date | None:
        """A day that this subscription can have begun on."""
        start: date | None = self.cleaned_data["start"]
        if start is None:
            return None
        try:
            period_at(start, Interval.MONTHLY, self.today)
        except PeriodError as error:
            raise ValidationError(
                _("This day is still to come. Enter the day of the last charge.")
                if start > self.today
                else _("Midjourney sold no subscriptions that long ago. Check the year.")
            ) from error
        return start

    @property
    def period(self) -> BillingPeriod | None:
        """The paid period that today lies in, if its start was given."""
        start = self.cleaned_data.get("start")
        return period_at(start, self._interval, self.today) if start else None

    @property
    def paid_period(self) -> BillingPeriod | None:
        """The period that the charge on that day paid for, which for a plan that was cancelled is the last."""
        start = self.cleaned_data.get("start")
        return period_at(start, self._interval, start) if start else None

    @property
    def _interval(self) -> Interval:
        return Interval(self.cleaned_data.get("interval") or Interval.MONTHLY)


class UsageForm(PeriodForm):
    """What the reader used, and what else decides about a refund."""

    gpu_minutes = TypedNumberField(
        read_decimal,
        OF_MINUTES,
        label=_("GPU minutes used in this subscription"),
        help_text=_("Your subscription page shows it."),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    images = TypedNumberField(
        read_whole,
        OF_IMAGES,
        label=_("Images made in this subscription"),
        help_text=_("Everything that you generated in it. If unsure, enter the higher number."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    earlier = forms.ChoiceField(
        label=_("Did this account use GPU time before this subscription?"),
        required=False,
        choices=[(earlier.value, label) for earlier, label in EARLIER_LABELS.items()],
        initial=Earlier.UNSURE.value,
        help_text=_("Midjourney's own rule counts every minute that the account ever used."),
        error_messages={"invalid_choice": _("Choose one of the three answers.")},
    )
    lifetime_gpu_minutes = TypedNumberField(
        read_decimal,
        required=False,
        label=_("GPU minutes of the account in total, if you know them"),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )

    field_order = ("gpu_minutes", "images", "earlier", "lifetime_gpu_minutes", "start", "interval", "country")

    def clean(self) -> dict[str, Any]:
        """The usage as a whole: numbers that contradict each other get their message at the field to mend."""
        cleaned = super().clean() or self.cleaned_data
        for name in self.fields:
            if isinstance(self.data, QueryDict) and len(self.data.getlist(name)) > 1:
                self.add_error(name, _("The address has this twice. Keep one."))
        if not self.errors:
            try:
                self.usage = Usage(
                    gpu_minutes=cleaned["gpu_minutes"],
                    images=cleaned["images"],
                    earlier=Earlier(cleaned.get("earlier") or Earlier.UNSURE),
                    lifetime_gpu_minutes=cleaned.get("lifetime_gpu_minutes"),
                )
            except UsageError as error:
                minutes = {"minutes": typed(cleaned["gpu_minutes"])}
                self.add_error(error.field or "gpu_minutes", ValidationError(MESSAGES[error.reason], params=minutes))
        return cleaned
