"""The flow as rows to fill in: a form for each node, a row for each answer. Nothing has to be known about YAML."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from articles.admin.choosing import titles_of
from articles.models import Article
from helpcenter.domain.findings import Finding
from helpcenter.domain.flows.graph import KEY, Timeline
from helpcenter.publishing.desk.forms import NOT_CHOSEN, in_order

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
        return self.node == _empty(self.kind)

    @property
    def fold(self) -> str:
        """The id of the fold that it is in."""
        return f"node-{self.key_before}"

    def field_of(self, finding: Finding) -> str:
        """The id of the field that a finding about the node is about; of the fold if there is none."""
        said = finding.details
        match _parts(finding)[1:] or self._part(said):
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


class FlowForm(forms.Form):
    """Where the flow starts, a node to add, and the aliases of renamed keys."""

    def __init__(self, data: Any, *, body: Mapping[str, Any], keys: Mapping[str, str]) -> None:
        super().__init__(data, prefix="flow", initial={"start": body.get("start")})
        self.keys = keys
        self.fields["added"] = forms.CharField(required=False, widget=forms.HiddenInput)
        self.fields["start"] = target_field(keys, PARTS["start"])
        self.fields["new_key"] = key_field(required=False)
        self.fields["new_key"].label = _("Add a node with the key")
        self.fields["new_kind"] = forms.ChoiceField(label=_("Kind"), choices=list(KINDS.items()))
        aliases = [{"old": old, "new": new} for old, new in (body.get("aliases") or {}).items()]
        self.aliases = ALIASES(data, initial=aliases, prefix="aliases", form_kwargs={"keys": keys})

    def is_valid(self) -> bool:
        """Whether it can be read, its rows too."""
        return all([super().is_valid(), self.aliases.is_valid()])

    def clean_new_key(self) -> str:
        """A key that is not taken."""
        key: str = self.cleaned_data["new_key"]
        if key in self.keys:
            raise forms.ValidationError(_("There is a node with this key already."))
        return key


def forms_of(body: Mapping[str, Any], data: Any = None) -> list[Any]:
    """The forms in which a flow is typed: the flow's own, then one for each node."""
    nodes = body.get("nodes")
    saved = nodes if isinstance(nodes, Mapping) else {}
    data = _with_boxes(saved, data)
    readable = {
        key: node if isinstance(node, Mapping) else {} for key, node in {**saved, **_added(data), **saved}.items()
    }
    titles = titles_of(str(node.get("walk")) for node in readable.values() if kind_of(node) == "walk")
    keys = {key: heading(node, titles) for key, node in readable.items()}
    typed_keys = _typed_keys([*readable], data)
    nodes = [
        NodeForm(data, key=key, node=node, words=keys[key], keys=keys, typed_keys=typed_keys)
        for key, node in readable.items()
    ]
    return [FlowForm(data, body=body, keys=keys), *nodes]


def _added(data: Any) -> dict[str, dict[str, Any]]:
    """The nodes that were added on the page and not saved yet; its hidden field has the key and kind of each."""
    named = data.get("flow-added", "").split() if data else ()
    return {key: _empty(kind) for key, _colon, kind in (each.partition(":") for each in named)}


def _with_boxes(saved: Mapping[str, Any], data: Any) -> Any:
    """What was sent; a node that it adds is one of those that were added, with boxes for its words to fill in."""
    key, kind = (str(data.get(f"flow-new_{name}", "")).strip() if data else "" for name in ("key", "kind"))
    if not KEY.fullmatch(key) or kind not in KINDS or key in saved or key in _added(data):
        return data
    node = NodeForm(None, key=key, node=_empty(kind), words="", keys={}, typed_keys=Counter())
    sent = data.copy()
    for box in (*node, *node.rows.management_form):
        sent[box.html_name] = "" if box.value() is None else box.value()
    sent["flow-added"] = f"{data.get('flow-added', '')} {key}:{kind}".strip()
    sent["flow-new_key"] = ""
    return sent


def fold_of(typed: Sequence[Any], finding: Finding) -> str:
    """The id of the fold in which is typed what a finding is about; empty if it is in none."""
    key = _parts(finding)[0]
    if key == "aliases":
        return key
    return next((node.fold for node in typed[1:] if node["key"].value() == key), "")


def field_of(typed: Sequence[Any], finding: Finding) -> str:
    """The id of the field in which is typed what a finding is about, or of its fold; empty if there is none."""
    if finding.where == "start":
        return str(typed[0]["start"].id_for_label)
    fold = fold_of(typed, finding)
    return next((node.field_of(finding) for node in typed[1:] if node.fold == fold), fold)


def _parts(finding: Finding) -> list[str]:
    """The node that a finding is about, and the way to the part of it."""
    return finding.where.removeprefix("nodes.").split(".")


def _typed_keys(keys: list[str], data: Any) -> Counter[str]:
    """How often each key is given to a node, so that no node takes the place of another."""
    if data is None:
        return Counter()
    kept = [key for key in keys if not data.get(f"node-{key}-remove")]
    return Counter(data.get(f"node-{key}-key", key).strip() for key in kept)


def body_of(flow: FlowForm, nodes: list[NodeForm], body: Mapping[str, Any]) -> dict[str, Any]:
    """The flow's body that the forms say. A key that was changed is changed wherever it stands, and gets an alias."""
    renamed = {node.key_before: node.cleaned_data["key"] for node in nodes if not node.removed}
    written = {renamed[node.key_before]: node.body for node in nodes if not node.removed}
    for row in written.values():
        _retarget(row, renamed)
    typed = {row["old"]: row["new"] for row in in_order(flow.aliases) if row}
    aliases = _aliases(typed, renamed, {node.key_before: node.renamed_choices for node in nodes}, written)
    start = renamed.get(flow.cleaned_data["start"], flow.cleaned_data["start"])
    rest = {key: value for key, value in body.items() if key not in ("start", "nodes", "aliases")}
    said = {**rest, "start": start, "nodes": written}
    return {**said, "aliases": aliases} if aliases else said


def _aliases(
    typed: Mapping[str, str],
    renamed: Mapping[str, str],
    renamed_choices: Mapping[str, Mapping[str, str]],
    written: Mapping[str, Any],
) -> dict[str, str]:
    """The aliases moved along with what was renamed, and one for each key that was renamed now."""
    aliases: dict[str, str] = {}
    for old, new in typed.items():
        node, _slash, choice = old.partition("/")
        if choice:
            aliases[f"{renamed.get(node, node)}/{choice}"] = renamed_choices.get(node, {}).get(new, new)
        else:
            aliases[old] = renamed.get(new, new)
    aliases |= {old: new for old, new in renamed.items() if old != new}
    for node, choices in renamed_choices.items():
        aliases |= {f"{renamed.get(node, node)}/{old}": choice for old, choice in choices.items()}
    # A key that has its first name back needs none. What somebody typed in vain stays, for the checks to tell.
    return {old: new for old, new in aliases.items() if typed.get(old) == new or not _is_there(old, written)}


def _is_there(key: str, nodes: Mapping[str, Any]) -> bool:
    node, _slash, choice = key.partition("/")
    return node in nodes and (not choice or choice in nodes[node].get("choices", {}))


def _retarget(node: dict[str, Any], renamed: Mapping[str, str]) -> None:
    for name in ("done", "stuck"):
        if name in node:
            node[name] = renamed.get(node[name], node[name])
    if "stuck_at" in node:
        node["stuck_at"] = {step: renamed.get(to, to) for step, to in node["stuck_at"].items()}
    for choice in node.get("choices", {}).values():
        choice["to"] = renamed.get(choice["to"], choice["to"])


def _empty(kind: str) -> dict[str, Any]:
    match kind:
        case "walk":
            return {"walk": "", "done": "", "stuck": ""}
        case "outcome":
            return {"outcome": {}, "text": {}, "timeline": Timeline.NONE.value}
        case _:
            return {"question": {}, "choices": {}}
