"""The flow at the editors' desk: rows to fill in, its findings, its drawing, and where every path ends."""

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
from helpcenter.domain.findings import Refused
from helpcenter.domain.flows.changes import changed_edges, compared_paths
from helpcenter.domain.flows.graph import Flow, Outcome, expand, read_flow
from helpcenter.facts.sheets import languages, strings
from helpcenter.publishing.admin import DocumentAdmin, Forms
from helpcenter.publishing.comparing import Words
from helpcenter.publishing.models import Document, Kind, Revision
from helpcenter.publishing.moments import today
from helpcenter.wizard.counting import stays
from helpcenter.wizard.diagram import draw
from helpcenter.wizard.flows import published_flow
from helpcenter.wizard.models import FlowDocument
from helpcenter.wizard.rows import PARTS, body_of, forms_of
from helpcenter.wizard.views import show

DAYS = 30
"""Over so many days is counted where readers give up."""

MOST_PATHS = 2000
"""How many paths the table lists."""

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
            for _severity, words in self._said_of(refused.findings):
                messages.error(request, words)
            return HttpResponseRedirect(f"{self.url('change', document)}?revision={revision}")
        response = show(request, flow, key, timezone.now(), get_language(), base=base)
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

    def about(self, document: Document, body: dict[str, Any]) -> dict[str, Any]:
        now = timezone.now()
        live = document.revisions.live(now).first()
        try:
            after = _as_far_as_it_goes(body)
        except Refused:
            return {}
        before = published_flow(live.body) if live else None
        steps = Article.objects.live_steps(now, languages()[0])
        edges, graph = changed_edges(before, after), expand(after, steps)
        stayed = stays(graph, today(now) - timedelta(days=DAYS))
        asked = [(key, stay) for key, stay in stayed.items() if not isinstance(graph.nodes.get(key), Outcome)]
        ways, more = compared_paths(expand(before, steps) if before else None, graph, most=MOST_PATHS)
        return {
            "edges": edges,
            "diagram": draw(before, after, edges, stayed),
            "stays": sorted(asked, key=lambda each: -each[1].left),
            "days": DAYS,
            "changed_ways": [way for way in ways if way.before != way.after],
            "kept_ways": [way for way in ways if way.before == way.after],
            "more_ways": more,
        }


def _as_far_as_it_goes(body: dict[str, Any]) -> Flow:
    """A flow that is still being written: for a missing text stands "…", what cannot be read yet is left out."""
    try:
        return read_flow(body, languages=languages())
    except Refused as refused:
        found = refused.findings
    readable = deepcopy(body)
    for finding in found:
        node, *path = finding.where.split(".")
        if finding.code == "flow-text-missing":
            _fill(readable["nodes"][node], path)
        elif isinstance(readable.get("nodes"), dict):
            readable["nodes"].pop(node, None)
    return read_flow(readable, languages=languages())


def _fill(node: Any, path: list[str]) -> None:
    *way, last = path
    for part in way:
        node = node[int(part) - 1] if isinstance(node, list) else node[part]
    place: Any = int(last) - 1 if isinstance(node, list) else last
    texts = node[place] if isinstance(node, list) else node.get(place)
    texts = texts if isinstance(texts, dict) else {}
    node[place] = {language: texts.get(language) or "…" for language in languages()}
