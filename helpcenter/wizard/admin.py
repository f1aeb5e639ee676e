"""The flow at the editors' desk: rows to fill in, its findings, its drawing, and where every path ends."""

from collections.abc import Iterable
from copy import deepcopy
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext

from articles.models import Article
from helpcenter.domain.findings import Finding, Refused, Severity
from helpcenter.domain.flows.changes import changed_edges, compared_paths
from helpcenter.domain.flows.graph import Flow, Outcome, expand
from helpcenter.domain.flows.parsing import read_flow
from helpcenter.facts.sheets import languages, strings
from helpcenter.publishing.admin import DocumentAdmin, Forms
from helpcenter.publishing.comparing import Words
from helpcenter.publishing.models import Document, Kind, Revision
from helpcenter.publishing.moments import today
from helpcenter.wizard.counting import stays
from helpcenter.wizard.diagram import draw
from helpcenter.wizard.editing.flows import body_of, field_of, fold_of, forms_of
from helpcenter.wizard.editing.parts import PARTS
from helpcenter.wizard.flows import named, published_flow
from helpcenter.wizard.labels import MISSING, labels_at
from helpcenter.wizard.models import FlowDocument
from helpcenter.wizard.page import in_words
from helpcenter.wizard.views import show

DAYS = 30
"""Over so many days is counted where readers give up."""

MOST_PATHS = 2000
"""How many paths the table lists."""

MOST_OPEN = 40
"""How many changed paths it shows at once; the others are in a fold."""

KEYED = ("nodes", "choices", "stuck_at")
"""The parts of a flow that hold others by their keys."""


@admin.register(FlowDocument)
class FlowAdmin(DocumentAdmin):
    """The one flow."""

    kind = Kind.FLOW
    writing_template = "admin/wizard/flow.html"

    def has_add_permission(self, request: Any) -> bool:
        return False  # there is one flow; the loader makes it

    def forms_for(self, body: dict[str, Any], data: Any = None) -> Forms:
        return forms_of(body, data)

    def body_from(self, forms: Forms, body: dict[str, Any]) -> dict[str, Any]:
        flow, *nodes = forms
        return body_of(flow, nodes, body)

    def get_urls(self) -> Any:
        view = self.admin_site.admin_view(self.try_view)
        return [
            path("<key:pk>/try/<key:revision>/", view, name="wizard_flowdocument_try"),
            path("<key:pk>/try/<key:revision>/<slug:key>/", view),
            *super().get_urls(),
        ]

    def try_view(self, request: HttpRequest, pk: int, revision: int, key: str | None = None) -> HttpResponse:
        """A draft as a reader would follow it, over the articles as they are live."""
        document = self._document(request, pk)
        tried = get_object_or_404(Revision, document=document, pk=revision)
        base = reverse("admin:wizard_flowdocument_try", args=[pk, revision])
        try:
            flow = _as_far_as_it_goes(tried.body)
        except Refused as refused:
            for _severity, words, _field in self._said_of(refused.findings):
                messages.error(request, words)
            return HttpResponseRedirect(f"{self.url('change', document)}?revision={revision}")
        now = timezone.now()
        response = show(request, in_words(flow, get_language(), now), key, now, base=base)
        response["Cache-Control"] = "no-store"
        return response

    def tools(self, document: Document) -> list[tuple[str, str]]:
        draft = document.revisions.open().first()
        if draft is None:
            return []
        return [(gettext("Try the draft"), reverse("admin:wizard_flowdocument_try", args=[document.pk, draft.pk]))]

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

    def field_of(self, finding: Finding, typed: Forms) -> str:
        return field_of(typed, finding)

    def render(self, request: HttpRequest, document: Document, page: str, context: dict[str, Any]) -> HttpResponse:
        """The folds in which there is something to mend are open."""
        errors = [each for each in context.get("findings", ()) if each.severity is Severity.ERROR]
        to_mend = {fold_of(context["typed"], each) for each in errors} if page == "writing" else set()
        return super().render(request, document, page, {**context, "to_mend": to_mend})

    def about(self, document: Document, body: dict[str, Any]) -> dict[str, Any]:
        now = timezone.now()
        live = document.revisions.live(now).first()
        try:
            after = _as_far_as_it_goes(body)
        except Refused:
            return {}
        before = published_flow(live.body) if live else None
        walked = named(after, *filter(None, [before]))
        steps = Article.objects.live_steps(now, languages()[0], walked)
        edges, graph = changed_edges(before, after), expand(after, steps)
        stayed = stays(graph, today(now) - timedelta(days=DAYS))
        ways, more = compared_paths(expand(before, steps) if before else None, graph, most=MOST_PATHS)
        labels = labels_at(now, get_language(), before, after)
        asked = [
            (labels.page(key, graph), key, stay)
            for key, stay in stayed.items()
            if not isinstance(graph.nodes.get(key), Outcome)
        ]
        shown_edges = [(edge, labels.node(edge.node), labels.answer(edge), labels.node(edge.target)) for edge in edges]
        shown_ways = [(way, labels.path(way), labels.end(way.before), labels.end(way.after)) for way in ways]
        changed_ways = [each for each in shown_ways if each[0].mark]
        return {
            "changed_edges": [each for each in shown_edges if each[0].mark],
            "kept_edges": [each for each in shown_edges if not each[0].mark],
            "diagram": draw(before, after, edges, stayed, labels.node, labels.answer),
            "stays": sorted(asked, key=lambda each: -each[2].left),
            "days": DAYS,
            "changed_ways": changed_ways[:MOST_OPEN],
            "further_ways": changed_ways[MOST_OPEN:],
            "kept_ways": [each for each in shown_ways if not each[0].mark],
            "more_ways": more,
        }


def _as_far_as_it_goes(body: dict[str, Any]) -> Flow:
    """A flow that is still being written: for a missing text stands "…", what cannot be read yet is left out."""
    try:
        return read_flow(body, languages=languages())
    except Refused as refused:
        found = refused.findings
    readable = deepcopy(body)
    nodes = readable.get("nodes")
    if isinstance(nodes, dict):
        _mend(nodes, found)
    return read_flow(readable, languages=languages())


def _mend(nodes: dict[str, Any], found: Iterable[Finding]) -> None:
    """Fill in what has no words; leave out answers that lead nowhere yet, and nodes that cannot be read."""
    places = [(finding.code, *finding.where.split(".")) for finding in found]
    wordless = [place for code, *place in places if code == "flow-text-missing"]
    undecided = [place for code, *place in places if code == "flow-not-chosen" and place[1] == "choices"]
    for node in {place[0] for _code, *place in places if place not in (*wordless, *undecided)}:
        nodes.pop(node, None)
    for node, *part in wordless:
        if node in nodes:
            _fill(nodes[node], part)
    for node, _choices, choice, _to in undecided:
        if node in nodes:
            del nodes[node]["choices"][choice]


def _fill(node: Any, path: list[str]) -> None:
    *way, last = path
    for part in way:
        node = node[int(part) - 1] if isinstance(node, list) else node[part]
    place: Any = int(last) - 1 if isinstance(node, list) else last
    texts = node[place] if isinstance(node, list) else node.get(place)
    texts = texts if isinstance(texts, dict) else {}
    node[place] = {language: texts.get(language) or MISSING for language in languages()}
