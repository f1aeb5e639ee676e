"""What is wrong with a flow: each rule broken once gives exactly its finding."""

from dataclasses import replace

import pytest
from hypothesis import given

from helpcenter.domain.findings import Severity, errors
from helpcenter.domain.flows.graph import Choice, Question, Walk, expand
from helpcenter.domain.flows.lint import LONGEST_QUERY, MOST_QUESTIONS, RESERVED, lint
from helpcenter.domain.flows.replay import paths
from tests.domain.flows.builders import (
    ANY_STEPS,
    LANGUAGES,
    STEPS,
    a_flow,
    any_flows,
    cancelling,
    outcome,
    question,
    words,
)

WEB = Walk("web", "cancel-web", "used", "obstacle", {"sign-in": "elsewhere"})


def found(flow, steps=STEPS):
    return [
        (finding.severity.value, finding.code, finding.where, dict(finding.details))
        for finding in lint(flow, steps, languages=LANGUAGES)
    ]


def test_a_sound_flow_has_no_findings():
    assert found(cancelling()) == []


@pytest.mark.parametrize(
    ("flow", "code", "where", "details"),
    [
        pytest.param(
            cancelling(start="bill"),
            "flow-start-unknown",
            "start",
            {"target": "bill", "suggestion": "biller"},
            id="start missing",
        ),
        pytest.param(
            cancelling(question("obstacle", email="used", none="elsewere")),
            "flow-target-unknown",
            "obstacle",
            {"choice": "none", "target": "elsewere", "suggestion": "elsewhere"},
            id="choice to a missing node",
        ),
        pytest.param(
            cancelling(replace(WEB, done="xxx")),
            "flow-target-unknown",
            "web",
            {"choice": "done", "target": "xxx", "suggestion": ""},
            id="walk done to a missing node",
        ),
        pytest.param(
            cancelling(replace(WEB, stuck="xxx")),
            "flow-target-unknown",
            "web",
            {"choice": "stuck", "target": "xxx", "suggestion": ""},
            id="walk stuck to a missing node",
        ),
        pytest.param(
            cancelling(replace(WEB, stuck_at={"sign-in": "xxx"})),
            "flow-target-unknown",
            "web",
            {"choice": "stuck_at.sign-in", "target": "xxx", "suggestion": ""},
            id="walk stuck at a step to a missing node",
        ),
        pytest.param(
            cancelling(outcome("island")),
            "flow-node-unreachable",
            "island",
            {},
            id="unreachable",
        ),
        pytest.param(
            cancelling(question("used", lots="cancelled", little="refund", again="access")),
            "flow-loop",
            "used",
            {"loop": "access → web → used → access"},
            id="loop",
        ),
        pytest.param(
            cancelling(question("used", lots="cancelled", little="refund", again="used")),
            "flow-loop",
            "used",
            {"loop": "used → used"},
            id="loop to itself",
        ),
        pytest.param(
            cancelling(replace(WEB, article="cancel-wep")),
            "flow-article-unknown",
            "web",
            {"article": "cancel-wep", "suggestion": "cancel-web"},
            id="unknown article",
        ),
        pytest.param(
            cancelling(replace(WEB, article="retired")),
            "flow-article-without-steps",
            "web",
            {"article": "retired"},
            id="article without steps",
        ),
        pytest.param(
            cancelling(replace(WEB, stuck_at={"sign-on": "elsewhere"})),
            "flow-step-unknown",
            "web",
            {"article": "cancel-web", "step": "sign-on", "suggestion": "sign-in"},
            id="unknown step",
        ),
        pytest.param(
            cancelling(
                question("obstacle", email="web-manage", none="elsewhere"),
                question("web-manage", yes="used", no="elsewhere"),
            ),
            "flow-key-duplicate",
            "web-manage",
            {},
            id="a node with the key of a step",
        ),
        *(
            pytest.param(
                cancelling(question("obstacle", email=word, none="elsewhere"), outcome(word)),
                "flow-key-reserved",
                word,
                {},
                id=f"reserved: {word}",
            )
            for word in sorted(RESERVED)
        ),
        pytest.param(
            cancelling(question("obstacle")),
            "flow-choices-missing",
            "obstacle",
            {},
            id="no choices",
        ),
    ],
)
def test_each_error(flow, code, where, details):
    assert found(flow) == [("error", code, where, details)]


def test_two_walks_may_not_make_pages_with_the_same_key():
    steps = {"one": ("b-c",), "two": ("c",)}
    flow = a_flow(Walk("a", "one", "a-b", "end"), Walk("a-b", "two", "end", "end"), outcome("end"))
    assert found(flow, steps) == [("error", "flow-key-duplicate", "a-b-c", {})]


def test_a_node_that_cannot_reach_an_outcome_is_found_beside_the_loop_that_holds_it():
    flow = cancelling(
        question("obstacle", email="round", none="elsewhere"),
        question("round", a="trip", b="back"),
        question("trip", a="round", b="back"),
        question("back", a="round", b="trip"),
    )
    findings = [(code, where) for _, code, where, _ in found(flow)]
    assert {code for code, _ in findings} == {"flow-no-way-out", "flow-loop"}
    assert [where for code, where in findings if code == "flow-no-way-out"] == [
        "round",
        "trip",
        "back",
    ]


def test_every_loop_is_named():
    flow = cancelling(
        question("obstacle", email="used", none="elsewhere", again="access"),
        question("used", lots="cancelled", little="refund", again="used"),
    )
    assert found(flow) == [
        ("error", "flow-loop", "used", {"loop": "used → used"}),
        ("error", "flow-loop", "obstacle", {"loop": "access → web → obstacle → access"}),
    ]


def test_a_loop_is_named_as_readers_walk_it_wherever_the_start_is_written():
    flow = cancelling(question("used", lots="cancelled", little="refund", again="access"))
    backwards = replace(flow, nodes=dict(reversed(flow.nodes.items())))
    assert found(backwards) == found(flow)


def a_long_walk(length):
    """A walk whose longest query has `length` characters."""
    key, last = "w", "q=yes"
    steps = []
    left = length - len(last)
    while left > 0:
        size = min(left, 100)
        if 0 < left - size < len("w-00=done&"):
            size -= 20
        steps.append(f"{len(steps):02}".ljust(size - len("w-=done&"), "x"))
        left -= size
    return (
        a_flow(
            Walk(key, "long", "q", "end"),
            question("q", yes="end", no="other"),
            outcome("end"),
            outcome("other"),
        ),
        {"long": tuple(steps)},
    )


def test_the_longest_query_fits_into_an_address():
    assert found(*a_long_walk(LONGEST_QUERY)) == []
    [(severity, code, _, details)] = found(*a_long_walk(LONGEST_QUERY + 1))
    assert (severity, code) == ("error", "flow-query-too-long")
    assert details == {"length": str(LONGEST_QUERY + 1), "limit": str(LONGEST_QUERY)}


def a_row_of(questions):
    row = [question(f"q{n}", on=f"q{n + 1}", out="end") for n in range(questions)]
    return a_flow(*row, outcome(f"q{questions}"), outcome("end"))


def test_a_path_has_no_more_questions_than_readers_have_patience():
    assert found(a_row_of(MOST_QUESTIONS)) == []
    details = {"questions": str(MOST_QUESTIONS + 1), "limit": str(MOST_QUESTIONS)}
    assert found(a_row_of(MOST_QUESTIONS + 1)) == [("warning", "flow-path-too-long", "q0", details)]


@pytest.mark.parametrize(
    ("flow", "code", "where", "details"),
    [
        pytest.param(
            cancelling(question("obstacle", email="used")),
            "flow-choice-single",
            "obstacle",
            {},
            id="one choice",
        ),
        pytest.param(
            cancelling(question("obstacle", email="used", none="used")),
            "flow-choices-alike",
            "obstacle",
            {"target": "used"},
            id="all choices lead to the same place",
        ),
        pytest.param(
            cancelling(
                Question(
                    "obstacle",
                    {"zh-hant": "哪裡卡住了?", "en": words("access")["en"]},
                    (
                        Choice("email", words("email"), "used"),
                        Choice("none", words("none"), "elsewhere"),
                    ),
                )
            ),
            "flow-title-duplicate",
            "obstacle",
            {"language": "en", "title": "access (en)", "other": "access"},
            id="two questions with one title in one language",
        ),
        pytest.param(
            cancelling(replace(outcome("refund"), checklist=())),
            "flow-outcome-bare",
            "refund",
            {},
            id="outcome with nothing to do next",
        ),
    ],
)
def test_each_warning(flow, code, where, details):
    assert found(flow) == [("warning", code, where, details)]


@pytest.mark.parametrize("filled", [{"articles": ("more",)}, {"checklist": (words("look"),)}])
def test_a_checklist_or_an_article_is_enough_for_an_outcome(filled):
    assert found(cancelling(replace(outcome("refund"), **{"checklist": (), **filled}))) == []


def test_errors_come_before_warnings():
    flow = cancelling(question("obstacle", email="used"), outcome("island"), start="biller")
    assert [severity for severity, *_ in found(flow)] == ["error", "warning"]


def test_a_draft_of_nothing_has_only_no_start():
    flow = replace(cancelling(), nodes={})
    assert [code for _, code, *_ in found(flow)] == ["flow-start-unknown"]


def test_a_very_long_draft_is_linted_too():
    flow = a_row_of(3000)
    assert {code for _, code, *_ in found(flow)} == {"flow-query-too-long", "flow-path-too-long"}


@given(any_flows())
def test_any_flow_can_be_linted_and_one_without_errors_brings_everybody_to_an_outcome(flow):
    findings = lint(flow, ANY_STEPS, languages=LANGUAGES)
    assert list(findings) == sorted(findings, key=lambda each: each.severity is Severity.WARNING)
    if not errors(findings):
        graph = expand(flow, ANY_STEPS)
        passed = {answered.node.key for path in paths(graph) for answered in path.answers}
        outcomes = {path.outcome for path in paths(graph)}
        assert passed | outcomes == set(graph.nodes)
        assert all(len(graph.ways(node)) == len(getattr(node, "choices", ())) for node in graph.nodes.values())
