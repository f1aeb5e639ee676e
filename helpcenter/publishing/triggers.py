"""What the database itself refuses, whoever asks: changing what was published, and editing the past.

The same rules in the two dialects; migrations install them. Whoever sits at the database's shell reads the messages.

- A published revision is neither changed nor deleted.
- A live change of the past is neither changed nor deleted, and none is moved into the past.
- A live change is recorded before it happens and after all that has happened, so that history only grows. Only a
  document's first one may lie in the past: bundled text brings the day since when it holds.
- What goes live is published and belongs to the document that it goes live in.
"""

REVISION_KEPT = "a published revision is never changed or deleted"
PAST_KEPT = "a live change of the past is never changed or deleted"
ONLY_GROWS = "history only grows: a live change comes after all that has happened"
PUBLISHED_FIRST = "only a published revision of the same document goes live"

_SQLITE_NOW = "strftime('%Y-%m-%d %H:%M:%f', 'now')"

# OR REPLACE deletes the rows in its way without asking delete triggers, hence the "not replaced" triggers.
SQLITE = [
    f"""
    CREATE TRIGGER published_revision_not_changed BEFORE UPDATE ON publishing_revision
    WHEN OLD.state = 'published' BEGIN SELECT RAISE(ABORT, '{REVISION_KEPT}'); END
    """,
    f"""
    CREATE TRIGGER published_revision_not_deleted BEFORE DELETE ON publishing_revision
    WHEN OLD.state = 'published' BEGIN SELECT RAISE(ABORT, '{REVISION_KEPT}'); END
    """,
    f"""
    CREATE TRIGGER published_revision_not_replaced_on_insert BEFORE INSERT ON publishing_revision
    WHEN EXISTS (SELECT 1 FROM publishing_revision WHERE state = 'published'
                 AND (id = NEW.id OR (document_id = NEW.document_id AND number = NEW.number)))
    BEGIN SELECT RAISE(ABORT, '{REVISION_KEPT}'); END
    """,
    f"""
    CREATE TRIGGER published_revision_not_replaced_on_update BEFORE UPDATE ON publishing_revision
    WHEN EXISTS (SELECT 1 FROM publishing_revision WHERE state = 'published' AND id <> OLD.id
                 AND (id = NEW.id OR (document_id = NEW.document_id AND number = NEW.number)))
    BEGIN SELECT RAISE(ABORT, '{REVISION_KEPT}'); END
    """,
    f"""
    CREATE TRIGGER past_live_change_not_changed BEFORE UPDATE ON publishing_livechange
    WHEN OLD.at <= {_SQLITE_NOW} OR NEW.at <= {_SQLITE_NOW} BEGIN SELECT RAISE(ABORT, '{PAST_KEPT}'); END
    """,
    f"""
    CREATE TRIGGER past_live_change_not_replaced BEFORE UPDATE ON publishing_livechange
    WHEN EXISTS (SELECT 1 FROM publishing_livechange WHERE id = NEW.id AND id <> OLD.id AND at <= {_SQLITE_NOW})
    BEGIN SELECT RAISE(ABORT, '{PAST_KEPT}'); END
    """,
    f"""
    CREATE TRIGGER past_live_change_not_deleted BEFORE DELETE ON publishing_livechange
    WHEN OLD.at <= {_SQLITE_NOW} BEGIN SELECT RAISE(ABORT, '{PAST_KEPT}'); END
    """,
    f"""
    CREATE TRIGGER live_changes_only_grow BEFORE INSERT ON publishing_livechange
    WHEN EXISTS (SELECT 1 FROM publishing_livechange WHERE id = NEW.id)
      OR EXISTS (SELECT 1 FROM publishing_livechange WHERE document_id = NEW.document_id
                 AND ((at >= NEW.at AND at <= {_SQLITE_NOW}) OR at = NEW.at OR NEW.at < NEW.recorded_at))
    BEGIN SELECT RAISE(ABORT, '{ONLY_GROWS}'); END
    """,
    *(
        f"""
        CREATE TRIGGER live_is_published_on_{event.lower()} BEFORE {event} ON publishing_livechange
        WHEN NEW.revision_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM publishing_revision
            WHERE id = NEW.revision_id AND state = 'published' AND document_id = NEW.document_id)
        BEGIN SELECT RAISE(ABORT, '{PUBLISHED_FIRST}'); END
        """
        for event in ("INSERT", "UPDATE")
    ),
]

POSTGRESQL = [
    f"""
    CREATE FUNCTION published_revision_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.state = 'published' THEN RAISE EXCEPTION '{REVISION_KEPT}'; END IF;
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END $$
    """,
    """
    CREATE TRIGGER published_revision_kept BEFORE UPDATE OR DELETE ON publishing_revision
    FOR EACH ROW EXECUTE FUNCTION published_revision_kept()
    """,
    f"""
    CREATE FUNCTION past_live_change_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.at <= clock_timestamp() THEN RAISE EXCEPTION '{PAST_KEPT}'; END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        IF NEW.at <= clock_timestamp() THEN RAISE EXCEPTION '{PAST_KEPT}'; END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER past_live_change_kept BEFORE UPDATE OR DELETE ON publishing_livechange
    FOR EACH ROW EXECUTE FUNCTION past_live_change_kept()
    """,
    f"""
    CREATE FUNCTION live_changes_only_grow() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' AND EXISTS (
            SELECT 1 FROM publishing_livechange WHERE document_id = NEW.document_id
            AND ((at >= NEW.at AND at <= clock_timestamp()) OR at = NEW.at OR NEW.at < NEW.recorded_at)
        ) THEN RAISE EXCEPTION '{ONLY_GROWS}' USING ERRCODE = 'integrity_constraint_violation'; END IF;
        IF NEW.revision_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM publishing_revision
            WHERE id = NEW.revision_id AND state = 'published' AND document_id = NEW.document_id
        ) THEN RAISE EXCEPTION '{PUBLISHED_FIRST}'; END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER live_changes_only_grow BEFORE INSERT OR UPDATE ON publishing_livechange
    FOR EACH ROW EXECUTE FUNCTION live_changes_only_grow()
    """,
    f"""
    CREATE FUNCTION history_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{PAST_KEPT}'; END $$
    """,
    *(
        f"""
        CREATE TRIGGER history_not_emptied BEFORE TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION history_not_emptied()
        """
        for table in ("publishing_revision", "publishing_livechange")
    ),
]
