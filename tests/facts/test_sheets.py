"""Which sheet speaks at an instant, and what a new one may not take away."""

import pytest
from django.http import Http404

from helpcenter.domain.findings import Refused
from helpcenter.domain.versions import Significance
from helpcenter.facts.sheets import check_sheet, check_text, sheet_at, sheet_numbered
from helpcenter.publishing.models import Revision
from helpcenter.publishing.verbs import publish, retire
from tests.builders import a_body, a_draft, a_fact, a_sheet, a_sheet_body, an_article, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def sheet():
    """Twenty minutes, thirty from March on."""
    return a_sheet({"2026-01-01": a_sheet_body(), "2026-03-01": a_sheet_body(refund__gpu_minutes="30")})


def test_each_day_has_the_sheet_that_was_live_then(sheet):
    assert sheet_at(at("2026-02-28")).number("refund.gpu_minutes") == 20
    assert sheet_at(at("2026-03-01")).number("refund.gpu_minutes") == 30
    assert sheet_at(at("2026-03-01")).version == 2


def test_before_the_first_sheet_nothing_is_found(sheet):
    with pytest.raises(Http404):
        sheet_at(at("2025-12-31"))


def test_a_version_of_the_sheet_stays_for_ever_once_readers_have_seen_it(sheet):
    assert sheet_numbered(1, at=at("2026-12-01")).number("refund.gpu_minutes") == 20
    with pytest.raises(Http404):
        sheet_numbered(2, at=at("2026-02-28"))
    with pytest.raises(Http404):
        sheet_numbered(3, at=at("2026-12-01"))


def test_a_fact_in_use_cannot_be_taken_away(sheet):
    article = an_article(history={"2026-04-01": a_body(text="Go to {{site.account}}.")})
    body = a_sheet_body()
    del body["facts"]["site.account"]
    draft = a_draft(sheet, body)
    terms = {"by": None, "note": "", "significance": Significance.CONTENT}
    with pytest.raises(Refused) as refused:
        publish(draft, **terms, at=at("2026-05-01"), now=at("2026-05-01"))
    assert [(finding.code, finding.where) for finding in refused.value.findings] == [("fact-in-use", "site.account")]
    assert "site.account" in sheet_at(at("2026-05-01"))
    retire(article, by=None, at=at("2026-06-01"), now=at("2026-06-01"))
    publish(draft, **terms, at=at("2026-06-02"), now=at("2026-06-02"))
    assert "site.account" not in sheet_at(at("2026-06-02"))


@pytest.mark.parametrize(
    "body", [{}, {"facts": None}, {"facts": ["refund.images"]}, {"facts": {"refund.images": "20"}}]
)
def test_what_is_no_sheet_at_all_is_a_finding(sheet, body):
    assert [finding.code for finding in check_sheet(sheet, body, at("2026-05-01"))] == ["facts-malformed"]


def test_a_text_is_checked_against_the_sheet_that_will_be_live_with_it(sheet):
    body = a_sheet_body()
    body["facts"]["new.fact"] = a_fact()
    revision = Revision.objects.create(document=sheet, body=body)
    publish(revision, by=None, note="", significance=Significance.CONTENT, at=at("2026-07-01"), now=at("2026-06-01"))
    text = a_body(steps=("go",), text="{{new.fact}}")
    assert [finding.where for finding in check_text(text, at("2026-06-30"))] == ["text"]
    assert not list(check_text(text, at("2026-07-01")))


def test_every_corner_of_a_text_is_checked(sheet):
    body = {"title": "{{a.a}}", "steps": [{"see": "{{b.b}}"}], "at_a_glance": {"refund": "{{c.c}}"}}
    assert [finding.where for finding in check_text(body, at("2026-03-01"))] == [
        "title",
        "steps.1.see",
        "at_a_glance.refund",
    ]


def test_nobody_has_checked_a_fact_on_a_day_to_come():
    sheet = a_sheet()
    body = a_sheet_body()
    body["facts"]["refund.images"]["checked_on"] = "2026-12-02"
    (finding,) = check_sheet(sheet, body, at("2026-12-01"))
    assert (finding.code, finding.where, finding.severity) == ("fact-checked-later", "refund.images", "warning")
    assert list(check_sheet(sheet, body, at("2026-12-02"))) == []
