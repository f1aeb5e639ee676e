"""Who may do what to a revision, state by state."""

from itertools import product

import pytest

from helpcenter.domain.review import TRANSITIONS, Role, State, Verb, obstacle, possible

EVERY_ROLE = frozenset(Role)


def may(verb, state, roles=EVERY_ROLE, *, wrote=False, behind=False, four_eyes=True):
    finding = obstacle(verb, state, roles, wrote=wrote, behind=behind, four_eyes=four_eyes)
    return finding and finding.code


@pytest.mark.parametrize(
    ("state", "verbs"),
    [
        (State.DRAFT, {Verb.SAVE, Verb.SUBMIT, Verb.DISCARD}),
        (State.IN_REVIEW, {Verb.SEND_BACK, Verb.APPROVE}),
        (State.APPROVED, {Verb.SEND_BACK, Verb.PUBLISH}),
        (State.PUBLISHED, {Verb.PUBLISH}),
        (State.DISCARDED, {Verb.RESTORE}),
    ],
)
def test_in_each_state_just_these_are_possible(state, verbs):
    assert possible(state, EVERY_ROLE, wrote=False, behind=False, four_eyes=True) == verbs


@pytest.mark.parametrize("verb", Verb)
def test_each_needs_its_role_and_no_other(verb):
    transition = TRANSITIONS[verb]
    for state in transition.sources:
        assert may(verb, state, {transition.role}, wrote=verb is Verb.TAKE_BACK) is None
        assert may(verb, state, EVERY_ROLE - {transition.role}) == "role-missing"


@pytest.mark.parametrize("state", TRANSITIONS[Verb.TAKE_BACK].sources)
def test_only_who_wrote_it_takes_it_back(state):
    assert may(Verb.TAKE_BACK, state, wrote=False) == "others-words"
    assert may(Verb.TAKE_BACK, state, wrote=True) is None


def test_nobody_approves_what_they_wrote():
    assert may(Verb.APPROVE, State.IN_REVIEW, wrote=True) == "own-words"
    assert may(Verb.APPROVE, State.IN_REVIEW, wrote=False) is None


def test_where_four_eyes_are_not_asked_for_they_do():
    assert may(Verb.APPROVE, State.IN_REVIEW, wrote=True, four_eyes=False) is None


def test_what_is_older_than_what_readers_see_is_neither_approved_nor_published():
    assert may(Verb.APPROVE, State.IN_REVIEW, behind=True) == "behind-live"
    assert may(Verb.PUBLISH, State.APPROVED, behind=True) == "behind-live"


def test_an_earlier_version_goes_live_again_if_readers_have_seen_it():
    assert may(Verb.PUBLISH, State.PUBLISHED) is None
    assert may(Verb.PUBLISH, State.PUBLISHED, behind=True) == "behind-live"


def test_whoever_wrote_it_may_publish_what_somebody_else_approved():
    assert may(Verb.PUBLISH, State.APPROVED, wrote=True) is None


def test_from_every_state_but_the_last_something_leads_on():
    for state in set(State) - {State.PUBLISHED}:
        assert any(t.target is not state for t in TRANSITIONS.values() if state in t.sources)


def test_no_way_leads_out_of_published():
    assert [t.target for t in TRANSITIONS.values() if State.PUBLISHED in t.sources] == [State.PUBLISHED]


def test_nothing_is_published_but_what_was_approved():
    sources = TRANSITIONS[Verb.PUBLISH].sources - {State.PUBLISHED}
    assert sources == {State.APPROVED}
    assert [verb for verb, t in TRANSITIONS.items() if t.target is State.APPROVED] == [Verb.APPROVE]


def test_switching_four_eyes_off_only_ever_allows_more():
    for state, wrote, behind in product(State, (True, False), (True, False)):
        strict = possible(state, EVERY_ROLE, wrote=wrote, behind=behind, four_eyes=True)
        assert strict <= possible(state, EVERY_ROLE, wrote=wrote, behind=behind, four_eyes=False)
