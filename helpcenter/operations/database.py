"""Whether the database can be used: one clear line and an exit code instead of a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from django.db import DatabaseError, InterfaceError, InternalError, OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

UNUSABLE = 3
"""The exit code of a command that found no database to work with."""

GONE = (OperationalError, InterfaceError, InternalError)
"""What is nobody's mistake and may be over in a moment: no connection, a lock, a full or a read-only disk."""


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
