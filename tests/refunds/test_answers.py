"""An assessment in words and bars."""

from decimal import Decimal

import pytest
from django.utils.translation import override

from helpcenter.domain.facts import read_sheet
from helpcenter.domain.refunds import Earlier, Usage, assess, provider_refund_policy, refund_policy
from helpcenter.refunds.answers import LIMIT_AT, Answer, typed
from tests.builders import LANGUAGES, a_sheet_body


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


def an_answer(minutes, images, *, earlier=Earlier.UNSURE, lifetime=None, **facts):
    sheet = read_sheet(a_sheet_body(**facts), version=1, languages=LANGUAGES)
    usage = Usage(Decimal(minutes), images, earlier, None if lifetime is None else Decimal(lifetime))
    return Answer(assess(refund_policy(sheet), usage), assess(provider_refund_policy(sheet), usage))


def test_it_says_by_how_much_each_condition_is_met_or_missed():
    below, over = an_answer("19.5", 26).bars
    assert below.sentence == "GPU minutes: 19.5 used, 0.5 below the limit of 20. Condition met."
    assert over.sentence == "Images: 26 used, 6 over the limit of 20. Condition not met."


def test_the_limit_itself_is_named_as_such():
    assert an_answer(20, 20).bars[0].sentence == (
        "GPU minutes: 20 used, exactly the limit. It has to be fewer than 20. Condition not met."
    )


def test_what_nobody_knows_is_said_to_be_unknown():
    bars = an_answer(1, 1, refund__scope="lifetime").bars
    assert bars[0].sentence == "GPU minutes: not known, the limit is 20."
    assert bars[0].used == 0


@pytest.mark.parametrize(
    ("minutes", "used"),
    [(0, 0), (10, 30), (20, LIMIT_AT), (30, 90), (40, 100), (5000, 100)],
)
def test_a_bar_is_to_scale_and_never_longer_than_itself(minutes, used):
    assert an_answer(minutes, 1).bars[0].used == used


def test_a_limit_of_nothing_can_be_drawn():
    assert an_answer(0, 0, refund__gpu_minutes="0").bars[0].used == 0


def test_a_refusal_says_what_would_turn_it():
    assert an_answer(20, 20).change == "It would be otherwise with: GPU minutes below 20 or Images below 20."
    assert an_answer(20, 20, refund__combine="all").change.endswith("GPU minutes below 20 and Images below 20.")
    assert an_answer(1, 1).change == ""


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"minutes": 1, "earlier": Earlier.NO}, "By that rule you can get a refund"),
        ({"minutes": 1, "lifetime": 19}, "By that rule you can get a refund"),
        ({"minutes": 1, "lifetime": 600}, "By that rule there is no refund"),
        ({"minutes": 20, "earlier": Earlier.NO}, "By that rule there is no refund"),
        ({"minutes": 20}, "By that rule there is no refund"),
        ({"minutes": 1, "earlier": Earlier.YES}, "Expect no refund: earlier use counts too"),
        ({"minutes": 1}, "It depends on earlier subscriptions"),
    ],
)
def test_the_providers_own_rule_in_a_sentence(answer, words):
    assert words in an_answer(images=1, **answer).provider_sentence


def test_the_sentence_says_what_the_providers_rule_counts():
    assert "every GPU minute that the account ever used" in an_answer(1, 1).provider_sentence
    narrower = an_answer(1, 1, provider_refund__scope="subscription").provider_sentence
    assert narrower.startswith("It counts GPU minutes only.")


@pytest.mark.parametrize(
    ("number", "words"), [("20", "20"), ("20.50", "20.5"), ("20.0", "20"), ("100", "100"), ("1E+2", "100")]
)
def test_a_number_as_a_person_would_type_it(number, words):
    assert typed(Decimal(number)) == words
