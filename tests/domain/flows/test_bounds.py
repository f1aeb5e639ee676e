"""How much is still to come, against a plain count of all paths."""

from dataclasses import replace
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpcenter.domain.flows.bounds import Bounds, Progress, bounds, longest_query, progress
from helpcenter.domain.flows.graph import Question, expand
from helpcenter.domain.flows.replay import choose, paths, replay
from tests.domain.flows.builders import (
    ANY_STEPS,
    a_flow,
    any_answers,
    any_flows,
    cancelling_graph,
    outcome,
    question,
    sound_graphs,
)

GRAPH = cancelling_graph()


@pytest.mark.parametrize(
    ("key", "questions"),
    [
        ("biller", Bounds(1, 4)),
        ("access", Bounds(1, 3)),
        ("web-sign-in", Bounds(0, 2)),
        ("web-confirm", Bounds(1, 2)),
        ("obstacle", Bounds(1, 2)),
        ("refund", Bounds(0, 0)),
    ],
)
def test_questions_still_to_come(key, questions):
    assert bounds(GRAPH, key) == questions


@pytest.mark.parametrize(
    ("answers", "page", "expected"),
    [
        ({}, "biller", Progress(1, 4)),
        ({"biller": "midjourney"}, "access", Progress(2, 4)),
        ({"biller": "midjourney", "access": "yes"}, "web-sign-in", Progress(2, 2)),
        (
            {"biller": "midjourney", "access": "yes", "web-sign-in": "stuck"},
            "elsewhere",
            Progress(0, 0),
        ),
        ({"biller": "store"}, "elsewhere", Progress(1, 1)),
        ({"biller": "midjourney", "access": "no"}, "biller", Progress(1, 4)),
    ],
)
def test_question_so_many_of_at_most_so_many(answers, page, expected):
    assert progress(GRAPH, replay(GRAPH, answers, page)) == expected


def test_a_loop_is_counted_without_its_way_back():
    graph = expand(a_flow(question("a", x="b"), question("b", x="a", y="end"), outcome("end")), {})
    assert bounds(graph, "a") == Bounds(2, 2)


def test_a_page_that_does_not_exist_has_no_bounds():
    with pytest.raises(KeyError):
        bounds(GRAPH, "nowhere")


@given(st.data())
def test_bounds_are_those_of_the_shortest_and_the_longest_path(data):
    graph = data.draw(sound_graphs())
    key = data.draw(st.sampled_from(list(graph.nodes)))
    from_there = list(paths(replace(graph, start=key)))
    questions = [sum(isinstance(a.node, Question) for a in path.answers) for path in from_there]
    assert bounds(graph, key) == Bounds(min(questions), max(questions))


@given(sound_graphs())
def test_the_longest_query_is_that_of_the_longest_path(graph):
    queries = [urlencode([(a.node.key, a.choice.key) for a in path.answers]) for path in paths(graph)]
    assert longest_query(graph) == max(len(query) for query in queries)


@given(st.data())
def test_from_question_to_question_the_promise_never_grows(data):
    graph = data.draw(sound_graphs())
    position = replay(graph, data.draw(any_answers(graph)), None)
    promised = progress(graph, position)
    while ways := graph.ways(position.node):
        before = position
        position = choose(graph, position, data.draw(st.sampled_from(ways)).key)
        following = progress(graph, position)
        assert following.question <= following.at_most
        if isinstance(before.node, Question) and isinstance(position.node, Question):
            assert following.question == promised.question + 1
            assert following.at_most <= promised.at_most
        promised = following


@given(any_flows())
def test_measuring_ends_for_any_flow(flow):
    graph = expand(flow, ANY_STEPS)
    for key in graph.nodes:
        assert 0 <= bounds(graph, key).fewest <= bounds(graph, key).most
    if graph.start in graph.nodes:
        assert longest_query(graph) >= 0
