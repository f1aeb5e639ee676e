"""Whatever editors and readers write, wherever it is shown, stays words. Of Markdown: tests/articles/hostile.py."""

import json
from io import BytesIO
from urllib.parse import urlencode

import html5lib
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from lxml import etree

from articles.models import MissingPage, Translation
from helpcenter.feedback.models import Vote
from helpcenter.search.models import Question, Synonym
from tests.builders import (
    LANGUAGES,
    a_body,
    a_draft,
    a_flow,
    a_flow_body,
    a_glance,
    a_sheet,
    a_sheet_body,
    an_article,
    words,
)
from tests.promises.test_leaks import READERS, desk_routes, filled

pytestmark = pytest.mark.django_db

EVIL = (
    "\"'><script>alert(1)</script><img src=x onerror=alert(1)>]]>--></title></textarea><svg onload=alert(1)>&lt;b&gt;"
)
TEMPLATE = "{{7*7}}{% load static %}{{ settings.SECRET_KEY }}"
ASKED = EVIL + TEMPLATE


@pytest.fixture
def site():
    """Every text that anybody may write means harm. What is refused when it is saved needs no page."""
    sheet = a_sheet_body(label__cancel=EVIL)
    sheet["facts"]["refund.images"]["source"] = EVIL
    sheet["facts"]["a.words"] = {**sheet["facts"]["label.cancel"], "kind": "text", "value": words(EVIL)}
    a_sheet({"2026-01-01": sheet})
    text = f"{{#part}}\n## {EVIL}\n\n{EVIL} {{{{label.cancel}}}} {{{{a.words}}}}"
    for language in LANGUAGES:
        step = {"key": "go", **dict.fromkeys(("title", "text", "see", "if_not"), EVIL)}
        body = a_body(f"{EVIL} {language}", summary=EVIL, text=text, sources=[EVIL], at_a_glance=a_glance(EVIL))
        body["steps"] = [step, {**step, "key": "stop"}]
        other = {**body, "title": f"{EVIL} again {language}"}
        article = an_article("walked", language, path="web", history={"2026-01-02": body, "2026-02-02": other})
    flow = a_flow_body()
    for node in flow["nodes"].values():
        for key in node.keys() & {"question", "outcome", "text"}:
            node[key] = words(EVIL)
        for choice in node.get("choices", {}).values():
            choice["label"] = words(EVIL)
        if "checklist" in node:
            node["checklist"] = [words(EVIL)]
    a_flow({"2026-01-03": flow})
    author = User.objects.create_superuser(EVIL[:100], first_name=EVIL[:100], last_name=EVIL[:100])
    draft = a_draft(Translation.objects.get(pk=article.pk), {**body, "title": ASKED, "text": ASKED}, author)
    live = article.revisions.exclude(number=None).last()
    now = timezone.now()
    Vote.objects.create(revision=live, helped=False, comment=ASKED, at=now)
    Question.objects.create(language="en", words=ASKED[:200], asked_as=ASKED[:200], last_asked=now)
    Synonym.objects.create(language="en", words=EVIL)
    MissingPage.objects.create(path=f"/en/{EVIL}/", last_asked=now)
    return author, {
        "document": article.pk,
        "revision": draft.pk,
        "plan": 1,
        "slug": "walked",
        "state": EVIL,
        "day": "x",
    }


def harm(content):
    """What of a page of HTML would run, or be asked for."""
    tree = html5lib.parse(content, namespaceHTMLElements=False)
    for each in tree.iter():
        if not isinstance(each.tag, str):
            continue
        if [name for name in each.attrib if str(name).startswith("on") or "alert" in str(name)]:
            yield each.tag, dict(each.attrib)
        if each.get("src") == "x" or (each.tag.endswith("svg") and each.get("onload")):
            yield each.tag, dict(each.attrib)
        if each.tag == "script" and each.get("type") in ("application/ld+json", "application/json"):
            json.loads(each.text)
        elif each.tag == "script" and "alert(1)" in (each.text or ""):
            yield "script", each.text


def harmful(response):
    """The same of any answer, by its type."""
    kind, content = response.get("Content-Type", ""), b"".join(response)
    if kind.startswith("text/html"):
        return [*harm(content)]
    if "xml" in kind:
        tree = etree.parse(BytesIO(content), etree.XMLParser(resolve_entities=False))
        return [each.tag for each in tree.iter() if str(each.tag).endswith(("script", "}img"))]
    if "json" in kind:
        json.loads(content)
    return []


def test_no_word_becomes_code_on_any_page(site):
    author, place = site
    query = "?" + urlencode(dict.fromkeys(("q", "start", "gpu_minutes"), ASKED))
    asked = {"/" + row.format(**place, ended="shared/x/") for rows in READERS.values() for row in rows}
    asked |= {f"/en/{page}/{query}" for page in ("search", "search/suggest", "refund", "wizard", "articles", EVIL)}
    asked |= {
        "/en/wizard/over/?first=walk&way-go=done&way-stop=done",
        "/en/wizard/way-go/?first=walk",
        "/en/articles/walked/",
    }
    reader, told, shown = Client(), {}, 0
    for address in sorted(asked):
        response = reader.get(address)
        told[address] = harmful(response)
        shown += b"alert(1)" in response.content if not response.streaming else 0
    assert {address: found for address, found in told.items() if found} == {}
    assert shown > 20
    desk = Client()
    desk.force_login(author)
    for address in sorted({filled(route, place) for route in desk_routes()} | {f"/admin/search/question/{query}"}):
        response = desk.get(address)
        told[address] = harmful(response)
        shown += b"alert(1)" in response.content
        assert b"49{%" not in response.content
    assert {address: found for address, found in told.items() if found} == {}
    assert shown > 50


@pytest.mark.parametrize("html", ["<p onclick=x>", "<img src=x>", "<script>alert(1)</script>", "<svg onload=alert(1)>"])
def test_the_judge_sees_it(html):
    assert [*harm(html)]
