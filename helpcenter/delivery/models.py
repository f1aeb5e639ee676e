"""The content's epoch: one number that moves in every transaction that changes what readers see."""

from typing import Any

from django.apps import apps
from django.db import connections, models

READERS_SEE = (
    "publishing.LiveChange",
    "articles.Article",
    "articles.FormerSlug",
    "articles.Picture",
    "articles.Redirect",
    "articles.Rendition",
    "articles.Retirement",
    "articles.Verification",
    "search.Pin",
    "search.Synonym",
)
"""The models whose rows readers' pages are made of. Revisions are seen by a live change only, and never change."""


class Epoch(models.Model):
    """One row. The database moves the number itself (triggers), so that no way of writing can forget it."""

    number = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.number)

    @classmethod
    def current(cls) -> int:
        """The number that is committed; 0 before anything was written."""
        return cls.objects.values_list("number", flat=True).first() or 0


_MOVED = """INSERT INTO delivery_epoch (id, number) VALUES (1, 1)
    ON CONFLICT (id) DO UPDATE SET number = delivery_epoch.number + 1"""

_EVENTS = ("INSERT", "UPDATE", "DELETE")

_SQLITE = [
    f"CREATE TRIGGER IF NOT EXISTS {{table}}_moves_epoch_on_{event.lower()} AFTER {event} ON {{table}} "
    f"BEGIN {_MOVED}; END"
    for event in _EVENTS
]

_FUNCTION = f"""
CREATE OR REPLACE FUNCTION epoch_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN {_MOVED}; RETURN NULL; END $$
"""

_POSTGRESQL = [
    """CREATE OR REPLACE TRIGGER epoch_moves AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION epoch_moves()"""
]


def install_triggers(using: str) -> None:
    """After every migration: SQLite loses the triggers of a table that a migration rebuilds."""
    connection = connections[using]
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        tables = [table for table in map(_table, READERS_SEE) if table in there]
        if "delivery_epoch" not in there:  # on the way back to before it
            return
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
        for table in tables:
            for statement in _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE:
                cursor.execute(statement.format(table=table))


def remove_triggers(_apps: Any, schema_editor: Any) -> None:
    """On the way back to before the epoch: they would write where there is no table."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION IF EXISTS epoch_moves CASCADE")
        return
    for table in map(_table, READERS_SEE):
        for event in _EVENTS:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_moves_epoch_on_{event.lower()}")


def _table(label: str) -> str:
    return str(apps.get_model(label)._meta.db_table)
