"""Whether a refund is due, with the limits of the bundled fact sheet; and what people type as numbers."""

import random
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from helpcenter.domain.facts import Fact, FactKind, FactSheet, read_sheet
from helpcenter.domain.refunds import (
    MAX_GPU_MINUTES,
    MAX_IMAGES,
    REFUND_FACT_KEYS,
    Combine,
    Condition,
    Earlier,
    Judgement,
    Metric,
    RefundPolicy,
    Scope,
    Usage,
    UsageError,
    UsageReason,
    Verdict,
    assess,
    provider_refund_policy,
    read_decimal,
    read_whole,
    refund_policy,
)

BUNDLED = Path(__file__).parents[2] / "articles" / "content" / "facts.yaml"
SHEET = read_sheet(yaml.safe_load(BUNDLED.read_text("utf-8")), version=1, languages=("zh-hant", "en"))
DEFAULT, PROVIDER = refund_policy(SHEET), provider_refund_policy(SHEET)
ELIGIBLE, NOT_ELIGIBLE, UNKNOWN = Verdict.ELIGIBLE, Verdict.NOT_ELIGIBLE, Verdict.UNKNOWN
TINY = Decimal("0.000000001")
LOSING_FIRST = (NOT_ELIGIBLE, UNKNOWN, ELIGIBLE)


def usage(gpu_minutes="0", images=0, earlier=Earlier.UNSURE, lifetime=None) -> Usage:
    return Usage(Decimal(gpu_minutes), images, earlier, None if lifetime is None else Decimal(lifetime))


def a_sheet(**changed: Decimal | str) -> FactSheet:
    """The bundled sheet with other values: refund__scope="lifetime"."""
    facts = dict(SHEET.facts)
    for name, value in changed.items():
        key = name.replace("__", ".")
        facts[key] = replace(facts[key], value=value)
    return FactSheet(2, facts)


minutes = st.decimals(0, MAX_GPU_MINUTES, places=2)
near_the_limit = st.decimals(0, 40, places=1)


@st.composite
def usages(draw) -> Usage:
    gpu_minutes = draw(near_the_limit | minutes)
    lifetime = draw(st.none() | st.decimals(gpu_minutes, MAX_GPU_MINUTES, places=2))
    images = draw(st.integers(0, 40) | st.integers(0, MAX_IMAGES))
    return Usage(gpu_minutes, images, draw(st.sampled_from(Earlier)), lifetime)


conditions = st.builds(Condition, st.sampled_from(Metric), near_the_limit, st.sampled_from(Scope))
policies = st.builds(
    RefundPolicy, st.lists(conditions, min_size=1, max_size=3).map(tuple), st.sampled_from(Combine), st.just(())
)


@pytest.mark.parametrize(
    ("gpu_minutes", "images", "lifetime", "by_default", "by_provider"),
    [
        pytest.param("0", 0, "0", ELIGIBLE, ELIGIBLE, id="new subscriber, unused"),
        pytest.param("19.9", 19, "19.9", ELIGIBLE, ELIGIBLE, id="just below both limits"),
        pytest.param("20", 20, "20", NOT_ELIGIBLE, NOT_ELIGIBLE, id="exactly at both limits"),
        pytest.param("26", 4, "26", ELIGIBLE, NOT_ELIGIBLE, id="few images, much GPU (video)"),
        pytest.param("12", 40, "12", ELIGIBLE, ELIGIBLE, id="many quick images, little GPU"),
        pytest.param("0", 0, "600", ELIGIBLE, NOT_ELIGIBLE, id="returning customer, unused this time"),
        pytest.param("0", 0, "5000", ELIGIBLE, NOT_ELIGIBLE, id="renewal forgotten after a year of use"),
        pytest.param("90", 100, "90", NOT_ELIGIBLE, NOT_ELIGIBLE, id="both above"),
    ],
)
def test_the_cases_worked_through_in_the_facts(gpu_minutes, images, lifetime, by_default, by_provider):
    used = usage(gpu_minutes, images, lifetime=lifetime)
    assert assess(DEFAULT, used).verdict is by_default
    assert assess(PROVIDER, used).verdict is by_provider


@pytest.mark.parametrize(
    ("gpu_minutes", "earlier", "lifetime", "verdict", "assumed"),
    [
        pytest.param("5", Earlier.NO, None, ELIGIBLE, False, id="the first subscription is the whole life"),
        pytest.param("20", Earlier.NO, None, NOT_ELIGIBLE, False, id="the first subscription, at the limit"),
        pytest.param("5", Earlier.YES, None, NOT_ELIGIBLE, True, id="nobody is promised money for an unknown total"),
        pytest.param("20", Earlier.YES, None, NOT_ELIGIBLE, False, id="over the limit whatever came before"),
        pytest.param("5", Earlier.YES, "19", ELIGIBLE, False, id="the total, where it is known, decides"),
        pytest.param("5", Earlier.NO, "30", NOT_ELIGIBLE, False, id="also against the answer about earlier use"),
        pytest.param("5", Earlier.UNSURE, None, UNKNOWN, False, id="hangs on what the reader does not know"),
        pytest.param("20", Earlier.UNSURE, None, NOT_ELIGIBLE, False, id="unsure, but over the limit already"),
        pytest.param("5", Earlier.UNSURE, "5", ELIGIBLE, False, id="unsure, but the total is known"),
    ],
)
def test_the_providers_rule_counts_the_life_of_the_account(gpu_minutes, earlier, lifetime, verdict, assumed):
    assessment = assess(PROVIDER, usage(gpu_minutes, 0, earlier, lifetime))
    assert assessment.verdict is verdict
    assert [judgement.assumed for judgement in assessment.judgements] == [assumed]


def test_images_of_earlier_subscriptions_are_not_known_unless_there_were_none():
    policy = refund_policy(a_sheet(refund__scope="lifetime"))
    few = {"gpu_minutes": "30", "images": 3, "lifetime": "600"}
    assert assess(policy, usage(**few, earlier=Earlier.NO)).verdict is ELIGIBLE
    assert assess(policy, usage(**few, earlier=Earlier.UNSURE)).verdict is UNKNOWN
    assert assess(policy, usage(**few, earlier=Earlier.YES)).verdict is NOT_ELIGIBLE
    assert assess(policy, usage("30", 20, lifetime="600")).verdict is NOT_ELIGIBLE


@given(conditions, st.sampled_from(Metric))
def test_the_limit_itself_does_not_meet_a_condition_and_anything_less_does(condition, metric):
    condition = Condition(metric, Decimal(int(condition.below) + 1), condition.scope)
    at = usage(condition.below, int(condition.below), Earlier.NO)
    below = usage(condition.below - TINY, int(condition.below) - 1, Earlier.NO)
    assert condition.judge(at) == Judgement(condition, condition.below, met=False)
    assert condition.judge(below).met is True


@pytest.mark.parametrize(("gpu_minutes", "by"), [("12.5", "7.5"), ("20", "0"), ("26", "6")])
def test_a_judgement_says_how_far_from_the_limit(gpu_minutes, by):
    assert DEFAULT.conditions[0].judge(usage(gpu_minutes)).by == Decimal(by)


def test_what_is_not_known_has_no_distance():
    assert PROVIDER.conditions[0].judge(usage("5")).by is None


@pytest.mark.parametrize(
    ("combine", "gpu_minutes", "images", "verdict", "deciding"),
    [
        ("any", "5", 5, ELIGIBLE, [Metric.GPU_MINUTES, Metric.IMAGES]),
        ("any", "5", 50, ELIGIBLE, [Metric.GPU_MINUTES]),
        ("any", "50", 5, ELIGIBLE, [Metric.IMAGES]),
        ("any", "50", 50, NOT_ELIGIBLE, [Metric.GPU_MINUTES, Metric.IMAGES]),
        ("all", "5", 5, ELIGIBLE, [Metric.GPU_MINUTES, Metric.IMAGES]),
        ("all", "5", 50, NOT_ELIGIBLE, [Metric.IMAGES]),
        ("all", "50", 5, NOT_ELIGIBLE, [Metric.GPU_MINUTES]),
        ("all", "50", 50, NOT_ELIGIBLE, [Metric.GPU_MINUTES, Metric.IMAGES]),
    ],
)
def test_what_the_verdict_rests_on_when_one_condition_is_enough_and_when_all_are_needed(
    combine, gpu_minutes, images, verdict, deciding
):
    assessment = assess(refund_policy(a_sheet(refund__combine=combine)), usage(gpu_minutes, images))
    assert assessment.verdict is verdict
    assert [judgement.condition.metric for judgement in assessment.deciding] == deciding
    assert [condition.metric for condition in assessment.would_change] == deciding


@pytest.mark.parametrize(
    ("combine", "images", "verdict"),
    [("any", 5, ELIGIBLE), ("any", 50, UNKNOWN), ("all", 5, UNKNOWN), ("all", 50, NOT_ELIGIBLE)],
)
def test_what_is_not_known_leaves_the_verdict_open_only_where_it_can_turn_it(combine, images, verdict):
    unknown, known = PROVIDER.conditions[0], DEFAULT.conditions[1]
    policy = RefundPolicy((unknown, known), Combine(combine), ())
    assessment = assess(policy, usage("5", images))
    assert assessment.verdict is verdict
    assert [judgement.condition for judgement in assessment.deciding] == [unknown if verdict is UNKNOWN else known]


@given(policies, usages())
def test_what_would_change_a_refusal_does_change_it(policy, used):
    assessment = assess(policy, used)
    if assessment.verdict is not NOT_ELIGIBLE:
        return
    assert assessment.would_change
    otherwise = [
        replace(judgement, met=True) if judgement.condition in assessment.would_change else judgement
        for judgement in assessment.judgements
    ]
    assert replace(assessment, judgements=tuple(otherwise)).verdict is not NOT_ELIGIBLE


@given(policies, usages(), st.data())
def test_less_usage_never_costs_a_refund(policy, used, data):
    gpu_minutes = data.draw(st.decimals(0, used.gpu_minutes, places=2))
    images = data.draw(st.integers(0, used.images))
    lifetime = used.lifetime_gpu_minutes
    if lifetime is not None:
        lifetime = data.draw(st.decimals(gpu_minutes, lifetime, places=2))
    less = Usage(gpu_minutes, images, used.earlier, lifetime)
    before, after = assess(policy, used).verdict, assess(policy, less).verdict
    assert LOSING_FIRST.index(after) >= LOSING_FIRST.index(before)


def test_ten_thousand_usages_against_the_rules_in_one_line_each():
    dice = random.Random(20)
    seen = set()
    for _ in range(10_000):
        most = dice.choice((40, 1_000_000))
        gpu_minutes, images = Decimal(dice.randint(0, most * 10)) / 10, dice.randint(0, most)
        gpu_minutes = min(gpu_minutes, MAX_GPU_MINUTES)
        lifetime = min(gpu_minutes + dice.randint(0, most), MAX_GPU_MINUTES)
        used = Usage(gpu_minutes, images, dice.choice(list(Earlier)), lifetime)
        verdicts = (assess(DEFAULT, used).verdict, assess(PROVIDER, used).verdict)
        assert verdicts[0] is (ELIGIBLE if gpu_minutes < 20 or images < 20 else NOT_ELIGIBLE)
        assert verdicts[1] is (ELIGIBLE if lifetime < 20 else NOT_ELIGIBLE)
        seen.add(verdicts)
    assert len(seen) == 3  # the provider is never the milder one


def test_another_limit_on_the_sheet_is_another_rule():
    policy = refund_policy(a_sheet(refund__gpu_minutes=Decimal(30), refund__images=Decimal(5)))
    assert assess(policy, usage("29", 5)).verdict is ELIGIBLE
    assert assess(policy, usage("30", 5)).verdict is NOT_ELIGIBLE
    stricter = provider_refund_policy(
        a_sheet(provider_refund__gpu_minutes=Decimal(2), provider_refund__scope="subscription")
    )
    assert assess(stricter, usage("1", lifetime="600")).verdict is ELIGIBLE
    assert assess(stricter, usage("2")).verdict is NOT_ELIGIBLE


def test_a_policy_shows_where_its_limits_were_read_and_when():
    for policy in (DEFAULT, PROVIDER):
        assert all(fact.source and fact.checked_on and fact.key in REFUND_FACT_KEYS for fact in policy.sources)
    assert {SHEET["refund.gpu_minutes"], SHEET["refund.images"]} <= {*DEFAULT.sources}
    assert SHEET["provider_refund.gpu_minutes"] in PROVIDER.sources


def test_the_policies_read_no_fact_but_those_listed():
    listed = {key: SHEET[key] for key in REFUND_FACT_KEYS}
    assert refund_policy(FactSheet(1, listed)) == DEFAULT
    assert provider_refund_policy(FactSheet(1, listed)) == PROVIDER


@pytest.mark.parametrize(
    ("numbers", "field", "reason"),
    [
        ({"gpu_minutes": "NaN"}, "gpu_minutes", UsageReason.NOT_FINITE),
        ({"gpu_minutes": "Infinity"}, "gpu_minutes", UsageReason.NOT_FINITE),
        ({"gpu_minutes": "-0.1"}, "gpu_minutes", UsageReason.NEGATIVE),
        ({"gpu_minutes": "1000000.1"}, "gpu_minutes", UsageReason.TOO_LARGE),
        ({"images": -1}, "images", UsageReason.NEGATIVE),
        ({"images": 1_000_001}, "images", UsageReason.TOO_LARGE),
        ({"lifetime": "-1"}, "lifetime_gpu_minutes", UsageReason.NEGATIVE),
        ({"lifetime": "sNaN"}, "lifetime_gpu_minutes", UsageReason.NOT_FINITE),
        ({"lifetime": "1000001"}, "lifetime_gpu_minutes", UsageReason.TOO_LARGE),
        (
            {"gpu_minutes": "20", "lifetime": "19.9"},
            "lifetime_gpu_minutes",
            UsageReason.LIFETIME_BELOW_SUBSCRIPTION,
        ),
    ],
)
def test_numbers_that_no_account_can_have(numbers, field, reason):
    with pytest.raises(UsageError) as caught:
        usage(**numbers)
    assert (caught.value.field, caught.value.reason) == (field, reason)


def test_the_largest_numbers_that_are_taken():
    assert assess(DEFAULT, usage(MAX_GPU_MINUTES, MAX_IMAGES, lifetime=MAX_GPU_MINUTES)).verdict is NOT_ELIGIBLE


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0", "0"),
        (" 19.99 ", "19.99"),
        ("19.0", "19"),
        (".5", "0.5"),
        ("007", "7"),
        ("２０", "20"),
        ("１９．５", "19.5"),
        ("19。5", "19.5"),
        ("１９｡５", "19.5"),
        ("\u300012\u3000", "12"),
        ("1,234.5", "1234.5"),
        ("１，２３４", "1234"),
        ("1,000,000", "1000000"),
        (" " * 100 + "5", "5"),
    ],
)
def test_numbers_as_people_type_them(typed, number):
    assert read_decimal(typed) == Decimal(number)


@pytest.mark.parametrize(
    ("reason", "all_typed"),
    [
        (UsageReason.EMPTY, ["", "   ", "\u3000", "\n"]),
        (UsageReason.NEGATIVE, ["-1", "- 1", "−5", "－５", "-.5", "-0"]),
        (UsageReason.TOO_LARGE, ["1000000.01", "1,000,001", "9" * 40, "9" * 41, "9" * 5000, "９" * 5000]),
        (
            UsageReason.MALFORMED,
            [
                *("+5", "1e3", "1E400", "NaN", "inf", "-inf", "1_000", "0x14", "1/2", "½", "--5", "-", "x" * 5000),
                *("1,00", "1,0000", ",5", "5,", "12,34.5", "1.000,5", "1.2.3", "1。2。3", "1、5", "。5", "5.", "5。"),
                *(".", "1 000", "20分", "二十", "٢٠", "२०", "😀", "\x00"),
            ],
        ),
    ],
)
def test_what_is_not_a_number_gets_its_reason(reason, all_typed):
    for typed in all_typed:
        with pytest.raises(UsageError) as caught:
            read_decimal(typed)
        assert caught.value.reason is reason, typed


def test_a_typed_number_just_below_the_limit_is_below_it_to_the_last_digit():
    below = read_decimal("19." + "9" * 37)
    assert assess(DEFAULT, Usage(below, 20)).verdict is ELIGIBLE


@pytest.mark.parametrize(("typed", "whole"), [("19", 19), ("19.0", 19), ("２０", 20), ("1,234", 1234), ("0", 0)])
def test_whole_numbers(typed, whole):
    assert read_whole(typed) == whole


@pytest.mark.parametrize("typed", ["19.5", "0.1", "19。5", "0." + "0" * 30 + "1"])
def test_a_fraction_of_an_image_is_refused(typed):
    with pytest.raises(UsageError) as caught:
        read_whole(typed)
    assert caught.value.reason is UsageReason.NOT_WHOLE


nearly_numbers = st.text("0123456789０９٢².．。｡,，、+-−－eE_ \u3000naif", max_size=45)


@given(st.text() | nearly_numbers)
def test_whatever_is_typed_gives_a_number_in_range_or_a_reason(typed):
    try:
        number = read_decimal(typed)
    except UsageError:
        with pytest.raises(UsageError):
            read_whole(typed)
    else:
        assert 0 <= number <= MAX_GPU_MINUTES


@given(minutes)
def test_every_spelling_of_a_number_reads_as_that_number(number):
    plain, grouped = f"{number:f}", f"{number:,f}"
    wide = str.maketrans("0123456789.,", "０１２３４５６７８９．，")
    chinese = plain.replace(".", "。")
    assert {read_decimal(each) for each in (plain, grouped, grouped.translate(wide), chinese)} == {number}


def test_a_fact_keeps_its_kind_in_these_tests():
    """`a_sheet` must change values only, or the tests above would read a sheet that no editor can make."""
    changed = a_sheet(refund__combine="all")["refund.combine"]
    assert changed == Fact("refund.combine", FactKind.CHOICE, "all", changed.source, SHEET["refund.combine"].checked_on)
