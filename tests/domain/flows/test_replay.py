"""Where a reader stands: worked out from the answers in the address, whatever they are."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpcenter.domain.flows.graph import expand
from helpcenter.domain.flows.replay import UnknownChoice, UnknownPage, choose, paths, replay
from tests.domain.flows.builders import (
    ANY_STEPS,
    STEPS,
    a_flow,
    any_answers,
    any_flows,
    cancelling,
    cancelling_graph,
    outcome,
    question,
    sound_graphs,
)

GRAPH = cancelling_graph()
ALL_DONE = {
    "biller": "midjourney",
    "access": "yes",
    "web-sign-in": "done",
    "web-manage": "done",
    "web-confirm": "done",
    "used": "little",
}


def keys(answers):
    return [answered.node.key for answered in answers]


def test_the_address_without_a_page_is_the_first_page():
    position = replay(GRAPH, {}, None)
    assert position.node.key == "biller"
    assert position.furthest.key == "biller"
    assert position.trail == position.ahead == position.dropped == position.canonical == ()
    assert position.back is None
    assert position.chosen is None


def test_the_first_page_remembers_what_was_answered():
    position = replay(GRAPH, ALL_DONE, None)
    assert position.node.key == "biller"
    assert position.chosen is not None
    assert position.chosen.key == "midjourney"
    assert keys(position.ahead) == list(ALL_DONE)
    assert position.furthest.key == "refund"


def test_a_page_on_the_path_is_shown_with_the_answers_before_and_after_it():
    position = replay(GRAPH, ALL_DONE, "web-manage")
    assert position.node.key == "web-manage"
    assert keys(position.trail) == ["biller", "access", "web-sign-in"]
    assert keys(position.ahead) == ["web-manage", "web-confirm", "used"]
    assert position.canonical == tuple(ALL_DONE.items())
    assert position.back is not None
    assert position.back.key == "web-sign-in"


def test_an_outcome_ends_the_path():
    position = replay(GRAPH, ALL_DONE | {"refund": "done"}, "refund")
    assert position.node.key == "refund"
    assert position.canonical == tuple(ALL_DONE.items())
    assert position.chosen is None


def test_who_asks_for_too_much_gets_as_far_as_the_answers_lead():
    position = replay(GRAPH, {"biller": "midjourney"}, "refund")
    assert position.node.key == position.furthest.key == "access"
    assert keys(position.trail) == ["biller"]


def test_a_page_beside_the_path_is_not_shown():
    assert replay(GRAPH, ALL_DONE, "obstacle").node.key == "refund"


@pytest.mark.parametrize(
    "odd",
    [
        {"biller": "apple"},
        {"biller": ""},
        {"nobody": "x"},
        {"cancelled": "done"},
        {"web": "done"},
        {"": ""},
    ],
)
def test_answers_that_make_no_sense_count_for_nothing(odd):
    position = replay(GRAPH, odd, None)
    assert position.canonical == ()
    assert position.dropped == ()


def test_answers_off_the_path_are_named_as_dropped_in_the_order_given():
    position = replay(GRAPH, {"used": "lots", "obstacle": "none", "biller": "store"}, "elsewhere")
    assert position.canonical == (("biller", "store"),)
    assert keys(position.dropped) == ["used", "obstacle"]


def test_a_page_that_does_not_exist_is_unknown():
    with pytest.raises(UnknownPage) as unknown:
        replay(GRAPH, {}, "nowhere")
    assert unknown.value.key == "nowhere"


def test_a_walk_is_no_page():
    with pytest.raises(UnknownPage):
        replay(GRAPH, ALL_DONE, "web")


def test_a_draft_without_a_start_has_no_page_at_all():
    graph = expand(cancelling(start="begin"), STEPS)
    for requested in (None, "biller"):
        with pytest.raises(UnknownPage) as unknown:
            replay(graph, {}, requested)
        assert unknown.value.key == "begin"


def test_a_choice_leads_to_the_next_page_not_to_the_furthest():
    position = choose(GRAPH, replay(GRAPH, ALL_DONE, "access"), "yes")
    assert position.node.key == "web-sign-in"
    assert position.furthest.key == "refund"
    assert position.canonical == tuple(ALL_DONE.items())
    assert position.dropped == ()


def test_a_changed_answer_keeps_what_still_applies_and_names_what_does_not():
    answers = ALL_DONE | {"access": "no", "obstacle": "email"}
    there = replay(GRAPH, {"biller": "midjourney", "access": "no", "obstacle": "email", "used": "little"}, None)
    assert there.furthest.key == "refund"
    changed = choose(GRAPH, replay(GRAPH, ALL_DONE, "web-manage"), "stuck")
    assert changed.node.key == "obstacle"
    assert changed.canonical == (
        ("biller", "midjourney"),
        ("access", "yes"),
        ("web-sign-in", "done"),
        ("web-manage", "stuck"),
    )
    assert keys(changed.dropped) == ["web-confirm", "used"]
    kept = replay(GRAPH, answers, "access")
    assert kept.canonical[-1] == ("used", "little")


def test_an_answer_is_kept_where_the_new_path_meets_the_old_one():
    graph = expand(
        a_flow(
            question("one", x="two", y="three"),
            question("two", x="three"),
            question("three", x="end", y="end"),
            outcome("end"),
        ),
        {},
    )
    before = replay(graph, {"one": "x", "two": "x", "three": "y"}, "one")
    after = choose(graph, before, "y")
    assert after.canonical == (("one", "y"), ("three", "y"))
    assert keys(after.dropped) == ["two"]


@pytest.mark.parametrize(("page", "choice"), [("biller", "apple"), ("biller", ""), ("refund", "done")])
def test_a_choice_that_the_page_does_not_offer_is_unknown(page, choice):
    with pytest.raises(UnknownChoice) as unknown:
        choose(GRAPH, replay(GRAPH, ALL_DONE, page), choice)
    assert (unknown.value.node, unknown.value.choice) == (page, choice)


def test_a_choice_that_leads_nowhere_cannot_be_chosen():
    graph = expand(cancelling(without="elsewhere"), STEPS)
    position = replay(graph, {"biller": "store"}, None)
    assert position.canonical == ()
    with pytest.raises(UnknownChoice):
        choose(graph, position, "store")


def test_a_loop_ends_where_it_comes_back():
    graph = expand(a_flow(question("a", x="b"), question("b", x="a", y="b")), {})
    for choice in "xy":
        position = replay(graph, {"a": "x", "b": choice}, "b")
        assert position.furthest.key == "b"
        assert position.canonical == (("a", "x"),)
    assert choose(graph, replay(graph, {"a": "x"}, "b"), "x").node.key == "a"


def test_paths_are_listed_in_the_order_of_the_choices():
    listed = [(keys(path.answers), path.outcome) for path in paths(GRAPH)]
    web = ["biller", "access", "web-sign-in", "web-manage", "web-confirm"]
    assert listed == [
        ([*web, "used"], "cancelled"),
        ([*web, "used"], "refund"),
        ([*web, "obstacle", "used"], "cancelled"),
        ([*web, "obstacle", "used"], "refund"),
        ([*web, "obstacle"], "elsewhere"),
        ([*web[:4], "obstacle", "used"], "cancelled"),
        ([*web[:4], "obstacle", "used"], "refund"),
        ([*web[:4], "obstacle"], "elsewhere"),
        (web[:3], "elsewhere"),
        (["biller", "access", "obstacle", "used"], "cancelled"),
        (["biller", "access", "obstacle", "used"], "refund"),
        (["biller", "access", "obstacle"], "elsewhere"),
        (["biller"], "elsewhere"),
    ]


def test_paths_of_a_draft_with_a_loop_or_without_a_start_end():
    loop = expand(a_flow(question("a", x="b", y="a"), question("b", x="a", y="end"), outcome("end")), {})
    assert [keys(path.answers) for path in paths(loop)] == [["a", "b"]]
    assert list(paths(expand(cancelling(start="begin"), STEPS))) == []


@given(st.data())
def test_any_answers_to_any_flow_come_to_one_canonical_address(data):
    graph = expand(data.draw(any_flows()), ANY_STEPS)
    requested = data.draw(st.sampled_from((None, *graph.nodes)))
    answers = data.draw(any_answers(graph))
    if graph.start not in graph.nodes:
        with pytest.raises(UnknownPage):
            replay(graph, answers, requested)
        return
    position = replay(graph, answers, requested)
    again = replay(graph, dict(position.canonical), position.node.key)
    assert again == replace(position, dropped=())
    assert set(position.canonical) <= set(answers.items())
    assert {(a.node.key, a.choice.key) for a in position.dropped} <= set(answers.items())


@given(st.data())
def test_every_link_on_every_page_is_canonical(data):
    graph = expand(data.draw(any_flows()), ANY_STEPS)
    if graph.start not in graph.nodes:
        return
    requested = data.draw(st.sampled_from((None, *graph.nodes)))
    position = replay(graph, data.draw(any_answers(graph)), requested)
    for way in graph.ways(position.node):
        onward = choose(graph, position, way.key)
        assert onward.node.key == way.target
        assert replay(graph, dict(onward.canonical), onward.node.key) == replace(onward, dropped=())
    if position.back:
        back = replay(graph, dict(position.canonical), position.back.key)
        assert back.node == position.back
        assert back.canonical == position.canonical


@given(st.data())
def test_changing_one_answer_keeps_all_that_are_still_on_the_path(data):
    graph = data.draw(sound_graphs())
    furthest = replay(graph, data.draw(any_answers(graph)), None)
    for answered in furthest.ahead:
        before = replay(graph, dict(furthest.canonical), answered.node.key)
        for way in graph.ways(answered.node):
            after = choose(graph, before, way.key)
            on_the_way = {*dict(after.canonical), after.furthest.key}
            for key, choice in before.canonical:
                if key != answered.node.key:
                    kept = (key, choice) in after.canonical
                    assert kept == (key in on_the_way)
                    assert kept != (key in keys(after.dropped))
            assert after.trail == (*before.trail, after.trail[-1])


@given(sound_graphs())
def test_every_path_replays_to_its_outcome(graph):
    for path in paths(graph):
        answers = {answered.node.key: answered.choice.key for answered in path.answers}
        position = replay(graph, answers, path.outcome)
        assert position.node.key == path.outcome
        assert position.trail == path.answers
