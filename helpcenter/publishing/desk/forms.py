"""What the desk asks beside the words: the change note, the reviewer, when something goes live and until when."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from helpcenter.domain.findings import Finding, Refused
from helpcenter.domain.versions import Significance
from helpcenter.publishing import people
from helpcenter.publishing.models import SIGNIFICANCE_LABELS, Revision
from helpcenter.publishing.wording import beside


def number(typed: str | None) -> int:
    """The number of a row as an address or a hidden field has it; 0, which no row has, for anything else."""
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) <= 18 else 0


def instant(typed: str) -> datetime | None:
    """The instant that a hidden field has; None for anything else."""
    try:
        at = parse_datetime(typed)
    except ValueError:
        return None
    return at if at and timezone.is_aware(at) else None


LAST_YEAR = 2199
"""A plan for later is a slip of the keyboard."""

NOT_CHOSEN = [("", "–")]
"""Django's own words for it are not translated."""


def planned(at: datetime, *, down: bool = False) -> str:
    """What is said of a plan that was made: something goes live, or is taken down."""
    said = gettext("It will be taken down at %s.") if down else gettext("Planned for %s.")
    return said % f"{timezone.localtime(at):%Y-%m-%d %H:%M} ({settings.TIME_ZONE})"


def tell(form: forms.Form, refused: Refused) -> tuple[Finding, ...]:
    """Say beside a field of a form what is wrong with it. What is about none of its fields is left to be said."""
    fields = form.fields if form.is_bound else ()
    for finding in refused.findings:
        if finding.where in fields:
            form.add_error(finding.where, beside(finding))
    return tuple(finding for finding in refused.findings if finding.where not in fields)


def mistakes(filled: Iterable[Any], owner: str = "") -> Iterator[tuple[str, str, str]]:
    """What cannot be read as it was typed: the field's id, what it is called, what is wrong. Of rows beneath, too."""
    for place, form in enumerate(filled, start=1):
        if form.is_valid():
            continue
        if isinstance(form, forms.BaseFormSet):
            yield from mistakes(form.forms, owner)
            continue
        named = getattr(form, "key_before", "") or getattr(form, "key", "") or (str(place) if owner else "")
        for name, errors in form.errors.items():
            label = " · ".join(words for words in (owner, named, str(form[name].label)) if words)
            yield form[name].id_for_label, label, " ".join(str(error) for error in errors)
        beneath = [getattr(form, name) for name in ("rows", "aliases") if hasattr(form, name)]
        yield from mistakes(beneath, named)


def in_order(rows: Any) -> list[dict[str, Any]]:
    """The rows by their numbers: of two alike, the one moved up comes first, the one moved down last."""
    places: list[tuple[int, int, int, dict[str, Any]]] = []
    for index, form in enumerate(rows):
        row = form.cleaned_data
        if not row or row.get("DELETE"):
            continue
        was = index + 1 if index < rows.initial_form_count() else len(rows)
        asked = row.get("ORDER")
        to = asked if asked is not None else len(rows) + 1
        places.append((to, (to > was) - (to < was), index, row))
    return [row for *_place, row in sorted(places, key=lambda place: place[:3])]


def line(**kwargs: Any) -> forms.CharField:
    """A field for one sentence."""
    return forms.CharField(max_length=300, widget=forms.TextInput(attrs={"class": "vTextField"}), **kwargs)


def significance() -> forms.ChoiceField:
    """The field for what a change means, asked once: when it is published."""
    return forms.ChoiceField(
        label=_("What the change means"),
        choices=[(each.value, label) for each, label in SIGNIFICANCE_LABELS.items()],
        initial=Significance.CONTENT.value,
        widget=forms.RadioSelect,
    )


class SubmittingForm(forms.Form):
    """What is asked beside the words of a draft."""

    note = line(
        label=_("Change note"),
        required=False,
        help_text=_("One sentence for readers: what changed? Needed when you submit it, not for a draft."),
    )
    reviewer = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Reviewer"),
        required=False,
        empty_label=_("whoever comes first"),
    )

    despite = line(
        label=_("Left out on purpose"),
        required=False,
        help_text=_("Why something of the original is missing here. The reason is kept."),
    )

    def __init__(
        self, *args: Any, somebody: User, draft: Revision | None, at_once: bool, translates: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not translates:
            del self.fields["despite"]
        if at_once:
            self.fields["significance"] = significance()
        others = people.reviewers().exclude(pk=somebody.pk)
        others = others.exclude(pk__in=people.writers(draft).values("by")) if draft else others
        self.fields["reviewer"].queryset = others  # type: ignore[attr-defined]


class ReviewingForm(forms.Form):
    """What a reviewer says."""

    review_note = line(
        label=_("Note to the author"), required=False, help_text=_("Needed to send it back: what is to be mended?")
    )


def _within_reach(instant: datetime | None) -> datetime | None:
    """Not in a year that was mistyped: near the last that there is, it is none at all in another time zone."""
    if instant and instant.year > LAST_YEAR:
        raise forms.ValidationError(_("Nobody plans beyond the year %s.") % LAST_YEAR)
    return instant


class WhenForm(forms.Form):
    """From when on readers see something, and until when."""

    at = forms.DateTimeField(
        label=_("Live from"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Leave it empty to publish now."),
    )
    until = forms.DateTimeField(
        label=_("Until"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Leave it empty if it is to stay. Afterwards readers see again what they saw before."),
    )
    zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=[(name, name) for name in sorted(available_timezones()) if "/" in name or name == "UTC"],
        initial=settings.TIME_ZONE,
    )

    def full_clean(self) -> None:
        """Hours are those of the chosen zone: one that a clock there skips or shows twice is refused by Django."""
        named = self.data.get(self.add_prefix("zone"), settings.TIME_ZONE)
        with timezone.override(ZoneInfo(named if named in available_timezones() else settings.TIME_ZONE)):
            super().full_clean()

    def clean_at(self) -> datetime | None:
        """An instant to come, or None for now."""
        at = _within_reach(self.cleaned_data["at"])
        if at and at <= timezone.now():
            instead = self.fields["at"].help_text
            raise forms.ValidationError([_("This instant has passed."), *([instead] if instead else [])])
        return at

    def clean_until(self) -> datetime | None:
        """After the beginning."""
        until = _within_reach(self.cleaned_data["until"])
        if until and until <= (self.cleaned_data.get("at") or timezone.now()):
            raise forms.ValidationError(beside(Finding("plan-ends-too-early", "until")))
        return until


class PublishingForm(WhenForm):
    """What is asked when something approved goes live."""

    note = line(label=_("Change note"), help_text=_("One sentence for readers: what changed?"))
    significance = significance()
    field_order = ("note", "significance", "at", "until", "zone")


class AgainForm(WhenForm):
    """What is asked when an earlier version goes live again."""

    note = line(label=_("Reason"), help_text=_("One sentence for readers: why is it shown again?"))
    field_order = ("note", "at", "until", "zone")


class RetiringForm(WhenForm):
    """What is asked when readers are no longer to see an article."""

    note = line(label=_("Reason"), help_text=_("One sentence for the history: why is it taken down?"))
    until = None  # type: ignore[assignment] # what comes back is published again
    field_order: tuple[str, ...] = ("note", "at", "zone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at"].label = _("Taken down from")
        self.fields["at"].help_text = _("Leave it empty to take it down now.")
