"""What is live when, read off a list of live changes."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from helpcenter.domain.versions import Change, Span, live_at, spans

JANUARY, MARCH, MAY = (datetime(2026, month, 1, tzinfo=UTC) for month in (1, 3, 5))
AN_INSTANT = timedelta(microseconds=1)

instants = st.integers(0, 20).map(lambda hours: JANUARY + timedelta(hours=hours))
histories = st.lists(
    st.builds(Change, at=instants, revision=st.none() | st.integers(1, 5)), unique_by=lambda change: change.at
)


def test_nothing_is_live_before_the_first_change():
    assert live_at([Change(MARCH, "first")], MARCH - AN_INSTANT) is None


def test_a_revision_is_live_from_its_very_instant():
    assert live_at([Change(MARCH, "first")], MARCH) == "first"


def test_a_planned_revision_is_not_live_before_its_day():
    changes = [Change(JANUARY, "old"), Change(MAY, "new")]
    assert live_at(changes, MARCH) == "old"
    assert live_at(changes, MAY) == "new"


def test_nothing_is_live_while_retired_and_something_again_when_it_comes_back():
    changes = [Change(JANUARY, "old"), Change(MARCH, None), Change(MAY, "old")]
    assert live_at(changes, MARCH) is None
    assert live_at(changes, MAY) == "old"


def test_spans_have_an_end_where_the_next_change_begins():
    changes = [Change(MARCH, None), Change(JANUARY, "old")]
    assert list(spans(changes)) == [Span(JANUARY, MARCH, "old"), Span(MARCH, None, None)]


@given(histories)
def test_spans_leave_no_gap_and_do_not_overlap(history):
    told = list(spans(history))
    assert len(told) == len(history)
    assert all(earlier.end == later.start for earlier, later in pairwise(told))
    assert [span.end for span in told[-1:]] in ([], [None])


@given(histories, instants)
def test_spans_and_the_instant_tell_the_same_story_in_any_order(history, at):
    covering = [span.revision for span in spans(history) if span.start <= at and (span.end is None or at < span.end)]
    assert [live_at(history, at)] == (covering or [None])
    assert live_at(list(reversed(history)), at) == live_at(history, at)
