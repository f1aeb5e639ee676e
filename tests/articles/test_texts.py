"""What an article says, read from a revision's body: whole, or refused with everything that is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.steps import DRAWINGS, read_step
from articles.texts import GLANCE, read_text
from helpcenter.domain.findings import Refused
from tests.builders import a_body, a_glance

STEP = {"key": "sign-in", "title": "Sign in", "text": "Here.", "see": "Your page.", "if_not": "Ask."}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def refusals(read, *args):
    with pytest.raises(Refused) as refused:
        read(*args)
    return [(finding.code, finding.where) for finding in refused.value.findings]


def test_an_article_is_read_with_its_words_steps_and_sources():
    text = read_text(a_body(" A title ", steps=("one", "two"), text="Words.", at_a_glance=a_glance("yes")))
    assert text.title == "A title"
    assert [step.key for step in text.steps] == ["one", "two"]
    assert list(text.at_a_glance) == list(GLANCE)
    assert text.sources == ("a page",)
    assert text.checked_on.isoformat() == "2026-10-07"


def test_its_passages_come_in_reading_order_each_with_its_field():
    text = read_text(a_body(steps=("one",), text="Words.", at_a_glance=a_glance()))
    assert [field for field, _ in text.passages()] == [
        "title", "summary", *(f"at_a_glance.{key}" for key in GLANCE),
        "steps.one.title", "steps.one.text", "steps.one.see", "steps.one.if_not", "text",
    ]  # fmt: skip


def test_an_article_may_do_without_steps_glance_and_text():
    text = read_text(a_body())
    assert (text.steps, text.at_a_glance, text.text) == ((), {}, "")


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"title": " "}, ("field-empty", "title")),
        ({"summary": None}, ("field-empty", "summary")),
        ({"checked_on": "soon"}, ("date-malformed", "checked_on")),
        ({"at_a_glance": {"refund": "no"}}, ("glance-incomplete", "at_a_glance")),
        ({"at_a_glance": {**a_glance(), "steps": " "}}, ("glance-incomplete", "at_a_glance")),
        ({"steps": "one"}, ("field-not-a-list", "steps")),
        ({"sources": "a page"}, ("field-not-a-list", "sources")),
        ({"steps": ["one"]}, ("step-malformed", "steps.1")),
        ({"steps": [STEP, STEP]}, ("step-key-twice", "steps")),
    ],
)
def test_what_is_missing_or_malformed_is_refused_by_field(change, refusal):
    assert refusals(read_text, {**a_body(), **change}) == [refusal]


def test_everything_that_is_wrong_is_told_at_once():
    assert len(refusals(read_text, {})) == 3


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"key": "Sign in"}, ("step-key-malformed", "steps.4.key")),
        ({"key": "1st"}, ("step-key-malformed", "steps.4.key")),
        ({"see": ""}, ("field-empty", "steps.4.see")),
        ({"drawing": "a-cat", "alt": "a cat"}, ("drawing-unknown", "steps.4.drawing")),
        ({"drawing": DRAWINGS[0]}, ("field-empty", "steps.4.alt")),
    ],
)
def test_a_step_is_refused_by_its_place_and_field(change, refusal):
    assert refusals(read_step, {**STEP, **change}, 4) == [refusal]


def test_a_step_may_have_a_drawing_that_is_described():
    step = read_step({**STEP, "drawing": DRAWINGS[0], "alt": " The button. "}, 1)
    assert (step.drawing, step.alt) == (DRAWINGS[0], "The button.")


@given(st.fixed_dictionaries({}, optional=dict.fromkeys([*a_body(), "steps", "at_a_glance"], ANYTHING)))
def test_any_body_is_read_or_refused_and_nothing_else_happens(changes):
    try:
        read_text({**a_body(), **changes})
    except Refused as refused:
        assert refused.findings  # noqa: PT017 (either way is right)
