"""A question whose SQL is put together once is the question that it was made of, whatever it is asked with."""

import pytest

from helpcenter.publishing.models import LiveChange
from helpcenter.publishing.prepared import Prepared, instant
from tests.builders import a_body, an_article, at

pytestmark = pytest.mark.django_db

INSTANTS = [at("2026-01-01"), at("2026-02-15"), at("2026-04-01")]
WORDS = [["a"], ["b"], ["a", "b"], ["b", "a"], ["nowhere", "a"], ["?1", "a"], ["?0"], ["'", "a"], ["%s", "a"]]


@pytest.fixture
def made():
    """How often the SQL was put together."""
    return []


@pytest.fixture
def prepared(made):
    an_article("a", history={"2026-02-01": a_body("One"), "2026-03-01": a_body("Two")})
    an_article("b", history={"2026-03-01": a_body("Three")})

    def question(when, *slugs):
        made.append(slugs)
        changes = LiveChange.objects.up_to(when).filter(document__translation__article__slug__in=slugs)
        return changes.values_list("revision_id", "at", "document__translation__article__slug")

    return Prepared(question)


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("when", INSTANTS)
def test_it_answers_as_it_would_if_it_were_made_anew(prepared, words, when):
    prepared.ask(INSTANTS[0], *["other"] * len(words))
    expected = LiveChange.objects.up_to(when).filter(document__translation__article__slug__in=words)
    answered = [(revision, instant(since), slug) for revision, since, slug in prepared.ask(when, *words)]
    assert answered == [
        (change.revision_id, change.at, change.document.translation.article.slug) for change in expected
    ]


def test_its_sql_is_put_together_once_for_each_number_of_words(prepared, made):
    for when in INSTANTS:
        for words in WORDS:
            prepared.ask(when, *words)
    assert sorted(len(words) for words in made) == [1, 2]
