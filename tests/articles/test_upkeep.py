"""What the desk's lists ask of each text is kept beside it, and is never another than what reading all texts says."""

import random
from contextlib import suppress
from datetime import timedelta

import pytest
from django.utils import timezone

from articles.bin import put, take_out
from articles.dangling import dangling
from articles.models import Article, Looked, Picture, Touched, Translation, Upkeep
from articles.redirects import rename
from articles.translating import standings
from articles.upkeep import catch_up, look_at_everything
from articles.verifying import checked, verify
from helpcenter.domain.findings import Refused
from helpcenter.domain.freshness import Freshness
from helpcenter.domain.versions import Significance
from helpcenter.facts.models import FactSheetDocument
from helpcenter.publishing.models import LiveChange, Revision
from helpcenter.publishing.verbs import bring, publish, retire, submit, withdraw_plan
from helpcenter.references.models import OutboundHost, Reference
from tests.builders import a_body, a_draft, a_fact, a_sheet_body, a_site, a_user, an_article, at

pytestmark = pytest.mark.django_db

SLUGS = ("one", "two", "three")
TEXTS = (
    "[a](one) [b](two#part) {{plan.extra}}",
    "{#part}\n## Part\n\n[a](three) [b](#part) [c](once)",
    "[a](https://example.com/a) [b](two) [c](#gone)",
    "Nothing.",
)


def kept(now):
    catch_up(now)
    rows = Upkeep.objects.all()
    return (
        {row.pk: row.due for row in rows if row.due},
        {row.pk: row.stands for row in rows if row.stands},
        set(Reference.objects.filter(leads_nowhere=True).values_list("pk", flat=True)),
    )


def read(now):
    """The same from every text."""
    return (
        {pk: each.due for pk, each in checked(now).items()},
        {pk: each.value for pk, each in standings(now).items() if each is not Freshness.CURRENT},
        {each.pk for each in dangling(now)},
    )


class Desk:
    """Whatever can be done to some texts, at random."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        a_site()
        self.editor = a_user()
        for slug in SLUGS:
            for language in ("zh-hant", "en"):
                an_article(slug, language)

    def text(self):
        return self.chance.choice(list(Translation.objects.order_by("pk")))

    def live(self, when):
        text, now = self.text(), timezone.now()
        original = Translation.objects.filter(article=text.article_id, language="zh-hant").first()
        said = original.revisions.live(now).first() if text.language == "en" else None
        body = a_body(text=self.chance.choice(TEXTS), checked_on=self.chance.choice(["2026-01-15", "2026-10-07"]))
        # Unchecked, as bundled words are: what points nowhere comes before readers.
        bring(text, body, note="n", at=now + when, now=now, translated_from=said)

    def publishes(self):
        self.live(timedelta())

    def plans(self):
        self.live(timedelta(days=self.chance.randint(1, 20)))

    def rewrites(self):
        text, now = self.text(), timezone.now()
        revision = Revision.objects.create(document=text, body=a_body("Anew"))
        grade = self.chance.choice(list(Significance))
        publish(revision, by=None, note="n", significance=grade, at=now, now=now)

    def retires(self):
        now = timezone.now()
        days = self.chance.choice([0, 5])
        retire(self.text(), by=None, at=now + timedelta(days=days), now=now)

    def withdraws(self):
        plan = LiveChange.objects.filter(at__gt=timezone.now()).first()
        if plan:
            withdraw_plan(plan, by=None, now=timezone.now())

    def drafts(self):
        draft = a_draft(self.text(), a_body(text=self.chance.choice(TEXTS)), self.editor)
        if self.chance.random() < 0.5:
            submit(draft, by=self.editor, now=timezone.now(), note="n", despite="So.")

    def verifies(self):
        verify(self.text(), by=self.editor, now=timezone.now())

    def changes_the_interval(self):
        Article.objects.filter(slug__in=SLUGS[:2]).update(check_every=self.chance.randint(1, 500))

    def renames(self):
        slug = self.chance.choice(["once", "again"])
        if not Article.objects.filter(slug=slug).exists():
            rename(self.text().article, slug, now=timezone.now())

    def begins_another(self):
        an_article("once", self.chance.choice(["zh-hant", "en"]))

    def begins_a_translation(self):
        Translation.objects.create(article=self.text().article, language="zh-hans")

    def bins(self):
        article = self.text().article
        take_out(article) if article.binned_at else put(article, now=timezone.now())

    def allows_or_forbids_a_host(self):
        if not OutboundHost.objects.filter(host="example.com").delete()[0]:
            OutboundHost.objects.create(host="example.com", reason="x")

    def changes_the_facts(self):
        sheet, body, now = FactSheetDocument.objects.get(), a_sheet_body(), timezone.now()
        if self.chance.random() < 0.5:
            body["facts"]["plan.extra"] = a_fact("1")
        when = now + timedelta(days=self.chance.choice([0, 3]))
        bring(sheet, body, note="n", at=when, now=now)


DEEDS = [name for name in vars(Desk) if not name.startswith("_") and name not in ("text", "live")]


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_done_it_says_what_reading_all_texts_says(seed):
    desk = Desk(seed)
    for _ in range(25):
        deed = desk.chance.choice(DEEDS)
        with suppress(Refused, ValueError):
            getattr(desk, deed)()
        now = timezone.now()
        for later in (0, desk.chance.choice([4, 30, 400])):  # and back again
            then = now + timedelta(days=later)
            assert kept(then) == read(then), (deed, later)


def test_it_is_found_anew_where_it_was_lost():
    desk = Desk(1)
    now = timezone.now()
    there = kept(now)
    Looked.objects.all().delete()
    Upkeep.objects.all().delete()
    assert kept(now) == there == read(now)
    look_at_everything(now)
    assert kept(now) == there
    assert desk.editor


def test_where_nothing_has_changed_nothing_is_looked_at(django_assert_num_queries):
    a_site()
    now = timezone.now()
    catch_up(now)
    with django_assert_num_queries(3):
        catch_up(now)
    assert not Touched.objects.exists()


def test_what_was_touched_is_looked_at_alone(django_assert_num_queries):
    a_site()
    for number in range(5):
        an_article(f"more-{number}")
    now = timezone.now()
    catch_up(now)
    before = set(Upkeep.objects.values_list("pk", flat=True))
    Upkeep.objects.update(due=None)
    verify(Translation.objects.get(article__slug="more-3"), by=a_user(), now=now)
    catch_up(timezone.now())
    assert {*Upkeep.objects.filter(due__isnull=False).values_list("translation__article__slug", flat=True)} == {
        "more-3"
    }
    assert {*Upkeep.objects.values_list("pk", flat=True)} == before


def test_a_picture_that_comes_mends_what_showed_it():
    a_site()
    step = {"key": "go", "title": "Go", "text": "x", "see": "x", "if_not": "x", "picture": "shot", "alt": "x"}
    text = an_article("topic", history={})
    a_draft(text, a_body(steps=()) | {"steps": [step]})
    now = timezone.now()
    assert len(kept(now)[2]) == len(read(now)[2]) == 1
    Picture.objects.create(key="shot", by=a_user(), at=at("2026-02-01"))
    assert kept(now)[2] == read(now)[2] == set()
