"""Whether a translation still says what the original says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpcenter.domain.freshness import Freshness, freshness
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
    assert freshness(live=True, translated_from=translated_from, original=original, significances=CHANGES) is stands


def test_none_is_missing_and_one_in_review_is_on_its_way():
    terms = {"live": False, "translated_from": None, "original": 3, "significances": CHANGES}
    assert freshness(**terms) is Freshness.MISSING
    assert freshness(**terms, waiting_from=3) is Freshness.IN_REVIEW
    assert freshness(**terms, waiting_from=1) is Freshness.MISSING


def test_what_is_in_review_counts_only_if_it_catches_up():
    terms = {"live": True, "translated_from": 1, "original": 5, "significances": CHANGES}
    assert freshness(**terms, waiting_from=5) is Freshness.IN_REVIEW
    assert freshness(**terms, waiting_from=3) is Freshness.BADLY_BEHIND
    assert (
        freshness(live=True, translated_from=5, original=5, significances=CHANGES, waiting_from=5) is Freshness.CURRENT
    )


versions = st.integers(1, 6)


@given(versions, versions, st.dictionaries(versions, st.sampled_from(list(Significance))))
def test_it_is_behind_as_much_as_the_original_would_be_behind_it(one, other, significances):
    there = freshness(live=True, translated_from=one, original=other, significances=significances)
    back = freshness(live=True, translated_from=other, original=one, significances=significances)
    assert there is back
    assert (one == other) <= (there is Freshness.CURRENT)
