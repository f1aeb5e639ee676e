"""healthz: the process answers. readyz: it can serve, and if not, why not. Both before Django."""

import threading
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from helpcenter.delivery import health as asked
from helpcenter.delivery.granian import leaving
from helpcenter.delivery.health import Health
from tests.builders import a_sheet, a_site, an_article
from tests.delivery.asking import ask


@pytest.fixture
def health():
    return Health()


def test_the_process_answers_without_a_database(health):
    response = ask(health, "/healthz")
    assert (response.status, response.body) == (200, b"ok\n")
    assert ask(health, "/healthz", method="HEAD").body == b""


def not_ready(health):
    response = ask(health, "/readyz")
    assert response.status == 503
    return response.body.decode().strip()


@pytest.mark.django_db
def test_a_site_with_content_is_ready_by_whatever_name_it_is_called(health):
    a_site()
    for name in ("testserver", "10.0.0.7:8000"):
        response = ask(health, "/readyz", host=name)
        assert (response.status, response.body) == (200, b"ready\n")


@pytest.mark.django_db
def test_it_is_not_ready_before_there_is_content(health):
    assert not_ready(health) == "not ready: nothing live of: article, facts, flow"
    a_sheet()
    assert not_ready(health) == "not ready: nothing live of: article, flow"
    an_article("walked")
    assert not_ready(health) == "not ready: nothing live of: flow"


@pytest.mark.django_db
def test_it_is_not_ready_when_the_code_is_newer_than_the_database(health):
    a_site()
    applied = MigrationRecorder(connection).applied_migrations()
    newest = max(name for app, name in applied if app == "wizard")
    MigrationRecorder(connection).record_unapplied("wizard", newest)
    assert not_ready(health) == "not ready: migrations are missing"


@pytest.mark.django_db
def test_it_is_not_ready_without_a_database(health):
    def gone(*args):
        raise OperationalError("server closed the connection, password=secret")

    with connection.execute_wrapper(gone):
        assert not_ready(health) == "not ready: database: OperationalError"


@pytest.mark.django_db
def test_it_is_not_ready_while_it_leaves(health, settings, tmp_path, monkeypatch):
    a_site()
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(asked.os, "getppid", lambda: 7)
    leaving(tmp_path, 7).touch()
    assert not_ready(health) == "not ready: leaving"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_nobody_keeps_a_copy(health, address):
    response = ask(health, address)
    assert response.headers["cache-control"] == "no-store"
    assert "set-cookie" not in response.headers


@pytest.mark.django_db
def test_a_balancer_may_ask_every_second(health, django_assert_max_num_queries):
    a_site()
    ask(health, "/readyz")
    with django_assert_max_num_queries(5):
        assert ask(health, "/readyz").status == 200


def test_while_the_database_does_not_answer_one_waits_for_it_and_no_more(health):
    asking, answers = threading.Event(), threading.Event()
    said = ["", "database: OperationalError", ""]

    def slow():
        asking.set()
        assert answers.wait(20)
        return said.pop(0)

    with patch.object(asked, "_lacks", slow), ThreadPoolExecutor(1) as pool:
        for before, after in ((503, 200), (200, 503), (503, 200)):
            first = pool.submit(ask, health, "/readyz")
            assert asking.wait(20)
            assert {ask(health, "/readyz").status for _each in range(40)} == {before}
            answers.set()
            assert first.result().status == after
            asking.clear()
            answers.clear()
