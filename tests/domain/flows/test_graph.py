"""The flow as data: read from plain data, and expanded into what readers follow."""

import contextlib
import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpcenter.domain.findings import Refused
from helpcenter.domain.flows.graph import (
    Choice,
    Exit,
    Flow,
    Outcome,
    Question,
    Step,
    Timeline,
    Walk,
    expand,
    survey,
)
from helpcenter.domain.flows.parsing import read_flow
from tests.domain.flows.builders import (
    ANY_STEPS,
    LANGUAGES,
    STEPS,
    a_flow,
    any_flows,
    cancelling,
    cancelling_graph,
    outcome,
    question,
    words,
)

BODY: dict[str, Any] = {
    "start": "biller",
    "nodes": {
        "biller": {
            "question": words("Who bills you?"),
            "help": words("Look at the statement"),
            "why": words("Only they can cancel"),
            "choices": {
                "store": {"label": words("A store"), "to": "cancelled"},
                "midjourney": {
                    "label": words("Midjourney"),
                    "hint": words("MIDJOURNEY INC"),
                    "to": "web",
                },
            },
        },
        "web": {
            "walk": "cancel-web",
            "done": "cancelled",
            "stuck": "biller",
            "stuck_at": {"sign-in": "cancelled"},
        },
        "cancelled": {
            "outcome": words("Cancelled"),
            "text": words("Until *then*"),
            "timeline": "period-end",
            "checklist": [words("A mail came")],
            "articles": ["what-cancelling-does"],
        },
    },
}


def read(body: Any) -> Flow:
    return read_flow(body, languages=LANGUAGES)


def test_a_flow_is_read_from_plain_data():
    assert read(BODY) == Flow(
        start="biller",
        nodes={
            "biller": Question(
                "biller",
                words("Who bills you?"),
                (
                    Choice("store", words("A store"), "cancelled"),
                    Choice("midjourney", words("Midjourney"), "web", words("MIDJOURNEY INC")),
                ),
                help=words("Look at the statement"),
                why=words("Only they can cancel"),
            ),
            "web": Walk("web", "cancel-web", "cancelled", "biller", {"sign-in": "cancelled"}),
            "cancelled": Outcome(
                "cancelled",
                words("Cancelled"),
                words("Until *then*"),
                Timeline.PERIOD_END,
                (words("A mail came"),),
                ("what-cancelling-does",),
            ),
        },
    )


def test_what_is_optional_may_be_left_out():
    nodes = {
        "q": {"question": words("?"), "choices": {}},
        "w": {"walk": "cancel-web", "done": "o", "stuck": "o"},
        "o": {"outcome": words("!"), "text": words("text"), "timeline": "none"},
    }
    flow = read({"start": "q", "nodes": nodes})
    assert flow.nodes["q"] == Question("q", words("?"), (), help=None, why=None)
    assert flow.nodes["w"] == Walk("w", "cancel-web", "o", "o", {})
    assert flow.nodes["o"] == Outcome("o", words("!"), words("text"), Timeline.NONE, (), ())


def test_blanks_around_words_are_cut():
    body = copy.deepcopy(BODY)
    body["nodes"]["biller"]["help"]["en"] = "  Look \n"
    biller = read(body).nodes["biller"]
    assert isinstance(biller, Question)
    assert biller.help is not None
    assert biller.help["en"] == "Look"


def put(*path: Any, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(body: dict[str, Any]) -> None:
        place = body
        for name in path[:-1]:
            place = place[name]
        place[path[-1]] = value

    return change


def leave_out(*path: str) -> Callable[[dict[str, Any]], None]:
    def change(body: dict[str, Any]) -> None:
        place = body
        for name in path[:-1]:
            place = place[name]
        del place[path[-1]]

    return change


MIDJOURNEY = ("nodes", "biller", "choices", "midjourney")


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (leave_out("start"), ("flow-key-malformed", "start")),
        (put("start", value=["biller"]), ("flow-key-malformed", "start")),
        (leave_out("nodes"), ("flow-shape-wrong", "nodes")),
        (put("nodes", value=["biller"]), ("flow-shape-wrong", "nodes")),
        (put("nodes", "web", value="cancel-web"), ("flow-kind-unknown", "web")),
        (put("nodes", "web", value={}), ("flow-kind-unknown", "web")),
        (put("nodes", "web", "outcome", value=words("?")), ("flow-kind-unknown", "web")),
        (put("nodes", "web", "dome", value="cancelled"), ("flow-field-unknown", "web")),
        (put("nodes", "web", "walk", value=None), ("flow-key-malformed", "web.walk")),
        (leave_out("nodes", "web", "done"), ("flow-key-malformed", "web.done")),
        (leave_out("nodes", "web", "stuck"), ("flow-key-malformed", "web.stuck")),
        (put("nodes", "web", "stuck_at", value="biller"), ("flow-shape-wrong", "web.stuck_at")),
        (
            put("nodes", "web", "stuck_at", "sign-in", value={}),
            ("flow-key-malformed", "web.stuck_at.sign-in"),
        ),
        (
            put("nodes", "web", "stuck_at", 3, value="biller"),
            ("flow-key-malformed", "web.stuck_at"),
        ),
        (leave_out("nodes", "biller", "choices"), ("flow-shape-wrong", "biller.choices")),
        (
            put(
                "nodes",
                "biller",
                "choices",
                "Not Sure",
                value=BODY["nodes"]["biller"]["choices"]["store"],
            ),
            ("flow-key-malformed", "biller.choices.Not Sure"),
        ),
        (
            put(
                "nodes",
                "biller",
                "choices",
                True,
                value=BODY["nodes"]["biller"]["choices"]["store"],
            ),
            ("flow-key-malformed", "biller.choices.True"),
        ),
        (leave_out(*MIDJOURNEY, "to"), ("flow-key-malformed", "biller.choices.midjourney.to")),
        (put(*MIDJOURNEY, "go", value="web"), ("flow-field-unknown", "biller.choices.midjourney")),
        (leave_out(*MIDJOURNEY, "label"), ("flow-text-missing", "biller.choices.midjourney.label")),
        (
            put(*MIDJOURNEY, "hint", value="x"),
            ("flow-text-missing", "biller.choices.midjourney.hint"),
        ),
        (
            put("nodes", "biller", "question", "en", value=" "),
            ("flow-text-missing", "biller.question"),
        ),
        (put("nodes", "biller", "help", "en", value=7), ("flow-text-missing", "biller.help")),
        (put("nodes", "biller", "why", value={}), ("flow-text-missing", "biller.why")),
        (leave_out("nodes", "cancelled", "text"), ("flow-text-missing", "cancelled.text")),
        (
            leave_out("nodes", "cancelled", "timeline"),
            ("flow-timeline-unknown", "cancelled.timeline"),
        ),
        (
            put("nodes", "cancelled", "timeline", value=[]),
            ("flow-timeline-unknown", "cancelled.timeline"),
        ),
        (
            put("nodes", "cancelled", "checklist", value="x"),
            ("flow-shape-wrong", "cancelled.checklist"),
        ),
        (
            put("nodes", "cancelled", "checklist", value=[words("x"), "y"]),
            ("flow-text-missing", "cancelled.checklist.2"),
        ),
        (
            put("nodes", "cancelled", "articles", value=None),
            ("flow-shape-wrong", "cancelled.articles"),
        ),
        (
            put("nodes", "cancelled", "articles", value=["../x"]),
            ("flow-key-malformed", "cancelled.articles.1"),
        ),
        (put("nodes", "Web", value=BODY["nodes"]["web"]), ("flow-key-malformed", "Web")),
        (put("nodes", "2nd", value=BODY["nodes"]["web"]), ("flow-key-malformed", "2nd")),
        (put("nodes", "web\n", value=BODY["nodes"]["web"]), ("flow-key-malformed", "web\n")),
    ],
)
def test_each_wrong_shape_has_its_finding(change, finding):
    body = copy.deepcopy(BODY)
    change(body)
    with pytest.raises(Refused) as refused:
        read(body)
    assert [(each.code, each.where) for each in refused.value.findings] == [finding]


def test_a_choice_that_is_only_a_word_lacks_everything():
    body = copy.deepcopy(BODY)
    put(*MIDJOURNEY, value="web")(body)
    with pytest.raises(Refused) as refused:
        read(body)
    assert [each.code for each in refused.value.findings] == [
        "flow-shape-wrong",
        "flow-text-missing",
        "flow-key-malformed",
    ]


def test_all_findings_come_at_once():
    body = {"start": 1, "nodes": {"A": {}, "b": {"question": {"en": "?"}, "choices": {"x": {}}}}}
    with pytest.raises(Refused) as refused:
        read(body)
    assert [(each.code, each.where) for each in refused.value.findings] == [
        ("flow-key-malformed", "start"),
        ("flow-key-malformed", "A"),
        ("flow-kind-unknown", "A"),
        ("flow-text-missing", "b.question"),
        ("flow-text-missing", "b.choices.x.label"),
        ("flow-key-malformed", "b.choices.x.to"),
    ]
    assert refused.value.findings[3].details == {"languages": "zh-hant"}


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=4) | st.integers() | st.none(), inner, max_size=3)
    ),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for name, each in inner for place in places(each, (*path, name)))]


@given(st.sampled_from(places(BODY)), plain)
def test_nothing_that_stands_anywhere_in_the_data_breaks_the_reader(path, junk):
    body = copy.deepcopy(BODY)
    if path:
        put(*path, value=junk)(body)
    else:
        body = junk
    with contextlib.suppress(Refused):
        assert isinstance(read(body), Flow)


def test_a_walk_becomes_a_chain_of_the_articles_steps():
    graph = cancelling_graph()
    assert [node for node in graph.nodes.values() if isinstance(node, Step)] == [
        Step(
            key="web-sign-in",
            walk="web",
            article="cancel-web",
            step="sign-in",
            number=1,
            of=3,
            choices=(Exit("done", "web-manage"), Exit("stuck", "elsewhere")),
        ),
        Step(
            key="web-manage",
            walk="web",
            article="cancel-web",
            step="manage",
            number=2,
            of=3,
            choices=(Exit("done", "web-confirm"), Exit("stuck", "obstacle")),
        ),
        Step(
            key="web-confirm",
            walk="web",
            article="cancel-web",
            step="confirm",
            number=3,
            of=3,
            choices=(Exit("done", "used"), Exit("stuck", "obstacle")),
        ),
    ]
    assert "web" not in graph.nodes
    assert graph.edges["access"] == ("web-sign-in", "obstacle")


def test_a_flow_may_start_with_a_walk_and_walks_may_follow_each_other():
    first = Walk("first", "cancel-web", "second", "second")
    graph = expand(a_flow(first, Walk("second", "cancel-web", "end", "end"), outcome("end")), STEPS)
    assert graph.start == "first-sign-in"
    assert graph.edges["first-confirm"] == ("second-sign-in", "second-sign-in")


@pytest.mark.parametrize("article", ["retired", "never-was"])
def test_nobody_is_told_they_did_what_an_article_without_steps_would_have_said(article):
    broken = Walk("web", article, "used", "obstacle", {"sign-in": "elsewhere"})
    graph = expand(cancelling(broken), STEPS)
    assert graph.edges["access"] == ("obstacle", "obstacle")
    assert expand(cancelling(broken, start="web"), STEPS).start == "obstacle"


def test_walks_that_fall_out_hand_on_to_the_next():
    one = Walk("one", "retired", "used", "two")
    two = Walk("two", "retired", "used", "web")
    asks = question("access", yes="one", no="obstacle")
    assert expand(cancelling(one, two, asks), STEPS).edges["access"] == ("web-sign-in", "obstacle")


def test_walks_that_fall_out_in_a_circle_lead_nowhere():
    one = Walk("one", "retired", "used", "two")
    two = Walk("two", "retired", "used", "one")
    asks = question("access", yes="one", no="obstacle")
    graph = expand(cancelling(one, two, asks), STEPS)
    assert [way.key for way in graph.ways(graph.nodes["access"])] == ["no"]


@given(any_flows())
def test_any_flow_can_be_expanded(flow):
    graph = expand(flow, ANY_STEPS)
    assert not any(isinstance(node, Walk) for node in graph.nodes.values())
    assert all(node.key == key for key, node in graph.nodes.items())


def test_a_survey_orders_the_nodes_after_those_they_lead_to_and_names_the_loops():
    edges = {"a": "bc", "b": "d", "c": "ad", "d": "c", "e": "e", "f": ""}
    assert survey(edges, "a").order == ("c", "d", "b", "a")
    assert survey(edges, "a").loops == (("a", "b", "d", "c"), ("d", "c"))
    assert survey(edges, "ef").loops == (("e",),)
    assert survey(edges, "ef").order == ("e", "f")
