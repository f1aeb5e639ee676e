"""What the database itself refuses, whoever asks: changing what was published, and editing the past.

The same rules in the two dialects; migrations install them. Whoever sits at the database's shell reads the messages.

- A published revision is neither changed nor deleted.
- A live change of the past is neither changed nor deleted, and none is moved into the past.
- A live change is recorded before it happens and after all that has happened, so that history only grows. Only a
  document's first one may lie in the past: bundled text brings the day since when it holds.
- What goes live is published and belongs to the document that it goes live in.
- What happened to a revision is neither changed nor deleted.
- Only a draft is written on: what is in review, approved or in the bin keeps its words and its author.
- Where four eyes are asked for, nobody approves what they wrote, and what somebody wrote is published only if somebody
  who has not written on it approved it after it was last written.
"""

from typing import Any

REVISION_KEPT = "a published revision is never changed or deleted"
PAST_KEPT = "a live change of the past is never changed or deleted"
ONLY_GROWS = "history only grows: a live change comes after all that has happened"
PUBLISHED_FIRST = "only a published revision of the same document goes live"
EVENT_KEPT = "what happened is never changed or deleted"
DRAFTS_ONLY = "only a draft is written on"
FOUR_EYES = "four eyes: nobody approves what they wrote themselves"
APPROVED_FIRST = "four eyes: what somebody wrote is published only after somebody else approved it"

_SQLITE_NOW = "strftime('%Y-%m-%d %H:%M:%f', 'now')"

# Both dialects know these words. A revision by nobody is bundled content.
_OWN_WORDS = """NEW.verb = 'approve'
    AND (SELECT four_eyes FROM publishing_reviewpolicy)
    AND (EXISTS (SELECT 1 FROM publishing_event
                 WHERE revision_id = NEW.revision_id AND verb = 'save' AND by_id = NEW.by_id)
         OR EXISTS (SELECT 1 FROM publishing_revision WHERE id = NEW.revision_id AND author_id = NEW.by_id))"""
_NOT_APPROVED = """NEW.state = 'published'
    AND (SELECT four_eyes FROM publishing_reviewpolicy)
    AND (NEW.author_id IS NOT NULL OR EXISTS (SELECT 1 FROM publishing_event WHERE revision_id = NEW.id))
    AND NOT EXISTS (SELECT 1 FROM publishing_event AS approval
                    WHERE approval.revision_id = NEW.id AND approval.verb = 'approve'
                    AND approval.by_id <> coalesce(NEW.author_id, 0)
                    AND approval.by_id NOT IN (SELECT by_id FROM publishing_event
                                               WHERE revision_id = NEW.id AND verb = 'save')
                    AND approval.id > (SELECT coalesce(max(id), 0) FROM publishing_event
                                       WHERE revision_id = NEW.id
                                       AND verb IN ('save', 'submit', 'take_back', 'send_back')))"""

_WRITTEN_ON = """(OLD.state <> 'draft' OR NEW.state <> 'draft')
    AND (NEW.body <> OLD.body OR coalesce(NEW.author_id, 0) <> coalesce(OLD.author_id, 0))"""

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
    CREATE TRIGGER only_drafts_written_on BEFORE UPDATE ON publishing_revision
    WHEN OLD.state <> 'published' AND {_WRITTEN_ON} BEGIN SELECT RAISE(ABORT, '{DRAFTS_ONLY}'); END
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
    *(
        f"""
        CREATE TRIGGER event_not_{done} BEFORE {event} ON publishing_event
        BEGIN SELECT RAISE(ABORT, '{EVENT_KEPT}'); END
        """
        for event, done in (("UPDATE", "changed"), ("DELETE", "deleted"))
    ),
    f"""
    CREATE TRIGGER event_not_replaced BEFORE INSERT ON publishing_event
    WHEN EXISTS (SELECT 1 FROM publishing_event WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, '{EVENT_KEPT}'); END
    """,
    f"""
    CREATE TRIGGER own_words_not_approved BEFORE INSERT ON publishing_event
    WHEN {_OWN_WORDS} BEGIN SELECT RAISE(ABORT, '{FOUR_EYES}'); END
    """,
    *(
        f"""
        CREATE TRIGGER approved_before_published_on_{event.lower()} BEFORE {event} ON publishing_revision
        WHEN {_NOT_APPROVED} BEGIN SELECT RAISE(ABORT, '{APPROVED_FIRST}'); END
        """
        for event in ("INSERT", "UPDATE")
    ),
]

POSTGRESQL = [
    f"""
    CREATE FUNCTION published_revision_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.state = 'published' THEN RAISE EXCEPTION '{REVISION_KEPT}'; END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        IF {_WRITTEN_ON} THEN RAISE EXCEPTION '{DRAFTS_ONLY}'; END IF;
        RETURN NEW;
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
        for table in ("publishing_revision", "publishing_livechange", "publishing_event")
    ),
    f"""
    CREATE FUNCTION event_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{EVENT_KEPT}'; END $$
    """,
    """
    CREATE TRIGGER event_kept BEFORE UPDATE OR DELETE ON publishing_event
    FOR EACH ROW EXECUTE FUNCTION event_kept()
    """,
    f"""
    CREATE FUNCTION own_words_not_approved() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF {_OWN_WORDS} THEN RAISE EXCEPTION '{FOUR_EYES}'; END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER own_words_not_approved BEFORE INSERT ON publishing_event
    FOR EACH ROW EXECUTE FUNCTION own_words_not_approved()
    """,
    f"""
    CREATE FUNCTION approved_before_published() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF {_NOT_APPROVED} THEN RAISE EXCEPTION '{APPROVED_FIRST}'; END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER approved_before_published BEFORE INSERT OR UPDATE ON publishing_revision
    FOR EACH ROW EXECUTE FUNCTION approved_before_published()
    """,
]

_FUNCTIONS = (
    "published_revision_kept",
    "past_live_change_kept",
    "live_changes_only_grow",
    "history_not_emptied",
    "event_kept",
    "own_words_not_approved",
    "approved_before_published",
)


def install(apps: Any, schema_editor: Any) -> None:
    """The last step of every migration that touches these tables: SQLite loses the triggers of a table it rebuilds."""
    rules = {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]
    for statement in rules:
        schema_editor.execute(statement, params=None)


def remove(apps: Any, schema_editor: Any) -> None:
    """The first step of every migration that touches these tables; `install` is its last."""
    if schema_editor.connection.vendor == "postgresql":
        for function in _FUNCTIONS:
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {function} CASCADE", params=None)
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'publishing_%'")
        names = [name for (name,) in cursor.fetchall()]
    for name in names:
        schema_editor.execute(f"DROP TRIGGER {name}", params=None)
