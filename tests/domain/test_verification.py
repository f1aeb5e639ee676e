"""When a text is due to be checked again."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from helpcenter.domain.verification import due

DAY = date(2026, 10, 7)


def test_it_is_due_after_its_interval():
    assert due(DAY, 180) == date(2027, 4, 5)


@given(st.integers(1, 1000), st.text(min_size=1))
def test_the_first_time_lies_in_the_second_half_of_the_interval(days, name):
    assert DAY + timedelta(days=days // 2) <= due(DAY, days, spread_by=name) <= DAY + timedelta(days=days)


def test_texts_that_came_together_are_not_due_together():
    assert len({due(DAY, 180, spread_by=f"topic-{number} en") for number in range(24)}) > 15
