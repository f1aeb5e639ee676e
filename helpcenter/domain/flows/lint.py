"""What is wrong with a flow, before readers see it."""

import difflib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import assert_never

from helpcenter.domain.findings import Finding, Severity
from helpcenter.domain.flows.bounds import longest_query, longest_row
from helpcenter.domain.flows.graph import (
    DONE,
    STUCK,
    Flow,
    Graph,
    Outcome,
    Question,
    Walk,
    expand,
    step_keys,
    survey,
)

MOST_QUESTIONS = 6
"""In a row, without a step between. Readers come in a hurry to stop a charge."""

LONGEST_QUERY = 1500
"""Characters: leaves room for the rest of the address within the 2,000 that everything takes."""

RESERVED = frozenset({"start", "interval", "country", "count"})
"""Words that the wizard's addresses use for themselves, as a page or in the query."""


def lint(flow: Flow, steps: Mapping[str, Sequence[str]], *, languages: Iterable[str]) -> tuple[Finding, ...]:
    """All that is wrong with the flow, errors first; `steps` are the live steps by article slug.

    An error blocks publishing, so that a published flow brings every reader to an outcome.
    """
    errors = chain(_targets(flow), _articles(flow, steps), _keys(flow, steps), _ends(flow), _aliases(flow))
    graph = expand(flow, steps)
    sizes = tuple(_sizes(graph)) if graph.start in graph.nodes else ()
    found = (*errors, *sizes, *_questions(flow), *_titles(flow, languages), *_outcomes(flow))
    return tuple(sorted(found, key=lambda finding: finding.severity is Severity.WARNING))


def gone(before: Flow, after: Flow) -> Iterator[Finding]:
    """An error for each key that readers have in their addresses, if the new flow has neither it nor an alias."""
    for key, node in before.nodes.items():
        now = after.nodes.get(after.aliases.get(key, key))
        if now is None:
            yield Finding("flow-key-gone", key, details={"key": key})
        elif isinstance(node, Question) and isinstance(now, Question):
            there = {choice.key for choice in now.choices}
            for choice in node.choices:
                if choice.key not in there and f"{now.key}/{choice.key}" not in after.aliases:
                    yield Finding("flow-key-gone", now.key, details={"key": f"{now.key}/{choice.key}"})
    for old in before.aliases:  # addresses older than the flow that readers have now
        first, _, answer = old.partition("/")
        key = after.aliases.get(first, first)
        now = after.nodes.get(key)
        kept = {choice.key for choice in now.choices} if isinstance(now, Question) else {answer}
        if now is None or (answer and answer not in kept and f"{key}/{answer}" not in after.aliases):
            yield Finding("flow-key-gone", "aliases", details={"key": old})


def _aliases(flow: Flow) -> Iterator[Finding]:
    """An alias leads to what is there, never to another alias: so there are no loops."""
    for old, new in flow.aliases.items():
        key, _, choice = old.partition("/")
        node = flow.nodes.get(key)
        keys = {each.key for each in node.choices} if choice and isinstance(node, Question) else set()
        there = keys if choice else set(flow.nodes)
        if (choice or key) in there:
            yield Finding("flow-alias-needless", "aliases", details={"key": old})
        elif new not in there:
            details = {"key": old, "target": new, "suggestion": _suggestion(new, there)}
            yield Finding("flow-alias-unknown", "aliases", details=details)


def _warning(code: str, where: str, **details: str) -> Finding:
    return Finding(code, where, Severity.WARNING, details)


def _links(node: Question | Walk | Outcome) -> tuple[tuple[str, str], ...]:
    """The targets that a node names, each with the field that names it."""
    match node:
        case Question():
            return tuple((choice.key, choice.target) for choice in node.choices)
        case Walk():
            stuck_at = ((f"stuck_at.{step}", target) for step, target in node.stuck_at.items())
            return ((DONE, node.done), (STUCK, node.stuck), *stuck_at)
        case Outcome():
            return ()
        case _:
            assert_never(node)


def _edges(flow: Flow) -> dict[str, list[str]]:
    return {key: [target for _, target in _links(node) if target in flow.nodes] for key, node in flow.nodes.items()}


def _suggestion(key: str, known: Iterable[str]) -> str:
    return next(iter(difflib.get_close_matches(key, list(known), 1)), "")


def _targets(flow: Flow) -> Iterator[Finding]:
    if flow.start not in flow.nodes:
        details = {"target": flow.start, "suggestion": _suggestion(flow.start, flow.nodes)}
        yield Finding("flow-start-unknown", "start", details=details)
    for key, node in flow.nodes.items():
        for choice, target in _links(node):
            if target not in flow.nodes:
                suggestion = _suggestion(target, flow.nodes)
                details = {"choice": choice, "target": target, "suggestion": suggestion}
                yield Finding("flow-target-unknown", key, details=details)


def _articles(flow: Flow, steps: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    for key, node in flow.nodes.items():
        if not isinstance(node, Walk):
            continue
        live = steps.get(node.article)
        if live is None:
            details = {"article": node.article, "suggestion": _suggestion(node.article, steps)}
            yield Finding("flow-article-unknown", key, details=details)
        elif not live:
            yield Finding("flow-article-without-steps", key, details={"article": node.article})
        else:
            for step in node.stuck_at:
                if step not in live:
                    suggestion = _suggestion(step, live)
                    details = {"article": node.article, "step": step, "suggestion": suggestion}
                    yield Finding("flow-step-unknown", key, details=details)


def _keys(flow: Flow, steps: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    walks = [node for node in flow.nodes.values() if isinstance(node, Walk)]
    pages = Counter(chain(flow.nodes, *(step_keys(walk, steps) for walk in walks)))
    for key, pages_with_it in pages.items():
        if key in RESERVED:
            yield Finding("flow-key-reserved", key)
        if pages_with_it > 1:
            yield Finding("flow-key-duplicate", key)


def _ends(flow: Flow) -> Iterator[Finding]:
    """Every node can be reached, and every node leads to an outcome.

    What leads to a missing target or to a question without choices has its own finding there.
    """
    edges = _edges(flow)
    if flow.start in flow.nodes:
        reached = set(survey(edges, [flow.start]).order)
        yield from (Finding("flow-node-unreachable", key) for key in flow.nodes if key not in reached)
    first_the_start = [key for key in (flow.start, *flow.nodes) if key in flow.nodes]
    for loop in survey(edges, first_the_start).loops:
        yield Finding("flow-loop", loop[-1], details={"loop": " → ".join((*loop, loop[0]))})

    backwards: defaultdict[str, list[str]] = defaultdict(list)
    for key, targets in edges.items():
        for target in targets:
            backwards[target].append(key)
    ends = [key for key, node in flow.nodes.items() if not edges[key] or len(edges[key]) < len(_links(node))]
    leads_out = set(survey(backwards, ends).order)
    yield from (Finding("flow-no-way-out", key) for key in flow.nodes if key not in leads_out)


def _sizes(graph: Graph) -> Iterator[Finding]:
    length = longest_query(graph)
    if length > LONGEST_QUERY:
        details = {"length": str(length), "limit": str(LONGEST_QUERY)}
        yield Finding("flow-query-too-long", graph.start, details=details)
    questions, key = longest_row(graph)
    if questions > MOST_QUESTIONS:
        yield _warning("flow-path-too-long", key, questions=str(questions), limit=str(MOST_QUESTIONS))


def _questions(flow: Flow) -> Iterator[Finding]:
    for key, node in flow.nodes.items():
        if not isinstance(node, Question):
            continue
        targets = {choice.target for choice in node.choices}
        if not node.choices:
            yield Finding("flow-choices-missing", key)
        elif len(node.choices) == 1:
            yield _warning("flow-choice-single", key)
        elif len(targets) == 1:
            yield _warning("flow-choices-alike", key, target=targets.pop())


def _titles(flow: Flow, languages: Iterable[str]) -> Iterator[Finding]:
    questions = [node for node in flow.nodes.values() if isinstance(node, Question)]
    for language in languages:
        first: dict[str, str] = {}
        for question in questions:
            title = question.title.get(language, "")
            if title and first.setdefault(title, question.key) != question.key:
                yield _warning(
                    "flow-title-duplicate",
                    question.key,
                    language=language,
                    title=title,
                    other=first[title],
                )


def _outcomes(flow: Flow) -> Iterator[Finding]:
    for key, node in flow.nodes.items():
        if isinstance(node, Outcome) and not node.checklist and not node.articles:
            yield _warning("flow-outcome-bare", key)
