"""The database notes which documents were touched, so that no way of writing can forget it: see articles/upkeep.py."""

from typing import Any

from django.db import connections

_TEXTS = "SELECT document_ptr_id FROM articles_translation WHERE article_id = {row}"
_ALL = "SELECT NULL"

_WRITTEN = ("INSERT", "UPDATE", "DELETE")
_WHOSE = {
    "publishing_revision": ("SELECT {row}.document_id", _WRITTEN),
    "publishing_livechange": ("SELECT {row}.document_id", _WRITTEN),
    "articles_verification": ("SELECT {row}.translation_id", _WRITTEN),
    "articles_translation": ("SELECT {row}.document_ptr_id", ("INSERT",)),
    "articles_article": (_TEXTS + ".id", ("UPDATE",)),
    "articles_formerslug": (_TEXTS + ".article_id", _WRITTEN),
    "references_reference": ("SELECT document_id FROM publishing_revision WHERE id = {row}.revision_id", ("INSERT",)),
    "references_outboundhost": (_ALL, _WRITTEN),
    "articles_picture": (_ALL, ("INSERT", "DELETE")),
}
"""By table: the documents that a row of it concerns, and which ways of writing it count."""


def install_triggers(using: str) -> None:
    """After every migration: SQLite loses the triggers of a table that a migration rebuilds."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if not {"articles_touched", *_WHOSE} <= set(connection.introspection.table_names(cursor)):
            return  # on the way back to before it
        for table, (whose, events) in _WHOSE.items():
            for event in events:
                documents = whose.format(row="OLD" if event == "DELETE" else "NEW")
                note = f"INSERT INTO articles_touched (document) {documents}"
                for statement in _statements(connection.vendor, table, event, note):
                    cursor.execute(statement)


def _statements(vendor: str, table: str, event: str, note: str) -> list[str]:
    name = f"{table}_touched_on_{event.lower()}"
    if vendor == "sqlite":
        return [f"CREATE TRIGGER IF NOT EXISTS {name} AFTER {event} ON {table} BEGIN {note}; END"]
    return [
        f"""CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN {note}; RETURN NULL; END $$""",
        f"CREATE OR REPLACE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]


def remove_triggers(_apps: Any, schema_editor: Any) -> None:
    """On the way back to before there was anything to note it in."""
    for table, (_, events) in _WHOSE.items():
        for event in events:
            name = f"{table}_touched_on_{event.lower()}"
            if schema_editor.connection.vendor == "postgresql":
                schema_editor.execute(f"DROP FUNCTION IF EXISTS {name} CASCADE")
            else:
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")
