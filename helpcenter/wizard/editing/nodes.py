"""The form of one node."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.models import Article
from helpcenter.domain.findings import Finding
from helpcenter.publishing.desk.forms import NOT_CHOSEN, in_order
from helpcenter.wizard.editing.parts import (
    KINDS,
    OPTIONAL,
    PARTS,
    TEXTS,
    TIMELINES,
    empty_node,
    initial_text,
    key_field,
    kind_of,
    target_field,
    text_fields,
    typed_text,
    way_to,
)
from helpcenter.wizard.editing.rows import CHECKLIST, CHOICES, STUCK_AT


class NodeForm(forms.Form):
    """One node, with its rows beneath it."""

    def __init__(
        self,
        data: Any,
        *,
        key: str,
        node: Mapping[str, Any],
        words: str,
        keys: Mapping[str, str],
        typed_keys: Counter[str],
    ) -> None:
        self.heading = words
        self.key_before, self.node, self.kind, self.typed_keys = key, node, kind_of(node), typed_keys
        initial: dict[str, Any] = {"key": key}
        for part in TEXTS[self.kind]:
            initial |= initial_text(part, node.get(part))
        initial |= {name: node.get(name) for name in ("walk", "done", "stuck", "timeline")}
        initial["articles"] = " ".join(node.get("articles") or ())
        super().__init__(data, prefix=f"node-{key}", initial=initial)
        self.fields["key"] = key_field(
            help_text=gettext_lazy("Stays in readers' addresses. A new key gets an alias by itself.")
        )
        for part in TEXTS[self.kind]:
            self.fields |= text_fields(part)
        slugs = [(slug, slug) for slug in Article.objects.values_list("slug", flat=True)]
        match self.kind:
            case "walk":
                slugs += [(slug, slug) for slug in [node.get("walk")] if slug and (slug, slug) not in slugs]
                articles = [*NOT_CHOSEN, *slugs]
                self.fields["walk"] = forms.ChoiceField(label=PARTS["walk"], choices=articles, required=False)
                self.fields["done"] = target_field(keys, PARTS["done"], required=False)
                self.fields["stuck"] = target_field(keys, PARTS["stuck"], required=False)
            case "outcome":
                timelines = [(each.value, label) for each, label in TIMELINES.items()]
                self.fields["timeline"] = forms.ChoiceField(label=PARTS["timeline"], choices=timelines)
                self.fields["articles"] = forms.CharField(
                    label=PARTS["articles"],
                    required=False,
                    help_text=gettext_lazy("Slugs, with a space between."),
                    widget=forms.TextInput(attrs={"class": "vTextField"}),
                )
            case _:
                pass
        self.fields["remove"] = forms.BooleanField(label=gettext_lazy("Take it out of the flow"), required=False)
        self.rows = self._rows(data, keys)

    def _rows(self, data: Any, keys: Mapping[str, str]) -> Any:
        """The rows beneath the node."""
        terms = {"prefix": f"rows-{self.key_before}", "form_kwargs": {"keys": keys}}
        match self.kind:
            case "question":
                choices = self.node.get("choices") or {}
                rows = [
                    {
                        "was": key,
                        "key": key,
                        "to": row.get("to"),
                        **initial_text("label", row.get("label")),
                        **initial_text("hint", row.get("hint")),
                    }
                    for key, row in choices.items()
                ]
                return CHOICES(data, initial=rows, **terms)
            case "walk":
                stuck_at = self.node.get("stuck_at") or {}
                return STUCK_AT(data, initial=[{"step": step, "to": to} for step, to in stuck_at.items()], **terms)
            case _:
                items = self.node.get("checklist") or []
                return CHECKLIST(data, initial=[initial_text("checklist", item) for item in items], **terms)

    @property
    def kind_label(self) -> Any:
        """What kind of node it is."""
        return KINDS[self.kind]

    @property
    def is_new(self) -> bool:
        """Whether it has no words yet, as when it was added just now."""
        return self.node == empty_node(self.kind)

    @property
    def fold(self) -> str:
        """The id of the fold that it is in."""
        return f"node-{self.key_before}"

    def field_of(self, finding: Finding) -> str:
        """The id of the field that a finding about the node is about; of the fold if there is none."""
        said = finding.details
        match way_to(finding)[1:] or self._part(said):
            case ["choices", key, *part]:
                forms_there = [row for row in self.rows if row["key"].value() == key]
            case ["stuck_at", key, *part]:
                forms_there, part = [row for row in self.rows if row["step"].value() == key], part or ["to"]
            case ["checklist", number, *code]:
                forms_there, part = list(self.rows)[int(number) - 1 :][:1], ["checklist", *code]
            case part:
                forms_there = [self]
        lacking = (f"{'.'.join(part)}.{code}" for code in said.get("languages", "").split(", "))
        names = [".".join(part), *part[:1], *lacking]
        return next(
            (str(form[name].id_for_label) for form in forms_there for name in names if name in form.fields), self.fold
        )

    def _part(self, said: Mapping[str, str]) -> list[str]:
        """The part of the node that a finding names in its details."""
        match said:
            case {"choice": choice}:
                return ["choices", choice, "to"] if self.kind == "question" else choice.split(".")
            case {"step": step}:
                return ["stuck_at", step, "step"]
            case {"article": _}:
                return ["walk"]
            case _:
                return []

    def is_valid(self) -> bool:
        """Whether the node and its rows can be read. One that is taken out need not be right."""
        if self.data.get(self.add_prefix("remove")):
            self.cleaned_data = {"remove": True, "key": self.key_before}
            return True
        return all([super().is_valid(), self.rows.is_valid()])

    def clean_key(self) -> str:
        """A key that no other node is given."""
        key: str = self.cleaned_data["key"]
        if self.typed_keys[key] > 1:
            raise forms.ValidationError(_("There is a node with this key already."))
        return key

    @property
    def removed(self) -> bool:
        """Whether the node is taken out."""
        return bool(self.cleaned_data.get("remove"))

    @property
    def body(self) -> dict[str, Any]:
        """The node as the flow's body says it."""
        typed, node = self.cleaned_data, self.node
        texts = {part: typed_text(part, typed, node.get(part)) for part in TEXTS[self.kind]}
        said: dict[str, Any] = {part: text for part, text in texts.items() if text or part not in OPTIONAL}
        match self.kind:
            case "question":
                return {**said, "choices": self._choices()}
            case "walk":
                stuck_at = {row["step"]: row["to"] for row in in_order(self.rows)}
                ways = {"walk": typed["walk"], "done": typed["done"], "stuck": typed["stuck"]}
                return {**ways, "stuck_at": stuck_at} if stuck_at else ways
            case _:
                before = node.get("checklist") or []
                items = [typed_text("checklist", row, _before(before, row)) for row in in_order(self.rows)]
                rest = {"checklist": items, "articles": typed["articles"].split()}
                return {**said, "timeline": typed["timeline"], **{key: value for key, value in rest.items() if value}}

    def _choices(self) -> dict[str, Any]:
        before = self.node.get("choices") or {}
        choices = {}
        for row in in_order(self.rows):
            was = before.get(row["was"], {})
            label, hint = (typed_text(part, row, was.get(part)) for part in ("label", "hint"))
            choices[row["key"]] = {"label": label, **({"hint": hint} if hint else {}), "to": row["to"]}
        return choices

    @property
    def renamed_choices(self) -> dict[str, str]:
        """The answers that have another key now: old to new."""
        if self.kind != "question" or self.removed:
            return {}
        return {row["was"]: row["key"] for row in in_order(self.rows) if row["was"] and row["was"] != row["key"]}


def _before(items: list[Any], row: Mapping[str, Any]) -> Any:
    """The item that a row was, found by its words, since rows may have moved."""
    words = typed_text("checklist", row, {})
    return next((item for item in items if {k: str(v).strip() for k, v in item.items()} == words), {})
