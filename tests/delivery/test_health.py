"""healthz: the process answers. readyz: it can serve, and if not, why not."""

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from tests.builders import a_sheet, a_site, an_article


def test_the_process_answers_without_a_database():
    response = Client().get("/healthz")
    assert response.status_code == 200
    assert response.content == b"ok\n"


def not_ready():
    response = Client().get("/readyz")
    assert response.status_code == 503
    return response.content.decode().strip()


@pytest.mark.django_db
def test_a_site_with_content_is_ready():
    a_site()
    response = Client().get("/readyz")
    assert response.status_code == 200
    assert response.content == b"ready\n"


@pytest.mark.django_db
def test_it_is_not_ready_before_there_is_content():
    assert not_ready() == "not ready: nothing live of: article, facts, flow"
    a_sheet()
    assert not_ready() == "not ready: nothing live of: article, flow"
    an_article("walked")
    assert not_ready() == "not ready: nothing live of: flow"


@pytest.mark.django_db
def test_it_is_not_ready_when_the_code_is_newer_than_the_database():
    a_site()
    applied = MigrationRecorder(connection).applied_migrations()
    newest = max(name for app, name in applied if app == "wizard")
    MigrationRecorder(connection).record_unapplied("wizard", newest)
    assert not_ready() == "not ready: migrations are missing"


@pytest.mark.django_db
def test_it_is_not_ready_without_a_database():
    def gone(*args):
        raise OperationalError("server closed the connection, password=secret")

    with connection.execute_wrapper(gone):
        assert not_ready() == "not ready: database: OperationalError"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_nobody_keeps_a_copy(address):
    response = Client().get(address)
    assert "no-store" in response.headers["Cache-Control"]
    assert not response.cookies


@pytest.mark.django_db
def test_a_balancer_may_ask_every_second(django_assert_max_num_queries):
    a_site()
    Client().get("/readyz")
    with django_assert_max_num_queries(5):
        assert Client().get("/readyz").status_code == 200
