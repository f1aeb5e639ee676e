"""The fact sheet at the editors' desk: a typed field for each fact, and where each is used."""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from helpcenter.domain.facts import CHOICES, KEY, FactKind, read_sheet
from helpcenter.domain.findings import Finding, Refused
from helpcenter.domain.refunds import REFUND_FACT_KEYS
from helpcenter.facts.models import FactSheetDocument
from helpcenter.facts.sheets import languages, strings
from helpcenter.publishing.admin import DocumentAdmin, Forms
from helpcenter.publishing.comparing import Words
from helpcenter.publishing.models import Document, Kind
from helpcenter.publishing.wording import beside
from helpcenter.references.models import Reference, Target

KIND_LABELS = {
    FactKind.NUMBER: gettext_lazy("number"),
    FactKind.MONEY: gettext_lazy("US dollars"),
    FactKind.DATE: gettext_lazy("day"),
    FactKind.LABEL: gettext_lazy("words on the screen"),
    FactKind.COMMAND: gettext_lazy("command"),
    FactKind.ADDRESS: gettext_lazy("address"),
    FactKind.TEXT: gettext_lazy("words of ours, by language"),
    FactKind.CHOICE: gettext_lazy("choice"),
}


FIELD_LABELS = {
    "kind": gettext_lazy("Kind"),
    "value": gettext_lazy("Value"),
    "source": gettext_lazy("Source"),
    "checked_on": gettext_lazy("Checked on"),
}


class FactForm(forms.Form):
    """One fact, its field typed by its kind."""

    source = forms.CharField(label=FIELD_LABELS["source"], widget=forms.TextInput(attrs={"class": "vTextField"}))
    checked_on = forms.DateField(
        label=FIELD_LABELS["checked_on"], widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, fact: dict[str, Any], key: str, used_in: list[str], **kwargs: Any) -> None:
        self.fact, self.key, self.used_in = fact, key, used_in
        kind = FactKind(fact["kind"])
        self.kind_label = KIND_LABELS[kind]
        values = fact["value"] if kind is FactKind.TEXT else {"": fact["value"]}
        kwargs["initial"] = {
            "source": fact["source"],
            "checked_on": fact["checked_on"],
            **{f"value{language}": words for language, words in values.items()},
        }
        super().__init__(*args, **kwargs)
        if kind is FactKind.TEXT:
            for language, name in settings.LANGUAGES:
                self.fields[f"value{language}"] = forms.CharField(label=name)
        else:
            self.fields["value"] = _field(kind, key)
        self.order_fields([name for name in self.fields if name.startswith("value")])

    @property
    def is_changed(self) -> bool:
        """Whether something else was typed than it says now."""
        return any(str(box.value()) != str(box.initial) for box in self)

    @property
    def words(self) -> str:
        """What it says now, in the editor's language if it has one."""
        value = self.fact["value"]
        return str(value.get(get_language(), "") if isinstance(value, dict) else value)

    @property
    def row(self) -> dict[str, Any]:
        """The fact as the sheet's body says it."""
        typed = self.cleaned_data
        if self.fact["kind"] == FactKind.TEXT:
            value: Any = {language: typed[f"value{language}"] for language, _name in settings.LANGUAGES}
        elif isinstance(typed["value"], Decimal):
            value = f"{typed['value']:f}"
        else:
            value = str(typed["value"])
        return {**self.fact, "value": value, "source": typed["source"], "checked_on": str(typed["checked_on"])}


def _field(kind: FactKind, key: str) -> forms.Field:
    label = FIELD_LABELS["value"]
    match kind:
        case FactKind.NUMBER | FactKind.MONEY:
            return forms.DecimalField(label=label, min_value=0, max_digits=16, decimal_places=4)
        case FactKind.DATE:
            return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        case FactKind.ADDRESS:
            return forms.URLField(label=label, assume_scheme="https")
        case FactKind.CHOICE:
            allowed = CHOICES.get(key.rpartition(".")[2], ())
            return forms.ChoiceField(label=label, choices=[(choice, choice) for choice in allowed])
        case _:
            return forms.CharField(label=label)


class NewFactForm(forms.Form):
    """A fact that is not on the sheet yet."""

    key = forms.RegexField(
        KEY,
        label=gettext_lazy("Key"),
        required=False,
        help_text=gettext_lazy("Words joined by dots, such as refund.images. Leave empty to add none."),
    )
    kind = forms.ChoiceField(
        label=FIELD_LABELS["kind"],
        choices=[(kind.value, label) for kind, label in KIND_LABELS.items() if kind is not FactKind.TEXT],
    )
    value = forms.CharField(label=FIELD_LABELS["value"], required=False)
    source = forms.CharField(label=FIELD_LABELS["source"], required=False)
    checked_on = forms.DateField(
        label=FIELD_LABELS["checked_on"],
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, known: set[str], **kwargs: Any) -> None:
        self.known = known
        super().__init__(*args, **kwargs)

    def clean_key(self) -> str:
        """A key that is not taken."""
        key: str = self.cleaned_data["key"]
        if key in self.known:
            raise forms.ValidationError(_("This fact is already on the sheet."))
        return key

    def clean(self) -> None:
        """A fact that the sheet can say: what is wrong with it stands beside its field."""
        if self.cleaned_data.get("key") and not self.errors:
            for finding in findings_about(self.cleaned_data["key"], self.row):
                self.add_error(FIELDS.get(finding.code, "value"), beside(finding))

    @property
    def row(self) -> dict[str, Any]:
        """The fact as the sheet's body says it."""
        typed = self.cleaned_data
        return {name: str(typed[name] or "") for name in ("kind", "value", "source", "checked_on")}


FIELDS = {"fact-source-missing": "source", "fact-date-malformed": "checked_on"}
"""The field that a finding about a new fact is shown beside, if it is not the value's."""


def findings_about(key: str, row: dict[str, Any]) -> list[Finding]:
    """What is wrong with one fact, whatever else the sheet says."""
    try:
        read_sheet({"facts": {key: row}}, version=0, languages=languages())
    except Refused as refused:
        return [finding for finding in refused.findings if finding.where == key]
    return []


@admin.register(FactSheetDocument)
class FactSheetAdmin(DocumentAdmin):
    """The one sheet."""

    kind = Kind.FACTS
    writing_template = "admin/facts/sheet.html"

    def has_add_permission(self, request: Any) -> bool:
        return False  # there is one sheet; the loader makes it

    def forms_for(self, body: dict[str, Any], data: Any = None) -> Forms:
        used = uses(timezone.now())
        facts = body.get("facts") or {}
        return [
            *(
                FactForm(data, prefix=key, fact=fact, key=key, used_in=used.get(key, []))
                for key, fact in facts.items()
                if not data or f"{key}-source" in data  # else somebody else added it meanwhile
            ),
            NewFactForm(data, prefix="new", known=set(facts)),
        ]

    def body_from(self, forms: Forms, body: dict[str, Any]) -> dict[str, Any]:
        *facts, new = forms
        rows = {**(body.get("facts") or {}), **{form.key: form.row for form in facts if isinstance(form, FactForm)}}
        added = new.cleaned_data
        if added["key"]:
            rows[added["key"]] = new.row
        return {**body, "facts": rows}

    def passages(self, body: dict[str, Any], at: datetime) -> list[tuple[str, Words]]:
        return list(strings(body.get("facts") or {}))

    def place(self, where: str) -> str:
        # A key has dots itself: the field is what comes after it, refund.scope_words.value.en.
        key, _dot, rest = where.removeprefix("facts.").rpartition(".")
        if key.endswith(".value"):
            return f"{key.removesuffix('.value')} · {dict(settings.LANGUAGES).get(rest, rest)}"
        return f"{key} · {FIELD_LABELS[rest]}" if key and rest in FIELD_LABELS else super().place(where)

    def touches(self, old: dict[str, Any], new: dict[str, Any], at: datetime) -> list[tuple[str, list[str]]]:
        before, after = (body.get("facts") or {} for body in (old, new))
        changed = [
            key
            for key in {**before, **after}
            if (before.get(key) or {}).get("value") != (after.get(key) or {}).get("value")
        ]
        used = uses(at)
        return [(key, used[key]) for key in changed if key in used]

    def about(self, document: Document, body: dict[str, Any]) -> dict[str, Any]:
        return {"where_used": uses(timezone.now())}


def uses(at: datetime) -> dict[str, list[str]]:
    """The texts and pages in use that insert each fact, by its key."""
    used: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for use in Reference.objects.in_use(at).filter(kind=Target.FACT):
        used[use.target][f"{use.text} ({use.revision})"] = None
    for key in REFUND_FACT_KEYS:
        used[key][_("refund check and wizard")] = None
    return {key: list(places) for key, places in used.items()}
