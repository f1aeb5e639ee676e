"""generate_site fills an empty database, and only an empty one, as the verbs and the index would have written it."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from articles.models import Article, Translation
from helpcenter.publishing.models import Revision
from helpcenter.references.indexing import index
from helpcenter.references.models import Reference
from helpcenter.search.indexing import rebuild
from helpcenter.search.models import FIELDS, Entry, Term
from tests.builders import LANGUAGES, an_article
from tests.delivery.bundle import a_bundle
from tests.pages import Page

pytestmark = pytest.mark.django_db

ARTICLES, VERSIONS = 7, 4


@pytest.fixture(autouse=True)
def bundle(tmp_path, settings):
    settings.CONTENT_DIR = a_bundle(tmp_path / "content")


def generate(*more):
    out = StringIO()
    wanted = ("--articles", str(ARTICLES), "--versions", str(VERSIONS))
    call_command("generate_site", *wanted, *more, stdout=out, verbosity=0)
    return out.getvalue().splitlines()[-1]


def generated():
    return Revision.objects.filter(document__translation__article__order=100)


def test_it_generates_what_it_says():
    assert generate() == "7 articles of 4 versions in every language"
    now = timezone.now()
    for language in LANGUAGES:
        assert len(Article.objects.all_live(language, now, order=100)) == ARTICLES
    assert generated().count() == ARTICLES * VERSIONS * len(LANGUAGES)
    bodies = [str(body) for body in generated().values_list("body", flat=True)]
    assert len({*bodies}) == len(bodies)


def test_readers_can_read_it_from_the_first_version_to_the_last():
    generate()
    for text in Translation.objects.filter(article__order=100):
        address = f"/{text.language}/articles/{text.article.slug}/"
        title = text.revisions.get(number=VERSIONS).body["title"]
        assert Page.at(address).heading == title
        assert len(Page.at(f"{address}versions/").soup.select("tbody tr")) == VERSIONS
        Page.at(f"{address}versions/1/")
        asked = text.revisions.get(number=VERSIONS).body["questions"][0]
        assert title in Page.at(f"/{text.language}/search/?q={asked}").links()


def test_the_same_seed_makes_the_same_texts():
    made = []
    for seed in ("1", "1", "2"):
        with transaction.atomic():
            generate("--seed", seed)
            slugs = Article.objects.filter(order=100).order_by("pk").values_list("slug", flat=True)
            made.append((*slugs, *map(str, generated().order_by("pk").values_list("body", "note"))))
            transaction.set_rollback(True)
    first, again, other = made
    assert first == again
    assert not {*first} & {*other}


def test_the_index_and_the_references_are_what_is_made_of_the_texts():
    generate()
    entries, terms, references = index_now(), terms_now(), references_now()
    rebuild(timezone.now())
    index(Revision.objects.select_related("document"))
    assert index_now() == entries
    assert terms_now() == terms
    assert references_now() == references


def index_now():
    return sorted(Entry.objects.values_list("revision", "language", *FIELDS))


def terms_now():
    return sorted(Term.objects.exclude(uses=0).values_list("language", "text", "uses"))


def references_now():
    return sorted(Reference.objects.values_list("revision", "kind", "target", "where"))


def test_without_the_search_nothing_generated_is_found():
    generate("--no-search")
    assert not Entry.objects.filter(revision__in=generated()).exists()


def test_what_has_content_is_left_alone():
    an_article()
    with pytest.raises(CommandError, match="has content already; nothing was changed"):
        generate()
    assert Article.objects.count() == 1


@pytest.mark.parametrize("wanted", [("--articles", "-1"), ("--versions", "0")])
def test_what_cannot_be_is_refused(wanted):
    with pytest.raises(CommandError, match="nothing was changed"):
        generate(*wanted)
    assert not Article.objects.exists()
