"""The flow as forms to fill in, one for each node, and back. Nothing has to be known about YAML."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from articles.admin.choosing import titles_of
from helpcenter.domain.findings import Finding
from helpcenter.domain.flows.graph import KEY
from helpcenter.publishing.desk.forms import in_order
from helpcenter.wizard.editing.nodes import NodeForm
from helpcenter.wizard.editing.parts import KINDS, PARTS, empty_node, heading, key_field, kind_of, target_field, way_to
from helpcenter.wizard.editing.rows import ALIASES


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
    return {key: empty_node(kind) for key, _colon, kind in (each.partition(":") for each in named)}


def _with_boxes(saved: Mapping[str, Any], data: Any) -> Any:
    """What was sent; a node that it adds is one of those that were added, with boxes for its words to fill in."""
    key, kind = (str(data.get(f"flow-new_{name}", "")).strip() if data else "" for name in ("key", "kind"))
    if not KEY.fullmatch(key) or kind not in KINDS or key in saved or key in _added(data):
        return data
    node = NodeForm(None, key=key, node=empty_node(kind), words="", keys={}, typed_keys=Counter())
    sent = data.copy()
    for box in (*node, *node.rows.management_form):
        sent[box.html_name] = "" if box.value() is None else box.value()
    sent["flow-added"] = f"{data.get('flow-added', '')} {key}:{kind}".strip()
    sent["flow-new_key"] = ""
    return sent


def fold_of(typed: Sequence[Any], finding: Finding) -> str:
    """The id of the fold in which is typed what a finding is about; empty if it is in none."""
    key = way_to(finding)[0]
    if key == "aliases":
        return key
    return next((node.fold for node in typed[1:] if node["key"].value() == key), "")


def field_of(typed: Sequence[Any], finding: Finding) -> str:
    """The id of the field in which is typed what a finding is about, or of its fold; empty if there is none."""
    if finding.where == "start":
        return str(typed[0]["start"].id_for_label)
    fold = fold_of(typed, finding)
    return next((node.field_of(finding) for node in typed[1:] if node.fold == fold), fold)


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
