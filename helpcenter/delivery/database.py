"""Whether the database can be used: one clear line and an exit code instead of a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

UNUSABLE = 3
"""The exit code of a command that found no database to work with."""


@contextmanager
def usable() -> Iterator[None]:
    """What stands inside ends the command with a sentence if the database is missing, down, or no database."""
    try:
        yield
    except (DatabaseError, ImproperlyConfigured) as error:
        raise CommandError(f"the database cannot be used: {error}", returncode=UNUSABLE) from error


def lacks_migrations() -> bool:
    """Whether the code is newer than the database. Its rules (triggers) come with the migrations too."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
