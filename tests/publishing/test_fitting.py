"""Plans lean on each other, a text on a planned fact, a flow on a planned article: none goes from under another."""

from datetime import timedelta

import pytest

from helpcenter.domain.findings import Refused
from helpcenter.domain.versions import Significance
from helpcenter.publishing.models import Document, Kind, LiveChange
from helpcenter.publishing.verbs import begin_draft, move_plan, publish, retire, withdraw_plan
from tests.builders import LANGUAGES, a_body, a_fact, a_flow_body, a_sheet_body, a_site, an_article, at

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
SOON = at("2090-01-01")
"""Ahead of the database's clock, so that what is planned has not happened for its triggers."""


@pytest.fixture(autouse=True)
def site():
    a_site()


@pytest.fixture
def article():
    return an_article(history={"2026-01-02": a_body("first")})


@pytest.fixture
def sheet():
    return Document.objects.get(kind=Kind.FACTS)


@pytest.fixture
def flow():
    return Document.objects.get(kind=Kind.FLOW)


def plan(document, body, begins, ends=None):
    draft = begin_draft(document, body, by=None, now=SOON)
    until = SOON + ends * DAY if ends else None
    return publish(
        draft, by=None, note="n", significance=Significance.MAJOR, at=SOON + begins * DAY, now=SOON, until=until
    )


def with_another_fact():
    body = a_sheet_body()
    body["facts"]["site.extra"] = a_fact("7")
    return body


def inserting_it(title="With it"):
    return a_body(title, text="It is {{site.extra}}.")


def walking(slug):
    body = a_flow_body()
    body["nodes"]["way"]["walk"] = slug
    return body


def walked(slug="fresh", begins=1, ends=None):
    """Plans for an article that can be walked, one in each language."""
    texts = [an_article(slug, language, history={}) for language in LANGUAGES]
    return [plan(text, a_body("Fresh", steps=("go", "stop")), begins, ends) for text in texts]


def refused(act, *codes):
    with pytest.raises(Refused) as error:
        act()
    assert {finding.code for finding in error.value.findings} >= set(codes)


class TestTheFactsOfATextThatIsPlanned:
    def test_the_sheet_that_has_them_is_not_called_off(self, article, sheet):
        leaned_on = plan(sheet, with_another_fact(), 1)
        plan(article, inserting_it(), 2)
        refused(lambda: withdraw_plan(leaned_on, by=None, now=SOON), "wrong-from", "fact-in-use")
        assert LiveChange.objects.filter(pk=leaned_on.pk).exists()

    @pytest.mark.parametrize(("begins", "ends"), [(1, 3), (6, None)])
    def test_nor_does_it_end_before_or_begin_after_them(self, article, sheet, begins, ends):
        leaned_on = plan(sheet, with_another_fact(), 1)
        plan(article, inserting_it(), 2)
        until = SOON + ends * DAY if ends else None
        refused(
            lambda: move_plan(leaned_on, by=None, at=SOON + begins * DAY, until=until, now=SOON),
            "wrong-from",
            "fact-in-use",
        )
        leaned_on.refresh_from_db()
        assert leaned_on.at == SOON + DAY

    def test_an_end_is_not_called_off_if_the_text_would_outlive_its_facts(self, article, sheet):
        plan(sheet, with_another_fact(), 1)
        limited = plan(article, inserting_it(), 2, ends=5)
        plan(sheet, a_sheet_body(), 10)
        refused(lambda: withdraw_plan(limited.end, by=None, now=SOON), "wrong-from", "fact-in-use")
        assert LiveChange.objects.filter(ends=limited).exists()

    def test_a_plan_that_nothing_leans_on_is_called_off(self, article, sheet):
        leaned_on = plan(sheet, with_another_fact(), 1)
        leaning = plan(article, inserting_it(), 2)
        withdraw_plan(leaning, by=None, now=SOON)
        withdraw_plan(leaned_on, by=None, now=SOON)
        assert not LiveChange.objects.filter(at__gt=SOON).exists()


class TestTheArticleOfAPlannedFlow:
    def test_it_is_not_called_off(self, flow):
        plans = walked()
        plan(flow, walking("fresh"), 2)
        original = next(each for each in plans if each.document.language == LANGUAGES[0])
        refused(lambda: withdraw_plan(original, by=None, now=SOON), "wrong-from", "flow-article-unknown")

    def test_it_does_not_end_while_it_is_walked(self, flow):
        walked(ends=5)
        refused(lambda: plan(flow, walking("fresh"), 2), "wrong-from", "flow-article-unknown")

    def test_it_is_not_retired(self, flow):
        texts = [
            an_article("fresh", language, history={"2026-01-02": a_body("Fresh", steps=("go", "stop"))})
            for language in LANGUAGES
        ]
        plan(flow, walking("fresh"), 2)
        original = next(each for each in texts if each.language == LANGUAGES[0])
        refused(lambda: retire(original, by=None, at=SOON, now=SOON), "wrong-from", "flow-article-unknown")


def test_what_did_not_fit_before_does_not_stop_who_mends_something_else(article, sheet):
    plan(sheet, with_another_fact(), 1)
    leaning = plan(article, inserting_it(), 2)
    LiveChange.objects.filter(document=sheet, at__gt=SOON).delete()  # as no verb would
    other = an_article("other", history={"2026-01-02": a_body()})
    plan(other, a_body("Mended"), 3)
    withdraw_plan(leaning, by=None, now=SOON)
