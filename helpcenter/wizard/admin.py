"""The flow at the editors' desk: its text, its findings, and where every answer leads."""

from datetime import datetime
from itertools import pairwise
from typing import Any

import yaml
from django import forms
from django.conf import settings
from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpcenter.domain.findings import Refused
from helpcenter.domain.flows.graph import Question, Walk, read_flow
from helpcenter.facts.sheets import languages, strings
from helpcenter.publishing.admin import DocumentAdmin, Forms
from helpcenter.publishing.comparing import Words
from helpcenter.publishing.models import Document, Kind
from helpcenter.wizard.models import FlowDocument

PARTS = {
    "start": gettext_lazy("Start"),
    "question": gettext_lazy("Question"),
    "help": gettext_lazy("How to find the answer"),
    "why": gettext_lazy("Why we ask"),
    "choices": gettext_lazy("Answers"),
    "label": gettext_lazy("Words"),
    "hint": gettext_lazy("Hint"),
    "to": gettext_lazy("Leads to"),
    "walk": gettext_lazy("Steps of the article"),
    "done": gettext_lazy("All steps done, then to"),
    "stuck": gettext_lazy("I do not see this, then to"),
    "stuck_at": gettext_lazy("I do not see this at the step"),
    "outcome": gettext_lazy("What happens now"),
    "text": gettext_lazy("Text"),
    "timeline": gettext_lazy("Line of days"),
    "checklist": gettext_lazy("To check off"),
    "articles": gettext_lazy("Further articles"),
}
"""What editors call the parts of a flow."""

KEYED = ("nodes", "choices", "stuck_at")
"""The parts of a flow that hold others by their keys."""


class FlowForm(forms.Form):
    """The flow as text."""

    flow = forms.CharField(
        label=gettext_lazy("Flow"),
        widget=forms.Textarea(attrs={"rows": 40, "class": "vLargeTextField flow-text", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "Questions, walks through an article's steps, outcomes. Keys stand in addresses: change words, keep keys."
        ),
    )

    def clean_flow(self) -> dict[str, Any]:
        """The flow's body, if the text can be read at all."""
        try:
            # Everything is text in a flow: no day, and no yes or no that turns into a truth value.
            body = yaml.load(self.cleaned_data["flow"], Loader=yaml.CBaseLoader)  # noqa: S506 (it makes nothing but text)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            message = _(
                "Line %(line)s or the one before it cannot be read. Look for indents, colons, brackets, quotes."
            )
            message %= {"line": line}
            raise forms.ValidationError(message) from error
        except yaml.YAMLError as error:
            raise forms.ValidationError(str(error)) from error
        if not isinstance(body, dict):
            raise forms.ValidationError(_("A flow has start and nodes."))
        return body


@admin.register(FlowDocument)
class FlowAdmin(DocumentAdmin):
    """The one flow."""

    kind = Kind.FLOW
    writing_template = "admin/wizard/flow.html"

    def has_add_permission(self, request: Any) -> bool:
        return False  # there is one flow; the loader makes it

    def forms_for(self, body: dict[str, Any], data: Any = None) -> Forms:
        text = yaml.safe_dump(body, allow_unicode=True, sort_keys=False, width=100)
        return [FlowForm(data, initial={"flow": text})]

    def body_from(self, forms: Forms, body: dict[str, Any]) -> dict[str, Any]:
        (form,) = forms
        return dict(form.cleaned_data["flow"])

    def passages(self, body: dict[str, Any], at: datetime) -> list[tuple[str, Words]]:
        nodes = body.get("nodes")
        orders = [
            (f"nodes.{key}.choices", {choice: choice for choice in node["choices"]})
            for key, node in (nodes.items() if isinstance(nodes, dict) else ())
            if isinstance(node, dict) and isinstance(node.get("choices"), dict)
        ]
        return [*strings(body), *orders]

    def place(self, where: str) -> str:
        words = {**PARTS, **dict(settings.LANGUAGES)}
        if "." not in where:
            return super().place(where)
        # The keys of nodes, answers and steps stay as they are, whatever word they are.
        pairs = pairwise(["nodes", *where.removeprefix("nodes.").split(".")])
        return " · ".join(part if before in KEYED else str(words.get(part, part)) for before, part in pairs)

    def about(self, document: Document, body: dict[str, Any]) -> dict[str, Any]:
        try:
            return {"transitions": transitions(body)}
        except Refused:
            return {"transitions": []}


def transitions(body: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Node, answer and target of everything in the flow. Raises Refused for a body that is no flow."""
    rows: list[tuple[str, str, str]] = []
    for key, node in read_flow(body, languages=languages()).nodes.items():
        match node:
            case Question():
                rows += [(key, choice.key, choice.target) for choice in node.choices]
            case Walk():
                rows += [(key, _("all steps done"), node.done), (key, _("I do not see this"), node.stuck)]
                rows += [(key, f"{step}: {_('I do not see this')}", to) for step, to in node.stuck_at.items()]
            case _:
                rows.append((key, _("ends here"), ""))
    return rows
