"""Where used: one table of what every text, flow and fact sheet points at, complete, and of what counts now."""

import json
import re
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.utils import timezone
from django.utils.translation import override

from articles.dangling import dangling, dangling_from
from articles.models import Redirect, Retirement, Translation
from articles.redirects import rename
from helpcenter.domain.versions import Significance
from helpcenter.facts.models import FactSheetDocument
from helpcenter.facts.sheets import sheet_at
from helpcenter.publishing.models import Revision
from helpcenter.publishing.verbs import discard, publish, retire
from helpcenter.references.indexing import index
from helpcenter.references.models import OutboundHost, Reference, Target
from tests.builders import a_body, a_draft, a_fact, a_sheet_body, a_site, a_user, an_article, at, the_bundled_site

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


def used(kind, when="2026-11-01"):
    """Texts and what they point at."""
    return {(use.text, use.target) for use in Reference.objects.in_use(at(when)).filter(kind=kind)}


def test_what_the_bundled_content_uses_is_all_that_a_scan_of_its_words_finds():
    the_bundled_site()
    now = timezone.now()
    for fact in sheet_at(now):
        token = re.compile(r"\{\{\s*" + re.escape(fact.key) + r"\s*\}\}")
        found = {r.pk for r in Revision.objects.live(now) if token.search(json.dumps(r.body, ensure_ascii=False))}
        known = Reference.objects.in_use(now).to(Target.FACT, fact.key).values_list("revision", flat=True)
        assert set(known) == found, fact.key
    said = StringIO()
    call_command("check_links", stdout=said)
    assert said.getvalue() == "0 lead to nothing\n"


@pytest.mark.parametrize("words", ["[a][x]\n\n[x]: walked", "<a> [a](walked)", "[a](\nwalked)"])
def test_however_a_link_is_written(words):
    a_site()
    text = an_article("topic", history={"2026-02-01": a_body(text=words)})
    assert [each.target for each in text.revisions.get().references.all()] == ["walked"]


def test_a_part_of_its_own_page_and_a_part_of_a_room_lead_to_nothing():
    a_site()
    a_draft(an_article("topic"), a_body(text="[a](#in-short) [b](#gone) [c](wizard#gone)"))
    assert [each.target for each in dangling(at("2026-11-01"))] == ["#gone", "wizard#gone"]


def test_a_slug_that_is_used_again_hides_the_parts_of_the_page_that_had_it():
    a_site()
    topic = an_article("topic", history={"2026-02-01": a_body(text="{#part}\n## Part\n")})
    an_article("linking", history={"2026-02-02": a_body(text="[a](topic#part)")})
    rename(topic.article, "subject", now=timezone.now())
    assert not list(dangling(at("2026-11-01")))
    an_article("topic", history={"2026-02-03": a_body()})
    assert [each.target for each in dangling(at("2026-11-01"))] == ["topic#part"]


def test_what_will_lead_to_nothing_once_a_plan_has_come_is_told_before():
    a_site()
    topic = an_article("topic", history={"2026-02-01": a_body()})
    an_article("linking", history={"2026-02-02": a_body(text="[a](topic)")})
    then = timezone.now() + timedelta(days=3)
    retire(topic, by=None, at=then, now=timezone.now())
    assert [(each.target, since) for each, since in dangling_from(timezone.now())] == [("topic", then)]
    said = StringIO()
    with pytest.raises(SystemExit):
        call_command("check_links", stdout=said)
    assert f"topic from {timezone.localtime(then):%Y-%m-%d}" in said.getvalue()


def test_what_redirects_and_texts_that_are_down_lead_to_is_used(client):
    a_site()
    kept = an_article("kept", history={"2026-02-01": a_body()})
    gone = an_article("gone", history={"2026-02-01": a_body()})
    Redirect.objects.create(path="/en/money/", article=kept.article)
    now = timezone.now()
    change = retire(gone, by=None, at=now, now=now)
    Retirement.objects.create(change=change, instead=kept.article)
    client.force_login(a_user())
    for page in (
        f"/admin/articles/translation/{kept.pk}/change/",
        f"/admin/articles/translation/{kept.pk}/retire/",
        f"/admin/articles/article/{kept.article_id}/change/",
    ):
        html = client.get(page).content.decode()
        assert "/en/money/" in html, page
        assert "gone · English" in html, page


def test_a_host_that_texts_link_to_is_not_deleted(client):
    a_site()
    host = OutboundHost.objects.get(host="docs.midjourney.com")
    an_article("topic", history={"2026-02-01": a_body(text="[a](https://docs.midjourney.com/x)")})
    boss = User.objects.create_superuser("boss")
    client.force_login(boss)
    page = client.post(f"/admin/references/outboundhost/{host.pk}/delete/", {"post": "yes"}, follow=True)
    assert "topic · English" in page.content.decode()
    assert OutboundHost.objects.filter(pk=host.pk).exists()


def test_a_text_points_at_facts_articles_parts_and_pages_elsewhere():
    a_site()
    link = "[a](walked#part) [b](walked?x=1) [c](https://docs.midjourney.com/y) [d](wizard) {{label.cancel}}"
    text = an_article("topic", history={"2026-02-01": a_body(text=link)})
    found = text.revisions.get().references.values_list("kind", "target", "where")
    assert set(found) == {
        ("fact", "label.cancel", "text"),
        ("article", "walked#part", "text"),
        ("article", "walked", "text"),
        ("outbound", "https://docs.midjourney.com/y", "text"),
    }


def test_a_flow_points_at_the_articles_and_steps_that_it_walks():
    a_site()
    assert ("flow", "walked") in used(Target.ARTICLE)


def test_a_sheet_points_at_the_pages_of_its_addresses():
    a_site()
    assert ("fact sheet", "https://www.midjourney.com/account") in used(Target.OUTBOUND)


def test_drafts_and_plans_count_and_what_readers_saw_before_does_not():
    a_site()
    text = an_article("topic", history={"2026-02-01": a_body(text="{{refund.images}}")})
    assert ("topic · English", "refund.images") in used(Target.FACT)
    draft = a_draft(text, a_body(text="{{label.cancel}}"), a_user())
    assert ("topic · English", "label.cancel") in used(Target.FACT)
    discard(draft, by=a_user("other"), now=timezone.now())
    assert ("topic · English", "label.cancel") not in used(Target.FACT)
    planned = Revision.objects.create(document=text, body=a_body(text="{{site.account}}"))
    terms = {"by": None, "note": "n", "significance": Significance.CONTENT}
    publish(planned, **terms, at=at("2027-05-01"), now=at("2026-10-01"))
    assert ("topic · English", "site.account") in used(Target.FACT)
    assert ("topic · English", "refund.images") not in used(Target.FACT, "2027-06-01")
    retire(text, by=None, at=at("2027-06-01"), now=at("2026-10-02"))
    assert ("topic · English", "site.account") not in used(Target.FACT, "2027-07-01")


def test_a_draft_that_is_written_on_points_at_what_it_says_now():
    a_site()
    draft = a_draft(Translation.objects.first(), a_body(text="{{label.cancel}}"))
    draft.body = a_body(text="{{site.account}}")
    draft.save()
    assert set(draft.references.values_list("target", flat=True)) == {"site.account"}


def test_the_table_can_be_written_anew():
    a_site()
    before = set(Reference.objects.values_list("revision", "kind", "target", "where"))
    Reference.objects.all().delete()
    index(Revision.objects.all())
    assert set(Reference.objects.values_list("revision", "kind", "target", "where")) == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("[x](nowhere)", "article nowhere"),
        ("[x](walked#gone)", "article walked#gone"),
        ("{{no.fact}}", "fact no.fact"),
        ("[x](https://elsewhere.example/)", "outbound link https://elsewhere.example/"),
    ],
)
@pytest.mark.parametrize("drafted", [True, False])
def test_the_command_lists_what_leads_to_nothing_drafts_included(words, told, drafted):
    a_site()
    text = an_article("topic", history={"2026-02-01": a_body()})
    OutboundHost.objects.filter(host="elsewhere.example").delete()
    revision = Revision.objects.create(document=text, body=a_body(text=words))
    if not drafted:
        revision.number, revision.state = 9, "published"
        revision.save()
        text.live_changes.create(revision=revision, at=at("2030-01-01"), recorded_at=timezone.now())
    said = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("check_links", "--index", stdout=said)
    assert ended.value.code == 1
    assert f", text: {told}" in said.getvalue()
    assert said.getvalue().endswith("1 lead to nothing\n")


def test_a_part_is_looked_for_in_each_language():
    a_site()
    an_article("topic", history={"2026-02-01": a_body(text="{#only}\n## Only here")})
    an_article("topic", "zh-hant", history={"2026-02-01": a_body(text="[x](topic#only)")})
    with pytest.raises(SystemExit):
        call_command("check_links", stdout=StringIO())


def test_the_desk_shows_where_something_is_used(client):
    a_site()
    an_article("topic", history={"2026-02-01": a_body(text="[x](walked) {{label.cancel}}")})
    client.force_login(a_user())
    page = client.get("/admin/references/reference/", {"q": "label.cancel"}).content.decode()
    assert "topic · English" in page
    walked = Translation.objects.get(article__slug="walked", language="en")
    page = client.get(f"/admin/articles/translation/{walked.pk}/retire/").content.decode()
    assert "topic · English (" in page
    assert "flow" in page


def test_a_fact_that_only_a_plan_uses_cannot_be_taken_away():
    a_site()
    sheet = FactSheetDocument.objects.get()
    extra = a_sheet_body()
    extra["facts"]["label.extra"] = a_fact("Extra", "label")
    terms = {"by": None, "note": "n", "significance": Significance.CONTENT}
    publish(Revision.objects.create(document=sheet, body=extra), **terms, at=at("2026-10-01"), now=at("2026-10-01"))
    text = an_article("topic", history={"2026-02-01": a_body()})
    planned = Revision.objects.create(document=text, body=a_body(text="{{label.extra}}"))
    publish(planned, **terms, at=at("2030-01-01"), now=at("2026-10-02"))
    smaller = Revision.objects.create(document=sheet, body=a_sheet_body())
    with pytest.raises(Exception, match="fact-in-use"):
        publish(smaller, **terms, at=at("2026-10-03"), now=at("2026-10-03"))
