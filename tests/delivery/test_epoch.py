"""The epoch moves in the transaction that changes what readers see, whoever writes and however."""

from concurrent.futures import ThreadPoolExecutor, wait
from threading import Event, current_thread
from types import SimpleNamespace
from unittest.mock import patch

import pytest
from django.apps import apps
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from articles.models import Article, FormerSlug, Redirect, Verification
from helpcenter.delivery import epoch as watching
from helpcenter.delivery.epoch import Bell, Watch
from helpcenter.delivery.models import READERS_SEE, Epoch, install_triggers, remove_triggers
from helpcenter.search.models import Synonym
from tests.builders import a_body, a_draft, a_sheet, a_user, an_article

UNSEEN = {
    "articles.Looked": "derived, for editors",
    "articles.MissingPage": "what was not found",
    "articles.Share": "drafts, which are no pages of readers",
    "articles.Touched": "notes for what is derived",
    "articles.Translation": "its text is seen by a live change",
    "articles.Upkeep": "derived, for editors",
    "audit.Entry": "the desk's",
    "delivery.Epoch": "itself",
    "delivery.Touched": "what a CDN is to be told",
    "feedback.Vote": "only editors see the rates",
    "publishing.Document": "seen by a live change",
    "publishing.Event": "only editors see who did what",
    "publishing.ReviewPolicy": "the desk's",
    "publishing.Revision": "seen by a live change, and then it never changes",
    "publishing.Unsaved": "what editors type",
    "references.OutboundHost": "asked when something is published",
    "references.Reference": "derived, for editors",
    "search.Entry": "derived from what a live change shows",
    "search.Question": "what was asked; pages of results are not kept",
    "search.Spelling": "derived",
    "search.Term": "derived",
    "wizard.Passage": "counts, which only editors see",
}
"""Why a change of these is none of what readers see."""

pytestmark = [pytest.mark.django_db, pytest.mark.writes]


def test_every_model_says_whether_readers_see_it():
    ours = {
        model._meta.label
        for config in apps.get_app_configs()
        if config.name.startswith(("helpcenter", "articles"))
        for model in config.get_models()
        if not model._meta.proxy
    }
    assert ours == {*READERS_SEE, *UNSEEN}
    assert not {*READERS_SEE} & {*UNSEEN}


def moved(change):
    before = Epoch.current()
    change()
    return Epoch.current() > before


def test_it_moves_with_whatever_readers_see():
    a_sheet()
    article = an_article("walked").article
    user = a_user()
    now = timezone.now()
    assert moved(lambda: an_article("other"))
    assert moved(lambda: Article.objects.filter(pk=article.pk).update(order=7))
    assert moved(lambda: FormerSlug.objects.create(slug="once", article=article, until=now))
    assert moved(lambda: Redirect.objects.bulk_create([Redirect(path="/a/"), Redirect(path="/b/")]))
    assert moved(lambda: Redirect.objects.all().delete())
    assert moved(lambda: Synonym.objects.create(language="en", words="quit, cancel"))
    assert moved(lambda: Synonym.objects.all().delete())
    live = article.translations.get().revisions.get()
    looked = {"translation": article.translations.get(), "revision": live, "by": user, "at": now}
    assert moved(lambda: Verification.objects.create(**looked))


def test_it_stands_where_readers_see_nothing_of_it():
    a_sheet()
    translation = an_article("walked")
    user = a_user()
    assert not moved(lambda: a_draft(translation, a_body("Draft"), by=user))
    assert not moved(lambda: translation.revisions.exclude(state="published").delete)


def test_every_table_that_readers_see_moves_it():
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_moves_epoch_%'")
        else:
            cursor.execute(
                "SELECT event_object_table FROM information_schema.triggers WHERE trigger_name = 'epoch_moves'"
            )
        tables = [table for (table,) in cursor.fetchall()]
    wanted = [apps.get_model(label)._meta.db_table for label in READERS_SEE]
    assert sorted(tables) == sorted(wanted * 3), "by INSERT, UPDATE and DELETE"


def test_what_was_taken_back_has_not_moved_it():
    before = Epoch.current()
    with transaction.atomic():
        an_article("walked")
        assert Epoch.current() > before
        transaction.set_rollback(True)
    assert Epoch.current() == before


def test_on_the_way_back_to_before_it_nothing_moves_it():
    with connection.cursor() as cursor:
        remove_triggers(None, SimpleNamespace(connection=connection, execute=cursor.execute))
    assert not moved(lambda: Redirect.objects.create(path="/a/"))
    install_triggers("default")
    assert moved(lambda: Redirect.objects.create(path="/b/"))


def test_a_bell_is_heard_in_every_process_that_has_it(tmp_path):
    mine, theirs = Bell(tmp_path / "bell"), Bell(tmp_path / "bell")
    before = mine.heard()
    theirs.ring()
    assert mine.heard() != before
    assert mine.heard() == theirs.heard()


def test_the_database_is_asked_after_a_ring_and_else_now_and_then(tmp_path, django_assert_num_queries):
    bell = Bell(tmp_path / "bell")
    watch = Watch(bell)
    with django_assert_num_queries(1):
        for _time in range(100):
            watch.epoch()
    bell.ring()
    with django_assert_num_queries(1):
        watch.epoch()
        watch.epoch()


def test_of_those_who_heard_one_ring_one_asks_and_a_database_that_does_not_answer_keeps_them_once(tmp_path):
    bell = Bell(tmp_path / "bell")
    watch, asked, answers = Watch(bell), [], Event()

    def slow():
        asked.append(1)
        assert answers.wait(20)
        raise OperationalError("it does not answer")

    bell.ring()
    with patch.object(Epoch, "current", slow), ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(watch.epoch) for _each in range(8)]
        while not asked:
            Event().wait(0.005)
        answers.set()
        assert {each.result() for each in waiting} == {0}
    assert len(asked) == 1


def test_nobody_waits_long_for_who_asks_a_database_that_does_not_answer(tmp_path):
    watch = Watch(Bell(tmp_path / "bell"))
    watch._epoch = 7
    with ThreadPoolExecutor(8) as pool, watch._asking:
        for _time in range(3):
            watch._bell.ring()
            assert [each.result(5) for each in [pool.submit(watch.epoch) for _each in range(8)]] == [7] * 8


def test_nor_does_who_has_made_a_page_meanwhile(tmp_path):
    watch = Watch(Bell(tmp_path / "bell"))
    watch._epoch = 7
    watch._asking.acquire()
    with ThreadPoolExecutor(8) as pool:
        answered, waiting = wait([pool.submit(watch.ask) for _each in range(8)], timeout=5)
        watch._asking.release()
    assert not waiting
    assert {each.result() for each in answered} == {7}


def test_without_a_database_nobody_who_reads_waits_until_it_is_back(tmp_path, monkeypatch):
    monkeypatch.setattr(watching, "ASKED_EVERY", 0)
    watch, answers, asked = Watch(Bell(tmp_path / "bell")), Event(), []

    def gone():
        asked.append(current_thread())
        answers.wait(20)
        raise OperationalError("gone")

    answers.set()
    with patch.object(Epoch, "current", gone):
        watch.ask()
        answers.clear()
        watch._bell.ring()
        assert [watch.epoch() for _time in range(3)] == [0] * 3
        answers.set()
        asked[-1].join(20)
    with patch.object(Epoch, "current", lambda: 7):
        assert watch.epoch() == 7
    assert [thread is current_thread() for thread in asked] == [True, False]


def test_whoever_comes_while_somebody_asks_now_and_then_goes_on(tmp_path):
    watch = Watch(Bell(tmp_path / "bell"))
    watch._heard, watch._epoch = watch._bell.heard(), 7
    with watch._asking, ThreadPoolExecutor(1) as pool:
        assert pool.submit(watch.epoch).result(5) == 7
