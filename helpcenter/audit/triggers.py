"""What the database refuses, whoever asks: to change, delete or replace an entry of the audit."""

from typing import Any

KEPT = "an entry of the audit is never changed or deleted"

# OR REPLACE deletes the row in its way without asking delete triggers, hence the last one.
_SQLITE = [
    *(
        f"CREATE TRIGGER entry_not_{done} BEFORE {event} ON audit_entry BEGIN SELECT RAISE(ABORT, '{KEPT}'); END"
        for event, done in (("UPDATE", "changed"), ("DELETE", "deleted"))
    ),
    f"""
    CREATE TRIGGER entry_not_replaced BEFORE INSERT ON audit_entry
    WHEN EXISTS (SELECT 1 FROM audit_entry WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, '{KEPT}'); END
    """,
]

_POSTGRESQL = [
    f"""
    CREATE FUNCTION audit_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{KEPT}'; END $$
    """,
    """
    CREATE TRIGGER audit_kept BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_kept()
    """,
    """
    CREATE TRIGGER audit_not_emptied BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_kept()
    """,
]


def install(apps: Any, schema_editor: Any) -> None:
    """The last step of every migration that touches the table: SQLite loses the triggers of a table it rebuilds."""
    for statement in {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def remove(apps: Any, schema_editor: Any) -> None:
    """The first step of every migration that touches the table; `install` is its last."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION IF EXISTS audit_kept CASCADE", params=None)
        return
    for done in ("changed", "deleted", "replaced"):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS entry_not_{done}", params=None)
