"""The rows beneath a node or the flow: an answer, a way on for who is stuck, a thing to check off, an alias."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpcenter.domain.flows.graph import KEY
from helpcenter.wizard.editing.parts import PARTS, key_field, target_field, text_fields


class ChoiceRow(forms.Form):
    """One answer to a question."""

    def __init__(self, *args: Any, keys: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["was"] = forms.CharField(required=False, widget=forms.HiddenInput)
        self.fields["key"] = key_field(help_text=gettext_lazy("Stays in readers' addresses."))
        self.fields |= text_fields("label") | text_fields("hint")
        self.fields["to"] = target_field(keys, PARTS["to"], required=False)


class StuckRow(forms.Form):
    """Where a reader goes on who does not see what one step says."""

    def __init__(self, *args: Any, keys: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["step"] = key_field()
        self.fields["step"].label = PARTS["stuck_at"]
        self.fields["to"] = target_field(keys, PARTS["to"])


class ChecklistRow(forms.Form):
    """One thing to check off."""

    def __init__(self, *args: Any, keys: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= text_fields("checklist")


class AliasRow(forms.Form):
    """A key that readers may still have in their addresses, and what stands for it now."""

    old = forms.RegexField(
        rf"^{KEY.pattern}(/{KEY.pattern})?\Z",
        label=gettext_lazy("Old key"),
        help_text=gettext_lazy("Of a question: its key. Of an answer: question/answer."),
    )
    new = key_field()

    def __init__(self, *args: Any, keys: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new"].label = _("New key")


class Rows(forms.BaseFormSet):  # type: ignore[type-arg] # generic for mypy only
    """Rows of which each has a key of its own."""

    key = ""
    """The field that holds it; empty for rows without one."""

    def clean(self) -> None:
        """Of two rows with one key the second would silently take the place of the first."""
        seen: set[str] = set()
        for form in self.forms:
            row = getattr(form, "cleaned_data", {})
            key = row.get(self.key)
            if key and not row.get("DELETE"):
                if key in seen:
                    form.add_error(self.key, _("Another row has this key already."))
                seen.add(key)


def rows_of(form: type[forms.Form], key: str = "", *, can_order: bool = True) -> Any:
    """A formset with one empty row to fill in; `key` is the field that tells its rows apart."""
    rows = forms.formset_factory(form, Rows, extra=1, can_order=can_order, can_delete=True)
    rows.key = key  # type: ignore[attr-defined]
    return rows


CHOICES, STUCK_AT, CHECKLIST, ALIASES = (
    rows_of(ChoiceRow, "key"),
    rows_of(StuckRow, "step", can_order=False),
    rows_of(ChecklistRow),
    rows_of(AliasRow, "old", can_order=False),
)
