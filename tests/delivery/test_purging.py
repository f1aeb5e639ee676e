"""Through a CDN readers see what the site says, once it was told what was touched; what was not stays where it is."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from django.core.wsgi import get_wsgi_application
from django.test import Client
from django.utils import timezone
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule
from hypothesis.stateful import run_state_machine_as_test as run

from articles.models import Article, Picture, Redirect, Retirement, Topic, Translation, Verification
from articles.redirects import rename
from helpcenter.delivery.cdn import CDNS, EVERYTHING, FRESH, NOT_KEPT, SITE, of_article
from helpcenter.delivery.epoch import Bell
from helpcenter.delivery.front import Front
from helpcenter.delivery.models import Touched
from helpcenter.delivery.purging import purge
from helpcenter.domain.paths import CancellationPath
from helpcenter.domain.versions import Significance
from helpcenter.facts.models import FactSheetDocument
from helpcenter.publishing.models import LiveChange, Revision
from helpcenter.publishing.verbs import publish
from helpcenter.wizard.models import FlowDocument
from tests.builders import LANGUAGES, a_body, a_flow_body, a_sheet_body, a_user, an_article
from tests.delivery.asking import ask
from tests.delivery.edge import Edge
from tests.delivery.test_story import MORE, Stories, addresses, languages, processes, seconds
from tests.promises.every_page import EVERY_PAGE, a_site_with_every_page

pytestmark = [pytest.mark.django_db]

UNDER = [
    f"/{{language}}/articles/{{slug}}{rest}" for rest in ("/", ".md", "/versions/", "/versions/1.md", "/changes.atom")
] + ["/api/articles/{language}/{slug}/", "/api/articles/{language}/{slug}/versions/"]
ALL = [
    *(address for language, address in EVERY_PAGE if language == "en" and "search/?" not in address),
    *MORE,
    *(each.format(language="en", slug=slug) for each in UNDER for slug in ("dull", "b")),
    *("/api/articles/en/", "/api/articles/en/walked/versions/1/", "/api/flow/en/", "/api/facts/"),
    *("/zh-hant/", "/zh-hant/articles/dull/", "/zh-hant/articles/dull.md", "/zh-hant/articles/walked/"),
    *("/en/articles/topics/refund/", "/en/articles/walked/card.png", "/en/articles/dull/?as_of=2026-02-15"),
]
"""An address of each kind that is kept, or may come to be."""
SOME = [
    *("/en/articles/dull/", "/en/articles/walked.md", "/en/articles/walked/changes.atom"),
    *("/en/", "/en/articles/", "/en/articles/walked/", "/zh-hant/articles/dull/", "/en/articles/walked/versions/1/"),
    *("/en/articles/dull/versions/", "/en/wizard/way-go/?first=walk", "/en/refund/", "/sitemap.xml", "/api/facts/"),
]


@pytest.fixture
def cdn(request, settings):
    settings.CDN = getattr(request, "param", "fastly")
    return CDNS[settings.CDN]


@pytest.fixture
def later():
    """Ahead of the database's clock, so that its rules on the past leave the story alone; and far from midnight."""
    noon = (timezone.localtime() + timedelta(days=2)).replace(hour=12)
    with time_machine.travel(noon, tick=False) as clock:
        yield clock


@pytest.fixture
def _site():
    """Made in the present, where it is quick from the second time on."""
    a_site_with_every_page()


@pytest.fixture
def edge(cdn, _site, later, tmp_path):
    Touched.objects.all().delete()
    bell = Bell(tmp_path / "bell")
    edge = Edge(Front(get_wsgi_application(), bell, room=1 << 24, cdn=cdn), cdn)
    edge.bell, edge.clock = bell, later
    for address in SOME:
        edge.ask(address)
    return edge


def tell(edge):
    edge.bell.ring()
    return purge(edge.purge, settle=lambda: None)


def assert_right(edge):
    for address in SOME:
        answered, straight = edge.ask(address), Client().get(address)
        assert (answered.status, answered.body) == (straight.status_code, straight.content), address


@contextmanager
def touching(edge, *keys):
    """Just these are forgotten, and then readers see everywhere what the site says."""
    edge.clock.shift(1)
    yield
    assert tell(edge) == set(keys)
    assert_right(edge)


def publish_now(document, body, after=0):
    now = timezone.now()
    revision = Revision.objects.create(document=document, body=body)
    at = now + timedelta(seconds=after)
    publish(revision, by=None, note="note", significance=Significance.CONTENT, at=at, now=now)


def text(slug, language="en"):
    return Translation.objects.get(article__slug=slug, language=language)


def other_words(slug, language="en", title=None, **changes):
    body = {**text(slug, language).revisions.live(timezone.now()).get().body, "summary": "Other words.", **changes}
    return body if title is None else {**body, "title": title}


@pytest.mark.parametrize("cdn", sorted(CDNS), indirect=True)
def test_other_words_touch_their_article_and_what_is_no_article(edge):
    others = [address for address in SOME if "/walked" in address]
    with touching(edge, SITE, of_article("dull")):
        publish_now(text("dull"), other_words("dull"))
    edge.hits.clear()
    for address in others:
        edge.ask(address)
    assert edge.hits == others != []


def test_a_picture_that_was_deleted_is_forgotten(edge):
    picture = Picture.objects.create(key="seen", by=a_user(), at=timezone.now())
    picture.renditions.create(width=1, height=1, digest="0123456789abcdef", content=b"bytes")
    tell(edge)
    address = "/pictures/0123456789abcdef.webp"
    assert edge.ask(address).body == b"bytes"
    with touching(edge, EVERYTHING):
        picture.delete()
    assert edge.ask(address).status == 404


def test_former_slugs_are_its_pages_too(edge):
    rename(Article.objects.get(slug="dull"), "b", now=timezone.now())
    tell(edge)
    with touching(edge, SITE, of_article("b"), of_article("dull")):
        publish_now(text("b"), other_words("b"))


def test_another_title_touches_all(edge):
    with touching(edge, EVERYTHING):
        publish_now(text("dull"), other_words("dull", title="Duller"))
    with touching(edge, EVERYTHING):
        publish_now(text("walked"), other_words("walked", title="Planned"), after=50)
    with touching(edge, EVERYTHING):
        LiveChange.objects.filter(at__gt=timezone.now()).delete()


def test_a_title_that_was_another_meanwhile_touches_all(edge):
    with touching(edge, EVERYTHING):
        same = other_words("dull")
        publish_now(text("dull"), {**same, "title": "Duller"})
        edge.bell.ring()
        edge.ask("/en/articles/walked/")
        edge.clock.shift(1)
        publish_now(text("dull"), same)


def test_a_text_that_comes_or_goes_touches_all(edge):
    with touching(edge, EVERYTHING):
        an_article("new", "en", topic="refund", history={})
        publish_now(text("new"), a_body("New"))
    with touching(edge, EVERYTHING):
        now = timezone.now()
        change = LiveChange.objects.create(document=text("new"), at=now, recorded_at=now)
        Retirement.objects.create(change=change, instead=Article.objects.get(slug="dull"))
    edge.clock.shift(1)
    with touching(edge, EVERYTHING):
        publish_now(text("new"), a_body("New"))


def test_a_sheet_touches_all_and_a_flow_what_is_no_article(edge):
    with touching(edge, EVERYTHING):
        publish_now(FactSheetDocument.objects.get(), a_sheet_body(plan__basic__monthly="12"))
    body = a_flow_body()
    body["nodes"]["first"]["question"] = dict.fromkeys(LANGUAGES, "Another question?")
    with touching(edge, SITE):
        publish_now(FlowDocument.objects.get(), body)


def test_whatever_is_no_text_touches_all(edge):
    with touching(edge, EVERYTHING):
        Article.objects.filter(slug="dull").update(topic="after")
    with touching(edge, EVERYTHING):
        Redirect.objects.create(path="/zh-hant/old/", article=Article.objects.get(slug="walked"))
    with touching(edge, EVERYTHING):
        Picture.objects.create(key="a-picture", by=a_user(), at=timezone.now())


def test_whoever_looked_is_on_the_pages_of_that_article(edge):
    live = text("walked").revisions.live(timezone.now()).get()
    with touching(edge, SITE, of_article("walked")):
        Verification.objects.create(translation=text("walked"), revision=live, by=a_user(), at=timezone.now())


def test_a_plan_is_seen_to_the_second(edge, later):
    publish_now(text("dull"), other_words("dull", summary="Planned."), after=100)
    assert EVERYTHING not in tell(edge)
    for shifted in (0, 99, 0.5):
        later.shift(shifted)
        assert b"Planned." not in edge.ask("/en/articles/dull/").body
    later.shift(0.5)
    assert b"Planned." in edge.ask("/en/articles/dull/").body, "without another purge"
    assert_right(edge)


def test_what_nobody_told_is_asked_for_after_an_hour_and_shown_meanwhile(edge, later):
    edge.ask("/en/refund/")
    publish_now(FactSheetDocument.objects.get(), a_sheet_body(refund__gpu_minutes="19"))
    edge.bell.ring()
    old = edge.ask("/en/refund/").body
    later.shift(FRESH)
    assert edge.ask("/en/refund/").body == old, "stale, while it asks"
    assert edge.ask("/en/refund/").body == Client().get("/en/refund/").content != old


def test_nothing_is_kept_beyond_midnight_or_the_next_plan(edge, later):
    publish_now(text("dull"), other_words("dull"), after=7200)
    edge.bell.ring()
    midnight = (timezone.localtime() + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    left = min(7200, (midnight - timezone.now()).seconds)
    fresh = min(FRESH, left)
    told = f"max-age={fresh}, stale-while-revalidate={left - fresh}, stale-if-error={left - fresh}"
    answered = ask(edge.origin, "/en/")
    assert answered.headers[edge.cdn.lifetime.lower()] == told
    again = ask(edge.origin, "/en/", if_none_match=answered.headers["etag"])
    assert (again.status, again.headers[edge.cdn.lifetime.lower()]) == (304, told)


def test_what_the_layer_before_django_does_not_keep_a_cdn_does_not_keep(edge):
    made_up = ["/en/articles/walked/?made=up", "/en/wizard/?first=made-up", "/en/refund/?gpu_minutes=1&images=2"]
    for address in ["/", "/en/nowhere/", "/en/search/?q=walked", *made_up, "/admin/login/", "/healthz"]:
        edge.ask(address)
        assert address not in edge.kept


@pytest.mark.parametrize("cdn", sorted(CDNS), indirect=True)
def test_whoever_brings_a_cookie_is_asked_for_each_time(edge):
    answered = ask(edge.origin, "/en/articles/walked/", cookie="sessionid=x")
    assert answered.headers[edge.cdn.lifetime.lower()] == NOT_KEPT
    tag = answered.headers["etag"]
    again = ask(edge.origin, "/en/articles/walked/", cookie="sessionid=x", if_none_match=tag)
    assert (again.status, again.headers[edge.cdn.lifetime.lower()]) == (304, NOT_KEPT)


def test_browsers_are_told_what_they_are_told_without_a_cdn(edge, tmp_path, settings):
    settings.CDN = ""
    alone = Front(get_wsgi_application(), Bell(tmp_path / "bell"), room=1 << 24)
    for_a_cdn = {edge.cdn.keys.lower(), edge.cdn.lifetime.lower()}
    for address in ALL:
        with_it, without = ask(edge.origin, address).headers, ask(alone, address).headers
        assert {name: value for name, value in with_it.items() if name not in for_a_cdn} == without
        assert not {name.lower() for each in CDNS.values() for name in (each.keys, each.lifetime)} & {*without}


class Purged(Stories):
    """The same stories, read through two nodes of a CDN, each before a process of its own; and more of them."""

    def read(self, address, process, encoding):
        self.bell.ring()
        purge(self.forget, settle=lambda: None)
        # What the change was not about may have changed with it.
        for each in (address, *SOME):
            answered, straight = self.nodes[process].ask(each), Client().get(each)
            assert (answered.status, answered.body) == (straight.status_code, straight.content), each

    @initialize()
    def begin(self):
        super().begin()
        cdn = CDNS["fastly"]
        fronts = [Front(get_wsgi_application(), Bell(self.bell.path), room=1 << 20, cdn=cdn) for _each in range(2)]
        self.nodes = [Edge(front, cdn) for front in fronts]
        for node in self.nodes:
            for address in ALL:
                node.ask(address)

    def forget(self, keys):
        for node in self.nodes:
            node.purge(keys)

    @rule(address=addresses, process=processes)
    def somebody_asks_before_it_was_told(self, address, process):
        self.bell.ring()
        self.nodes[process].ask(address)

    @rule(language=languages, slug=st.sampled_from(["walked", "dull"]), after=seconds, process=processes)
    def publish_under_the_same_title(self, language, slug, after, process):
        document = Translation.objects.filter(article__slug=slug, language=language).first()
        live = document and document.revisions.live(timezone.now()).first()
        if not live:
            return
        self.told += 1
        with self.reading(process, f"/{language}/articles/{slug}/"):
            self._publish(document, {**live.body, "summary": f"Summary {self.told}"}, after)
            self.clock.shift(after)

    @rule(what=st.sampled_from(["topic", "path", "slug", "plans"]), which=st.integers(0, 4), process=processes)
    def an_article_becomes_another(self, what, which, process):
        article = Article.objects.get(pk=self.dull)
        now = timezone.now()
        with self.reading(process, "/en/articles/walked/"):
            match what:
                case "topic":
                    article.topic = [*Topic][which]
                    article.save()
                case "path":
                    article.path = ["", "", *CancellationPath][which]
                    article.save()
                case "slug":
                    rename(article, ["b", "dull"][article.slug == "b"], now=now)
                    self.clock.shift(1)
                case _:
                    LiveChange.objects.filter(at__gt=now).delete()
            self.bell.ring()

    def teardown(self):
        self.bell.ring()
        purge(self.forget, settle=lambda: None)
        for address in ALL:
            for node in self.nodes:
                answered, straight = node.ask(address), Client().get(address)
                assert (answered.status, answered.body) == (straight.status_code, straight.content), address
        super().teardown()


def test_whatever_happens_a_cdn_says_what_the_site_says(settings, tmp_path):
    settings.CDN = "fastly"
    a_site_with_every_page()
    Purged.bell, Purged.editor = Bell(tmp_path / "bell"), a_user()
    Purged.dull = Article.objects.get(slug="dull").pk
    run(Purged, settings=hypothesis(max_examples=3, stateful_step_count=10, deadline=None))
