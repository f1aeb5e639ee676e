"""No text that readers do not see gets out: a matrix of role, state and address, made from the table of all addresses.

A new address without a row in READERS, or with a parameter that is not in DESK, fails the run.
"""

import re
from datetime import timedelta
from itertools import product

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from articles.bin import put, take_out
from articles.models import Article, MissingPage, Redirect, Share, Translation
from articles.sharing import link, share
from helpcenter.domain.review import Role
from helpcenter.domain.versions import Significance
from helpcenter.publishing.models import Revision
from helpcenter.publishing.verbs import approve, discard, publish, retire, submit
from tests.builders import a_body, a_draft, a_site, a_user, an_article

pytestmark = pytest.mark.django_db

STATES = ("draft", "in_review", "approved", "planned", "retired", "discarded", "behind", "binned")
"""Where a text is that readers do not see. `behind` is a draft of an article that is live."""

READERS = {
    "": [""],
    "healthz": ["healthz"],
    "readyz": ["readyz"],
    "static/<path:path>": ["static/{slug}.png"],
    "reports/": ["reports/"],
    "robots.txt": ["robots.txt"],
    "sitemap.xml": ["sitemap.xml"],
    "sitemap-pages.xml": ["sitemap-pages.xml"],
    "sitemap-<int:block>.xml": ["sitemap-0.xml", "sitemap-1.xml"],
    "llms.txt": ["llms.txt"],
    ".well-known/security.txt": [".well-known/security.txt"],
    "<lang>/changes.atom": ["en/changes.atom", "en/changes.atom?as_of={day}", "zh-hant/changes.atom"],
    "<lang>/articles/<slug:slug>.md": ["en/articles/{slug}.md", "zh-hant/articles/{slug}.md"],
    "<lang>/articles/<slug:slug>/card.png": ["en/articles/{slug}/card.png", "en/articles/{slug}/card.png?as_of={day}"],
    "<lang>/articles/<slug:slug>/changes.atom": ["en/articles/{slug}/changes.atom"],
    "<lang>/articles/<slug:slug>/versions/<int:number>.md": [
        "en/articles/{slug}/versions/2.md",
        "en/articles/{slug}/versions/{revision}.md",
    ],
    "api/": ["api/"],
    "api/openapi.json": ["api/openapi.json"],
    "api/articles/<language>/": ["api/articles/en/", "api/articles/en/?as_of={day}", "api/articles/en/?page=2"],
    "api/articles/<language>/<slug>/": [
        "api/articles/en/{slug}/",
        "api/articles/zh-hans/{slug}/",
        "api/articles/en/{slug}/?as_of={day}",
    ],
    "api/articles/<language>/<slug>/versions/": ["api/articles/en/{slug}/versions/"],
    "api/articles/<language>/<slug>/versions/<number>/": [
        "api/articles/en/{slug}/versions/2/",
        "api/articles/en/{slug}/versions/{revision}/",
    ],
    "api/search/<language>/": ["api/search/en/?q=SECRET", "api/search/en/?q=secret+{state}"],
    "api/flow/<language>/": ["api/flow/en/"],
    "api/refund/": ["api/refund/?gpu_minutes=1&images=1"],
    "api/facts/": ["api/facts/", "api/facts/?as_of={day}"],
    "api/facts/<number>/": ["api/facts/1/"],
    "pictures/<slug:digest>.webp": ["pictures/0.webp"],
    "shared/<str:token>/": ["shared/{revision}/", "shared/{revision}:x/", "{ended}"],
    "<lang>/": ["en/", "zh-hant/"],
    "<lang>/busy/": ["en/busy/"],
    "<lang>/articles/": ["en/articles/", "zh-hant/articles/", "en/articles/?as_of={day}"],
    "<lang>/articles/topics/<slug:topic>/": [
        "en/articles/topics/cancel/",
        "en/articles/topics/cancel/?as_of={day}",
        "en/articles/topics/cancel/?page=2",
    ],
    "<lang>/articles/<slug:slug>/": [
        "en/articles/{slug}/",
        "zh-hant/articles/{slug}/",
        "en/articles/{slug}/?as_of={day}",
    ],
    "<lang>/articles/<slug:slug>/versions/": [
        "en/articles/{slug}/versions/",
        "en/articles/{slug}/versions/?as_of={day}",
    ],
    "<lang>/articles/<slug:slug>/versions/compare/": [
        "en/articles/{slug}/versions/compare/?from=1&to=2",
        "en/articles/{slug}/versions/compare/?from=2&to=1",
        "en/articles/{slug}/versions/compare/?from=1&to={revision}",
    ],
    "<lang>/articles/<slug:slug>/versions/<int:number>/": [
        "en/articles/{slug}/versions/2/",
        "en/articles/{slug}/versions/{revision}/",
    ],
    "<lang>/wizard/": ["en/wizard/"],
    "<lang>/wizard/count/": ["en/wizard/count/"],
    "<lang>/wizard/<slug:key>/": ["en/wizard/way-go/?first=walk", "en/wizard/{slug}/"],
    "<lang>/feedback/<slug:written_in>/<slug:slug>/<int:number>/": [
        "en/feedback/en/{slug}/2/",
        "en/feedback/en/{slug}/{revision}/",
    ],
    "<lang>/feedback/<str:said>/": ["en/feedback/{revision}/"],
    "<lang>/search/": ["en/search/?q=SECRET", "en/search/?q=secret+{state}", "zh-hant/search/?q=SECRET"],
    "<lang>/search/count/": ["en/search/count/"],
    "<lang>/search/suggest/": ["en/search/suggest/?q=SECRE", "en/search/suggest/?q=secret"],
    "<lang>/refund/calendar/<slug:kind>/<slug:day>.ics": ["en/refund/calendar/cancel-by/2026-12-01.ics"],
    "<lang>/refund/": ["en/refund/?gpu_minutes=1&images=1"],
}
"""Every address that readers have, with what might show something under it."""

DESK = {
    "object_id": "{document}",
    "pk": "{document}",
    "revision": "{revision}",
    "change": "{plan}",
    "key": "review",
    "content_type_id": "1",
    "id": "{document}",
    "app_label": "articles",
    "url": "nothing",
}
"""What stands for each parameter of the desk's addresses."""

NO_ROLE = ("nobody", "stranger")
EVERYBODY = (*NO_ROLE, "somebody with all roles")


def routes(patterns=None, before=""):
    """Every address of the site as its pattern says it."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        route = str(each.pattern)
        route = "<lang>/" if route in ("zh-hant/", "en/", "zh-hans/") else route
        if isinstance(each, URLResolver):
            yield from routes(each.url_patterns, before + route)
        elif isinstance(each, URLPattern):
            yield (before + route).replace("^", "").replace("$", "")


def desk_routes():
    return [route for route in routes() if route.startswith("admin/")]


def test_every_address_of_readers_has_a_row():
    assert {route for route in routes() if not route.startswith("admin/")} == {*READERS}


def filled(route, place):
    """An address of the desk, its parameters put in; KeyError for one that nobody has thought of."""
    if "uidb36" in route:
        return "/admin/account/password/forgotten/1-x/"
    address = "/"
    for part in re.sub(r"\(\?P<app_label>[^)]*\)", "<app_label>", route).split("<"):
        name, closed, rest = part.partition(">")
        address += DESK[name.rpartition(":")[2]].format(**place) + rest if closed else part
    return address


@pytest.fixture(scope="module")
def places(django_db_setup, django_db_blocker):
    """Where a secret text of each state lies: its slug, document, revision and plan."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        a_site()
        author, reviewer, now = a_user("author-of-secrets"), a_user("reviewer-of-secrets"), timezone.now()
        found = {state: _place(state, author, reviewer) for state in STATES}
        Redirect.objects.create(path="/en/gone/", article=Article.objects.get(slug="s-retired"))
        MissingPage.objects.create(path="/en/nothing/", last_asked=now)
        people = {"nobody": None, "stranger": User.objects.create(username="stranger", is_staff=True)}
        people |= {"author": a_user("author", Role.AUTHOR), "somebody with all roles": a_user("all")}
        yield found, people
        transaction.set_rollback(True)


def _place(state, author, reviewer):
    slug, secret = f"s-{state.replace('_', '-')}", a_body(f"SECRET-{state}", text=f"SECRET-{state}")
    shown = {"behind": a_body("Seen"), "retired": secret}
    history = {"2026-02-01": shown[state]} if state in shown else {}
    text = an_article(slug, history=history)
    Translation.objects.create(article=text.article, language="zh-hant")
    revision, plan = text.revisions.first(), 0
    if state != "retired":
        revision = a_draft(text, secret, author)
    shared = share(revision, by=author, days=3, now=timezone.now())  # signed, and ended: by the bin, else revoked
    if state not in ("discarded", "binned"):
        Share.objects.filter(pk=shared.pk).update(revoked_at=timezone.now())
    if state in ("in_review", "approved", "planned"):
        revision = submit(revision, by=author, now=timezone.now(), note=f"SECRET-{state}")
    if state in ("approved", "planned"):
        revision = approve(revision, by=reviewer, now=timezone.now())
    if state == "planned":
        then = {"at": timezone.now() + timedelta(days=9), "now": timezone.now()}
        plan = publish(revision, by=author, note="n", significance=Significance.CONTENT, **then).pk
    if state == "discarded":
        revision = discard(revision, by=author, now=timezone.now())
    if state == "retired":
        now = timezone.now()
        retire(text, by=author, at=now, now=now)
    if state == "binned":
        put(text.article, now=timezone.now())
    day = (timezone.localdate() + timedelta(days=10)).isoformat()
    return {
        "slug": slug,
        "document": text.pk,
        "revision": revision.pk,
        "plan": plan or 1,
        "day": day,
        "state": state,
        "ended": link(shared).removeprefix("/"),
    }


def client_of(person):
    client = Client(headers={"accept-language": "en"})
    if person:
        client.force_login(person)
    return client


def leaking(client, addresses, **how):
    """Those that show a secret, whichever."""
    answers = {address: client.get(address, **how).content.decode(errors="replace") for address in addresses}
    return [address for address, said in sorted(answers.items()) if "SECRET-" in said]


@pytest.mark.parametrize("who", EVERYBODY)
def test_no_readers_page_shows_any_to_anybody(places, who):
    found, people = places
    rows = [address for row in READERS.values() for address in row]
    asked = {"/" + address.format(**place) for address in rows for place in found.values()}
    assert leaking(client_of(people[who]), asked, follow=True) == []


@pytest.mark.parametrize("who", NO_ROLE)
def test_no_page_of_the_desk_shows_any_to_anybody_without_a_role(places, who):
    found, people = places
    asked = set()
    for route, place in product(desk_routes(), found.values()):
        pair = f"&from={place['revision']}&to={place['revision']}" if "<" in route else ""
        asked |= {filled(route, place), f"{filled(route, place)}?_csv=1{pair}"}
    assert leaking(client_of(people[who]), asked) == []


@pytest.mark.parametrize("state", STATES)
def test_an_author_finds_it_at_the_desk(places, state):
    """Else the two tests above could not fail."""
    found, people = places
    place = found[state]
    if state == "binned":
        take_out(Article.objects.get(slug=place["slug"]))
    page = client_of(people["author"]).get(
        f"/admin/articles/translation/{place['document']}/review/{place['revision']}/"
    )
    assert f"SECRET-{state}" in page.content.decode()
    assert Revision.objects.filter(pk=place["revision"]).exists()


def test_what_was_live_stays_at_its_permalink(places):
    """Taken down is not unsaid: what readers were shown has its address for ever."""
    assert "SECRET-retired" in Client().get("/en/articles/s-retired/versions/1/").content.decode()
