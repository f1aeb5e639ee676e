"""One source of truth: a fact that changes changes everywhere at once, in every language, and nowhere in the past."""

from datetime import timedelta

import pytest
from django.utils import timezone

from helpcenter.domain.versions import Significance
from helpcenter.facts.models import FactSheetDocument
from helpcenter.publishing.verbs import publish
from tests.builders import (
    LANGUAGES,
    a_body,
    a_draft,
    a_flow,
    a_flow_body,
    a_glance,
    a_sheet,
    a_sheet_body,
    a_user,
    an_article,
    reviewed,
    words,
)
from tests.pages import Page
from tests.replay import replayed

pytestmark = pytest.mark.django_db

LIMIT = "Fewer than {{refund.gpu_minutes}} minutes"
TITLE = "Below {{refund.gpu_minutes}}"


@pytest.fixture(autouse=True)
@replayed
def _site():
    a_sheet()
    for language in LANGUAGES:
        body = a_body(TITLE, steps=("go",), at_a_glance=a_glance(LIMIT), summary=LIMIT, text=LIMIT)
        body["steps"][0] |= {"title": f"{LIMIT}?", "text": LIMIT, "see": LIMIT, "if_not": LIMIT}
        an_article("walked", language, history={"2026-01-02": body})
    flow = a_flow_body()
    flow["nodes"]["first"] |= {"help": words(LIMIT), "why": words(LIMIT)}
    flow["nodes"]["first"]["choices"]["walk"] |= {"hint": words(LIMIT)}
    flow["nodes"]["over"] |= {"text": words(LIMIT), "checklist": [words(LIMIT)]}
    a_flow({"2026-01-03": flow})


def publish_a_limit_of(minutes):
    editor, now = a_user(), timezone.now()
    draft = a_draft(FactSheetDocument.objects.get(kind="facts"), a_sheet_body(refund__gpu_minutes=minutes), editor)
    publish(reviewed(draft), by=editor, note="note", significance=Significance.MAJOR, at=now, now=now)


def said(language, query=""):
    """What each place where the limit stands says, as of a day if `query` asks for one."""
    article = Page.at(f"/{language}/articles/walked/{query}")
    check = Page.at(f"/{language}/refund/{query}")
    return {
        "title": article.title,
        "heading and microdata": article.text("[itemprop=headline]"),
        "summary and microdata": article.text("[itemprop=description]"),
        "text and microdata": article.text("[itemprop=articleBody]"),
        "description": article.attributes("meta[name=description]", "content")[0],
        "at a glance": article.text(".glance"),
        "check": check.text(".lead"),
        "check's description": check.attributes("meta[name=description]", "content")[0],
    }


def said_by_the_wizard(language):
    first, step, over = (
        Page.at(f"/{language}/wizard/{address}")
        for address in ("", "way-go/?first=walk", "over/?first=walk&way-go=done")
    )
    return {
        "help": first.text(".help"),
        "why": first.text(".why"),
        "hint": first.text(".choice__hint"),
        "step's title": step.title,
        "step": step.text(),
        "outcome": over.text(".outcome__text"),
        "checklist": over.text(".checklist li"),
    }


def verdict(language, query=""):
    page = Page.at(f"/{language}/refund/?gpu_minutes=25&images=99{query}")
    return page.attributes("[data-outcome]", "data-outcome")[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_another_limit_is_everywhere_at_once_and_nowhere_in_the_past(language):
    permalink = Page.at(f"/{language}/articles/walked/").links()
    kept = next(href for href in permalink.values() if "facts=1" in href)
    for place, words_ in (said(language) | said_by_the_wizard(language)).items():
        assert "20" in words_, place
    assert verdict(language) == "not-eligible"

    publish_a_limit_of("30")

    for place, words_ in (said(language) | said_by_the_wizard(language)).items():
        assert "30" in words_, place
        assert "20 minutes" not in words_, place
    assert verdict(language) == "eligible"

    yesterday = timezone.localdate() - timedelta(days=1)
    for place, words_ in said(language, f"?as_of={yesterday}").items():
        assert "20" in words_, place
        assert "30" not in words_, place
    assert verdict(language, f"&as_of={yesterday}") == "not-eligible"
    assert verdict(language, f"&facts=1&on={yesterday}") == "not-eligible"
    assert Page.at(kept).heading == "Below 20"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_history_names_the_fact_that_changed(language):
    publish_a_limit_of("30")
    row = Page.at(f"/{language}/articles/walked/versions/").text("tbody tr:first-child")
    assert "refund.gpu_minutes" in row
    assert "20" in row
    assert "30" in row
