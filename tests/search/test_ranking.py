"""How well an entry fits, from its words alone."""

import pytest

from helpcenter.search.engines import Candidate, Tier
from helpcenter.search.models import FIELDS
from helpcenter.search.ranking import Wanted, ranked


def score(body: str, *phrases: tuple[str, ...]) -> float:
    """Of an entry that says this, where all of these are asked for."""
    entry = Candidate(Tier.PART, {**dict.fromkeys(FIELDS, ""), "body": body}, (), order=0)
    wanted = [Wanted({phrase: 1.0}, {phrase: 1}, 2.0, frozenset({place})) for place, phrase in enumerate(phrases)]
    return ranked([entry], wanted)[0].score


@pytest.mark.parametrize("word", ["refund", "退款"])
def test_a_word_counts_as_often_as_it_is_said_side_by_side_too(word):
    assert score(f"{word} {word} {word}", (word,)) == score(f"{word} x {word} x {word}", (word,)) > score(word, (word,))


def test_a_word_in_another_is_not_said():
    assert score("refund prefund fund", ("fund",)) == score("x x fund", ("fund",))
    assert not score("refund", ("fund",))
