"""What the audit's page says of what was kept: it hides no change, and no value breaks it."""

import pytest
from django.utils.translation import override

from helpcenter.audit.models import Act, Entry
from helpcenter.audit.names import names
from helpcenter.audit.recording import watched
from helpcenter.audit.wording import in_words, kind_of
from helpcenter.publishing.models import Document, LiveChange
from tests.builders import a_user, an_article

pytestmark = pytest.mark.django_db


def said(kind="auth.User", **changes):
    """Each change of an entry in words: was, is."""
    (found,) = in_words([Entry(pk=1, act=Act.CHANGE, kind=kind, key="1", changes=changes)]).values()
    return [(was, now) for _label, was, now in found]


@pytest.mark.parametrize("value", ["2026-01-01", "9999-12-31T23:59:59Z", "2026-13-01T00:00:00Z", "soon", 5])
def test_what_is_no_instant_that_can_be_said_is_said_as_it_was_kept(value):
    assert said(date_joined=[value, None]) == [(str(value), "–")]


@pytest.mark.parametrize(
    ("field", "was", "now"),
    [
        ("date_joined", "2026-01-01T10:00:05Z", "2026-01-01T10:00:55Z"),
        ("groups", ["A, B"], ["A", "B"]),
        ("email", "", "–"),
    ],
)
def test_what_changed_is_never_said_alike(field, was, now):
    ((before, after),) = said(**{field: [was, now]})
    assert before != after


def test_from_nothing_to_nothing_is_no_change():
    assert said(email=[None, ""], groups=[None, []]) == []


@pytest.mark.parametrize(("language", "label"), [("en", "Name"), ("zh-hant", "名稱"), ("zh-hans", "名称")])
def test_the_name_of_a_passkey_is_called_so(language, label):
    entry = Entry(pk=1, act=Act.CHANGE, kind="mfa.Authenticator", key="1", changes={"name": ["My phone", "Laptop"]})
    with override(language):
        assert in_words([entry]) == {1: [(label, "My phone", "Laptop")]}


def test_what_another_thing_is_named_is_said_by_its_name():
    text, boss = an_article("topic"), a_user("boss")
    first = text.revisions.get()
    change = LiveChange.objects.get(revision=first)
    revision = {"document_id": [None, text.pk], "author_id": [None, boss.pk], "base_id": [None, first.pk]}
    assert said("publishing.Revision", **revision) == [("–", str(text)), ("–", "boss"), ("–", str(first))]
    assert said("articles.Retirement", change_id=[None, change.pk]) == [("–", str(change))]
    assert said("articles.Article", owner_id=[boss.pk, 999]) == [("boss", "999")]  # who is not there any more


def test_names_of_many_take_as_many_questions_as_those_of_one(django_assert_num_queries):
    changes = [LiveChange.objects.get(document=an_article(slug)) for slug in ("one", "two", "three")]
    with django_assert_num_queries(1):
        assert len(names((LiveChange, each.pk) for each in changes)) == 3
    with django_assert_num_queries(2):
        assert len(names((Document, each.document_id) for each in changes)) == 3


@pytest.mark.parametrize("language", ["zh-hant", "zh-hans"])
def test_every_kind_is_called_in_the_language_of_the_desk(language):
    with override("en"):
        english = {model: kind_of(model) for model in watched()}
    with override(language):
        assert [model for model in english if kind_of(model) == english[model]] == []
