"""The parts of a flow as fields to fill in: texts in each language, keys, where something leads."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext_lazy

from helpcenter.domain.findings import Finding
from helpcenter.domain.flows.graph import KEY, Timeline
from helpcenter.publishing.desk.forms import NOT_CHOSEN

PARTS: dict[str, Any] = {
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
    "aliases": gettext_lazy("Aliases of renamed keys"),
}
"""What editors call the parts of a flow."""

TIMELINES = {
    Timeline.PERIOD_END: gettext_lazy("until when it can be used"),
    Timeline.RENEWAL: gettext_lazy("by when to cancel"),
    Timeline.REFUND: gettext_lazy("when the money should be back"),
    Timeline.NONE: gettext_lazy("none"),
}

KINDS = {"question": PARTS["question"], "walk": PARTS["walk"], "outcome": PARTS["outcome"]}
"""The kinds of node by the field that says which one it is."""

TEXTS = {"question": ("question", "help", "why"), "walk": (), "outcome": ("outcome", "text")}
"""The texts of each kind of node, by language."""

OPTIONAL = ("help", "why", "hint")
LONG = ("help", "why", "text")


def kind_of(node: Mapping[str, Any]) -> str:
    """Which kind a node is; a question for one that says nothing."""
    return next((kind for kind in KINDS if kind in node), "question")


def key_field(**kwargs: Any) -> forms.RegexField:
    """A key, as it stands in addresses."""
    malformed = {"invalid": gettext_lazy("Lower-case letters, digits and hyphens only, such as open-page.")}
    return forms.RegexField(rf"^{KEY.pattern}\Z", label=gettext_lazy("Key"), error_messages=malformed, **kwargs)


def target_field(nodes: Mapping[str, str], label: Any, **kwargs: Any) -> forms.ChoiceField:
    """Where something leads: one of the flow's nodes, by its words and its key."""
    choices = [(key, f"{words} ({key})" if words else key) for key, words in nodes.items()]
    return forms.ChoiceField(label=label, choices=[*NOT_CHOSEN, *choices], **kwargs)


def heading(node: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    """A node's words in the editor's language, else in the first that has them; of a walk, its article's title."""
    said = node.get(kind_of(node))
    if not isinstance(said, Mapping):
        return titles.get(str(said), str(said or ""))
    return next((str(said[code]) for code in (get_language(), *dict(settings.LANGUAGES)) if said.get(code)), "")


def text_fields(part: str) -> dict[str, forms.CharField]:
    """A text in each language. A draft may lack any of them: the checks list what is missing before it is published."""
    widget = forms.Textarea(attrs={"rows": 3}) if part in LONG else forms.TextInput(attrs={"class": "vTextField"})
    return {
        f"{part}.{code}": forms.CharField(label=f"{PARTS[part]} · {name}", required=False, widget=widget)
        for code, name in settings.LANGUAGES
    }


def typed_text(part: str, typed: Mapping[str, Any], was: Any) -> dict[str, str]:
    """The text in each language that was typed. What only differs in blanks at its ends is what it was."""
    texts = {}
    for code, _name in settings.LANGUAGES:
        words = str(typed.get(f"{part}.{code}") or "").replace("\r\n", "\n").strip()
        before = was.get(code, "") if isinstance(was, Mapping) else ""
        texts[code] = before if str(before).strip() == words else words
    return texts if any(texts.values()) else {}


def initial_text(part: str, was: Any) -> dict[str, str]:
    """The fields of a text, filled in."""
    return {f"{part}.{code}": was.get(code, "") for code, _ in settings.LANGUAGES} if isinstance(was, Mapping) else {}


def way_to(finding: Finding) -> list[str]:
    """The node that a finding is about, and the way to the part of it."""
    return finding.where.removeprefix("nodes.").split(".")


def empty_node(kind: str) -> dict[str, Any]:
    """A node of a kind that says nothing yet."""
    match kind:
        case "walk":
            return {"walk": "", "done": "", "stuck": ""}
        case "outcome":
            return {"outcome": {}, "text": {}, "timeline": Timeline.NONE.value}
        case _:
            return {"question": {}, "choices": {}}
