"""Which flow speaks at an instant, over which live steps, and what stands in the way of a new one."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.http import Http404

from articles.checks import check_emphasis, check_links
from articles.models import Article
from articles.pointing import pointed_at
from articles.texts import read_text
from helpcenter.domain.findings import Finding, Refused
from helpcenter.domain.flows.graph import Flow, Outcome, Walk
from helpcenter.domain.flows.lint import gone, lint
from helpcenter.domain.flows.parsing import read_flow
from helpcenter.facts.sheets import check_text, in_every_language, languages, strings
from helpcenter.publishing.models import Document, Kind, Revision
from helpcenter.references.indexing import Found
from helpcenter.references.models import Target


def flow_revision(at: datetime) -> Revision:
    """The revision of the flow that is live at that instant. Raises Http404 if there is none."""
    revision = Revision.objects.of_kind(Kind.FLOW).live(at).first()
    if revision is None:
        raise Http404("flow")
    return revision


def flow_at(at: datetime) -> Flow:
    """The flow that readers follow at that instant. Raises Http404 if there is none."""
    return published_flow(flow_revision(at).body)


def published_flow(body: dict[str, Any]) -> Flow:
    """The flow that a published body says, in every language of the site by now."""
    return _read(json.dumps(body), languages())


@lru_cache(maxsize=16)
def _read(body: str, spoken: tuple[str, ...]) -> Flow:
    return read_flow(in_every_language(json.loads(body), spoken), languages=spoken)


def named(*flows: Flow) -> set[str]:
    """The slugs of the articles that flows walk and that their outcomes lead on to."""
    found: set[str] = set()
    for flow in flows:
        for node in flow.nodes.values():
            match node:
                case Walk():
                    found.add(node.article)
                case Outcome():
                    found.update(node.articles)
                case _:
                    pass
    return found


def live_steps(flow: Flow, at: datetime, language: str) -> Mapping[str, tuple[str, ...]]:
    """The live steps of the articles that a flow walks."""
    walked = {node.article for node in flow.nodes.values() if isinstance(node, Walk)}
    return Article.objects.live_steps(at, language, walked)


def check_flow(document: Document, body: dict[str, Any], at: datetime) -> Iterator[Finding]:
    """Everything that is wrong with a flow: its shape, its graph over the live steps, its facts and links."""
    try:
        flow = read_flow(body, languages=languages())
    except Refused as refused:
        yield from refused.findings
        return
    live = document.revisions.live(at).first()
    if live:
        yield from gone(published_flow(live.body), flow)
    # Every live article, not only those that the flow walks: a mistyped name is answered with the nearest.
    yield from lint(flow, Article.objects.live_steps(at, languages()[0]), languages=languages())
    yield from check_links(strings(body))
    for where, words in strings(body):
        yield from check_emphasis(words, where)
    yield from check_text(body, at)


def flow_pointed_at(body: dict[str, Any]) -> Iterator[Found]:
    """What a flow points at: the articles and steps that it walks and names, and what its words point at."""
    yield from pointed_at(body)
    try:
        flow = read_flow(body, languages=languages())
    except Refused:
        return
    for key, node in flow.nodes.items():
        match node:
            case Walk():
                yield Target.ARTICLE, node.article, f"nodes.{key}.walk"
                for step in node.stuck_at:
                    yield Target.STEP, f"{node.article}/{step}", f"nodes.{key}.stuck_at.{step}"
            case Outcome():
                for number, slug in enumerate(node.articles, start=1):
                    yield Target.ARTICLE, slug, f"nodes.{key}.articles.{number}"
            case _:
                pass


def check_walked_article(document: Document, body: dict[str, Any], at: datetime) -> Iterator[Finding]:
    """What an article's new steps would break in the live flow that walks them."""
    revision = Revision.objects.of_kind(Kind.FLOW).live(at).first()
    if revision is None or document.language != languages()[0]:
        return
    try:
        steps = [step.key for step in read_text(body).steps]
    except Refused:
        return  # the article's own check says what is wrong
    flow, new = published_flow(revision.body), dict.fromkeys(_names(document, at), steps)
    for finding in lint(flow, {**live_steps(flow, at, languages()[0]), **new}, languages=languages()):
        if finding.code in ("flow-step-unknown", "flow-article-without-steps"):
            yield finding


def check_walks(at: datetime) -> Iterator[Finding]:
    """What is wrong with the flow that is live at that instant over the steps that are."""
    try:
        flow = flow_at(at)
    except (Http404, Refused):
        return  # nothing is walked
    yield from lint(flow, live_steps(flow, at, languages()[0]), languages=languages())


def check_retired_article(document: Document, at: datetime) -> Iterator[Finding]:
    """The walks of the live flow that would have no steps in this language."""
    revision = Revision.objects.of_kind(Kind.FLOW).live(at).first()
    if revision is None:
        return
    names = _names(document, at)
    for key, node in published_flow(revision.body).nodes.items():
        if isinstance(node, Walk) and node.article in names:
            yield Finding("flow-walks-it", "", details={"walk": key})


def _names(document: Document, at: datetime) -> set[str]:
    """The slugs by which a flow may walk an article: those of before that lead to it count, too."""
    article = Article.objects.get(translations=document.pk)
    return {article.slug, *article.slugs_at(at)}
