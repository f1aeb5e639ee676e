"""What all tests stand on: a fixed secret, plain static files, and both databases.

`make test` runs everything on SQLite and then, with DATABASE_URL set, what writes to the database on PostgreSQL.
"""

import gc
import logging
import os
import tempfile
from io import StringIO

import pytest
from hypothesis import HealthCheck, settings

from helpcenter.operations.logs import lines

os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="helpcenter-tests-"))
os.environ.setdefault("SECRET_KEY", "only-for-tests")

settings.register_profile(
    "tests", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
settings.register_profile("deep", settings.get_profile("tests"), max_examples=1000)
settings.load_profile("tests")  # unless pytest is told --hypothesis-profile=deep

SAME_ON_BOTH = ("deploy", "home", "promises", "refunds", "wizard")
"""Folders whose tests only read what others have written: they say nothing about a database.

A test in them that does write is marked `writes`.
"""

ON_POSTGRES = os.environ.get("DATABASE_URL", "").startswith("postgres")


def pytest_configure(config: pytest.Config) -> None:
    """Where a server is required and there is none, nothing runs: what CI would skip is a failure."""
    alone = not hasattr(config, "workerinput")  # the one that speaks, not one of its workers
    if alone and ON_POSTGRES and os.environ.get("REQUIRE_POSTGRES") == "1" and (reason := _postgres_missing()):
        pytest.exit(f"REQUIRE_POSTGRES=1, but {reason}", returncode=3)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what writes to the database runs again; without a server that is skipped, saying so."""
    if not ON_POSTGRES:
        return
    touching = [
        item
        for item in items
        if item.get_closest_marker("django_db")
        and not item.get_closest_marker("browser")
        and (item.path.parent.name not in SAME_ON_BOTH or item.get_closest_marker("writes"))
    ]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(touching)])
    items[:] = touching
    if reason := _postgres_missing():
        for item in items:
            item.add_marker(pytest.mark.skip(reason=reason))


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: to look through it for garbage again and again finds none."""
    gc.collect()
    gc.freeze()


def _postgres_missing() -> str:
    import psycopg

    try:
        psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=3).close()
    except psycopg.OperationalError as error:
        return f"there is no PostgreSQL server: {str(error).splitlines()[0]}"
    return ""


@pytest.fixture(autouse=True)
def _plain_static_files(settings):
    """Static files by their plain names: collecting them is the server's business."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.ALLOWED_HOSTS = ["testserver", "localhost"]


@pytest.fixture
def log(monkeypatch):
    """All that the log was given, as text: written as in production, where nobody sits at a terminal.

    Whoever makes an application (WSGI) makes it first: that sets up the log anew.
    """
    written = StringIO()
    monkeypatch.setattr("sys.stderr", written)
    console = logging.getHandlerByName("console")
    monkeypatch.setattr(console, "stream", written)
    monkeypatch.setattr(console, "formatter", lines())
    return written


@pytest.fixture(autouse=True, scope="session")
def _the_connection_of_a_test_stays():
    """Between two requests of a server Django closes connections that are in a transaction; here that is the test's."""
    from django.db.backends.base.base import BaseDatabaseWrapper

    close = BaseDatabaseWrapper.close_if_unusable_or_obsolete

    def close_unless_in_a_transaction(connection):
        if not connection.in_atomic_block:
            close(connection)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(BaseDatabaseWrapper, "close_if_unusable_or_obsolete", close_unless_in_a_transaction)
        yield


@pytest.fixture(autouse=True, scope="session")
def _whoever_is_signed_in_has_a_second_factor():
    """`force_login` stands for all of signing in. What the desk does without the second part: tests/accounts."""
    from django.test import Client

    from tests.signing_in import prove

    by_password = Client.force_login

    def force_login(client, user, backend=None):
        by_password(client, user, backend)
        prove(client, user)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Client, "force_login", force_login)
        yield
