"""Whether a translation still says what the original says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpcenter.domain.freshness import Freshness, Shown, freshness
from helpcenter.domain.versions import Significance

TYPO, CONTENT, MAJOR = Significance.TYPO, Significance.CONTENT, Significance.MAJOR
CHANGES = {1: CONTENT, 2: TYPO, 3: CONTENT, 4: TYPO, 5: MAJOR, 6: TYPO}


@pytest.mark.parametrize(
    ("translated_from", "original", "stands"),
    [
        pytest.param(1, 1, Freshness.CURRENT, id="made from what readers see"),
        pytest.param(1, 2, Freshness.CURRENT, id="a typo needs no translator"),
        pytest.param(1, 3, Freshness.BEHIND, id="content was added"),
        pytest.param(3, 5, Freshness.BADLY_BEHIND, id="a major change"),
        pytest.param(1, 6, Freshness.BADLY_BEHIND, id="the worst of several counts"),
        pytest.param(3, 2, Freshness.BEHIND, id="the original went back and undid content"),
        pytest.param(6, 4, Freshness.BADLY_BEHIND, id="the original went back and undid a major change"),
        pytest.param(None, 1, Freshness.BEHIND, id="nobody knows what it was made from"),
        pytest.param(4, None, Freshness.CURRENT, id="the original is retired"),
    ],
)
def test_a_live_translation(translated_from, original, stands):
    assert freshness(live=True, translated_from=translated_from, original=shown(original)) is stands


def shown(now, *back):
    """Versions 1 to 6 went live in their order; readers see `now`, by going back to it."""
    rows = [*CHANGES.items(), *((number, CHANGES[number]) for number in back)]
    return Shown.of([*rows, (now, CHANGES.get(now, CONTENT))])


def test_what_was_undone_does_not_count_for_what_came_instead():
    rows = [(1, CONTENT), (2, MAJOR), (1, CONTENT), (3, TYPO)]
    terms = {"live": True, "original": Shown.of(rows)}
    assert freshness(**terms, translated_from=1) is Freshness.CURRENT
    assert freshness(**terms, translated_from=2) is Freshness.BADLY_BEHIND


def test_what_went_live_later_counts_whatever_number_it_has():
    planned = [(1, CONTENT), (3, TYPO)]  # version 2 is planned
    assert freshness(live=True, translated_from=1, original=Shown.of(planned)) is Freshness.CURRENT
    happened = Shown.of([*planned, (2, MAJOR)])
    assert freshness(live=True, translated_from=3, original=happened) is Freshness.BADLY_BEHIND
    assert freshness(live=True, translated_from=2, original=happened) is Freshness.CURRENT


def test_a_text_that_was_down_for_a_while_goes_on_from_what_it_was():
    down = Shown.of([(1, CONTENT), (None, CONTENT), (2, TYPO)])
    assert freshness(live=True, translated_from=1, original=down) is Freshness.CURRENT


def test_none_is_missing_and_one_in_review_is_on_its_way():
    terms = {"live": False, "translated_from": None, "original": shown(3)}
    assert freshness(**terms) is Freshness.MISSING
    assert freshness(**terms, waiting_from=[3]) is Freshness.IN_REVIEW
    assert freshness(**terms, waiting_from=[1]) is Freshness.MISSING


@pytest.mark.parametrize("changes", [[], [(1, CONTENT), (None, CONTENT)]])
def test_where_there_is_no_original_nothing_is_missing(changes):
    assert freshness(live=False, translated_from=None, original=Shown.of(changes)) is Freshness.CURRENT


def test_what_is_in_review_counts_only_if_it_catches_up():
    terms = {"live": True, "translated_from": 1, "original": shown(5)}
    assert freshness(**terms, waiting_from=[3, 5]) is Freshness.IN_REVIEW
    assert freshness(**terms, waiting_from=[3]) is Freshness.BADLY_BEHIND
    assert freshness(live=True, translated_from=5, original=shown(5), waiting_from=[5]) is Freshness.CURRENT


versions = st.integers(1, 6)


@given(st.lists(st.tuples(versions, st.sampled_from(list(Significance))), min_size=1), st.data())
def test_it_is_behind_as_much_as_the_original_would_be_behind_it(changes, data):
    there = sorted({number for number, _ in changes})
    one, other = data.draw(st.sampled_from(there)), data.draw(st.sampled_from(there))
    tree = Shown.of(changes)
    assert tree.between(one, other) == tree.between(other, one)
    assert (one == other) <= (tree.between(one, other) == set())
