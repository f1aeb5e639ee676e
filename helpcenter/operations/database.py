"""Whether the database can be used: one clear line and an exit code instead of a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from django.db import DatabaseError, InterfaceError, InternalError, OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

UNUSABLE = 3
"""The exit code of a command that found no database to work with."""

GONE = (OperationalError, InterfaceError, InternalError)
"""What is nobody's mistake and may be over in a moment: no connection, a lock, a full or a read-only disk."""

LONGEST_STATEMENT, LONGEST_SILENCE = 4, 5
"""Seconds. PostgreSQL takes back what takes longer; one that does not even do that is as good as none."""


def bound(connection: BaseDatabaseWrapper, **_more: Any) -> None:
    """For the signal connection_created: nobody waits for ever on this connection. Commands take their time.

    The second bound is held on this side: a PostgreSQL that was stopped holds to none of its own, and the system
    under it still says that all has arrived.
    """
    if connection.vendor == "postgresql":
        connection.connection.wait = partial(connection.connection.wait, timeout=LONGEST_SILENCE)
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, false)", [f"{LONGEST_STATEMENT}s"])


@contextmanager
def usable() -> Iterator[None]:
    """What stands inside ends the command with a sentence if the database is missing, down, or no database."""
    try:
        yield
    except (DatabaseError, ImproperlyConfigured) as error:
        raise CommandError(f"the database cannot be used: {error}", returncode=UNUSABLE) from error


def lacks_migrations() -> bool:
    """Whether the code is newer than the database. Its rules (triggers) come with the migrations too."""
    return not _newest() <= set(MigrationRecorder(connection).applied_migrations())


@cache
def _newest() -> frozenset[tuple[str, str]]:
    """The last migrations of the code, which the process has loaded once: a balancer asks every second."""
    return frozenset(MigrationLoader(None).graph.leaf_nodes())
