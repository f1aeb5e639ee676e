"""Shares of few answers are not told as shares; what only mends a typo keeps the score."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpcenter.domain.helpfulness import Edition, Rate, editions
from helpcenter.domain.versions import Significance

TYPO, CONTENT, MAJOR = Significance.TYPO, Significance.CONTENT, Significance.MAJOR


@pytest.mark.parametrize(
    ("helped", "total", "low", "high"),
    # Wilson's interval, from Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_wilsons(helped, total, low, high):
    assert Rate(helped, total).interval == pytest.approx((low, high), abs=0.0001)


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_share_lies_in_its_interval(helped, others):
    rate = Rate(helped, helped + others)
    low, high = rate.interval
    assert 0 <= low <= rate.share <= high <= 1 or rate.total == 0


def test_few_answers_are_no_share():
    assert Rate(9, 9).is_small
    assert not Rate(10, 10).is_small


def test_a_typo_keeps_the_score_and_content_begins_anew():
    versions = [
        (1, CONTENT, Rate(8, 10)),
        (2, TYPO, Rate(1, 2)),
        (3, MAJOR, Rate(3, 30)),
        (4, CONTENT, Rate(0, 0)),
        (5, TYPO, Rate(1, 1)),
    ]
    assert editions(versions) == [
        Edition((1, 2), Rate(9, 12)),
        Edition((3,), Rate(3, 30), is_worse=True),
        Edition((4, 5), Rate(1, 1)),
    ]


def test_a_first_version_stands_by_itself_whatever_it_is_called():
    assert editions([(1, TYPO, Rate(1, 1))]) == [Edition((1,), Rate(1, 1))]
    assert editions([]) == []


def test_worse_is_more_than_chance():
    assert not Rate(7, 10).is_worse_than(Rate(8, 10))
    assert Rate(10, 100).is_worse_than(Rate(80, 100))
    assert not Rate(0, 0).is_worse_than(Rate(80, 100))
