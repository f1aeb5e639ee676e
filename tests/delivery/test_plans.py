"""No page reads a table in full; and how much is read does not grow with the articles.

On SQLite, which can be told that there is more than there is. PostgreSQL plans by what it has seen, and of the few rows
of a test it plans something else each time: there it is `make plans` on a generated site (docs/performance.md).
"""

import pytest
from django.db import connection
from django.utils import timezone

from articles.models import Article
from articles.upkeep import look_at_everything
from helpcenter.delivery.generating import Wanted, generate
from helpcenter.delivery.inventing import Length
from helpcenter.publishing.desk import site, tables
from helpcenter.publishing.models import Kind, LiveChange
from tests.builders import a_user, the_bundled_site
from tests.delivery.plans import DESK, READERS, in_full, plan_as_if_large, plan_of
from tests.replay import replayed

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="its plans are those of a few rows"),
]

SHORT = Length(title=2, summary=3, question=2, sections=1, heading=2, section=6, steps=1, step=3, trouble=2)

KNOWN = {"sitemap": {"articles_article"}, "sitemap, a part": {"articles_article"}}
"""The sitemap has a line for two hundred articles each."""

INDEXES = {
    "articles_ar_order_b1a829_idx": "/admin/articles/translation/",
    "publishing__at_864e11_idx": "/en/articles/",
    "articles_up_due_f91b45_idx": "/admin/",
    "texts_not_up_to_date": "/admin/",
    "references_that_lead_nowhere": "/admin/",
    "revisions_at_work": "/admin/",
    "comments_unseen": "/admin/",
}
"""Each with a page that would read a table in full without it."""


def more_articles(count, seed):
    sheets = LiveChange.objects.of_kind(Kind.FACTS)
    generate(Wanted(count, 2, seed, SHORT), since=sheets.earliest("at").at, now=timezone.now())
    look_at_everything(timezone.now())


@replayed
def a_full_site():
    the_bundled_site()
    more_articles(220, seed=1)  # so many that every page is full


@pytest.fixture
def desk(client):
    a_full_site()
    plan_as_if_large()
    client.force_login(a_user())
    return client


def addresses():
    slug = Article.objects.order_by("-pk").values_list("slug", flat=True)[0]
    return {name: address.format(slug=slug) for name, address in {**READERS, **DESK}.items()}


def test_no_page_reads_a_table_in_full(desk):
    found = {name: in_full(plan_of(lambda address=address: desk.get(address))) for name, address in addresses().items()}
    assert not {name: tables for name, tables in found.items() if tables - KNOWN.get(name, set())}


@pytest.mark.parametrize("index", INDEXES)
def test_without_an_index_a_page_would(desk, index):
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {index}")
    assert in_full(plan_of(lambda: desk.get(INDEXES[index])))


def work(get):
    """How many steps SQLite takes for it."""
    taken = 0

    def step():
        nonlocal taken
        taken += 1

    connection.connection.set_progress_handler(step, 10)
    get()
    connection.connection.set_progress_handler(None, 0)
    return taken


def test_how_much_is_read_does_not_grow_with_the_articles(desk, monkeypatch):
    monkeypatch.setattr(tables, "MOST_LISTED", 120)
    monkeypatch.setattr(site, "MOST", 20)
    asked = addresses() | {
        "texts": "/admin/articles/translation/",
        "texts found": "/admin/articles/translation/?q=discord",
        "articles": "/admin/articles/article/",
        "where used": "/admin/references/reference/",
    }
    few = {name: work(lambda address=address: desk.get(address)) for name, address in asked.items()}
    more_articles(660, seed=2)
    plan_as_if_large()
    many = {name: work(lambda address=address: desk.get(address)) for name, address in asked.items()}
    grown = {name: (few[name], many[name]) for name in asked if name not in KNOWN and many[name] > 2 * few[name] + 100}
    assert not grown
