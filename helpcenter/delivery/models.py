"""Whether what readers see has changed (the epoch), and what (touched): written by the database itself."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connections, models
from django.db.models import F

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


BY_DOCUMENT = {"publishing.LiveChange": "document_id", "articles.Verification": "translation_id"}
"""The tables of which each new row touches the document in this column; any other change touches everything."""


class Touched(models.Model):
    """What a CDN has not been told to forget yet: a document, as it is `since` then; everything, if that is 0.

    There is one row for each, however often it is touched; it goes when the CDN has been told. `times` moves, so that
    what is touched while it is told stays.
    """

    document = models.BigIntegerField(unique=True)
    since = models.DateTimeField(null=True)
    times = models.BigIntegerField(default=1)

    def __str__(self) -> str:
        return str(self.document)

    @classmethod
    def everything(cls) -> None:
        """Of a new release, and of whatever the database does not know, all pages may be others."""
        cls.objects.update_or_create(document=0, defaults={"times": F("times") + 1}, create_defaults={})


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

_TOUCHED = """INSERT INTO delivery_touched (document, since, times) {rows}
    ON CONFLICT (document) DO UPDATE SET times = delivery_touched.times + 1, since = CASE
        WHEN excluded.since < delivery_touched.since THEN excluded.since ELSE delivery_touched.since END"""
_EVERYTHING = "VALUES (0, NULL, 1)"

_TOUCHES = """
CREATE OR REPLACE FUNCTION touches() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN EXECUTE TG_ARGV[0]; RETURN NULL; END $$
"""


def _touching(label: str, vendor: str) -> Iterator[str]:
    """On PostgreSQL by statements, like the epoch and after it (by name): whoever holds its row touches alone."""
    table, column = _table(label), BY_DOCUMENT.get(label)
    for event in _EVENTS:
        name, rows, when = f"touches_on_{event.lower()}", _EVERYTHING, f"AFTER {event} ON {table}"
        its_own = column and event == "INSERT"
        if vendor == "sqlite":
            rows = f"VALUES (NEW.{column}, NEW.at, 1)" if its_own else rows
            yield f"CREATE TRIGGER IF NOT EXISTS {table}_{name} {when} BEGIN {_TOUCHED.format(rows=rows)}; END"
            continue
        if its_own:
            when += " REFERENCING NEW TABLE AS written"
            rows = f"SELECT {column}, min(at), 1 FROM written GROUP BY {column}"  # noqa: S608 (constants of this file)
        touch = f"EXECUTE FUNCTION touches($${_TOUCHED.format(rows=rows)}$$)"
        yield f"CREATE OR REPLACE TRIGGER {name} {when} FOR EACH STATEMENT {touch}"


def install_triggers(using: str) -> None:
    """After every migration: SQLite loses the triggers of a table that a migration rebuilds."""
    connection = connections[using]
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        labels = [label for label in READERS_SEE if _table(label) in there]
        if "delivery_epoch" not in there:  # on the way back to before it
            return
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
            cursor.execute(_TOUCHES)
        for label in labels:
            for statement in _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE:
                cursor.execute(statement.format(table=_table(label)))
            for statement in _touching(label, connection.vendor) if "delivery_touched" in there else ():
                cursor.execute(statement)


def remove_triggers(_apps: Any, schema_editor: Any) -> None:
    """On the way back to before either: they would write where there is no table. What stays is installed again."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION IF EXISTS epoch_moves, touches CASCADE")
        return
    for table in map(_table, READERS_SEE):
        for event in _EVENTS:
            for done in ("moves_epoch", "touches"):
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_{done}_on_{event.lower()}")


def _table(label: str) -> str:
    return str(apps.get_model(label)._meta.db_table)
