"""Where the two databases differ: how they index the entries, and how they are asked for those with some words.

FTS5 on SQLite, two columns of tsvector on PostgreSQL. Both only say which entries have the words, in their headings or
anywhere; which of them comes first is decided in one place for both (helpcenter.search.ranking). Each word is indexed
with its language before it, so that no other language's entries are read. The questions are SQL as it is run: for
so small ones Django takes longer to put them together than the databases to answer.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from helpcenter.publishing.models import Revision
from helpcenter.search.models import FIELDS, Entry

type Phrase = tuple[str, ...]
"""Words that stand beside each other."""

HEADS = ("title", "asked")
"""The fields that say what an article is about."""


def _mark(language: str) -> str:
    """What stands before each word of a language. No name of a language goes on after a 0."""
    return language.replace("-", "") + "0"


def _marked(column: str, row: str = "") -> str:
    """The words of a column, each with its language before it: SQL for both databases."""
    mark = f"replace({row}language, '-', '') || '0'"
    return f"{mark} || replace(replace({row}{column}, '\n', ' '), ' ', ' ' || {mark})"


_COLUMNS = ", ".join(FIELDS)
_OLD, _NEW, _KEPT = (", ".join(_marked(column, row) for column in FIELDS) for row in ("OLD.", "NEW.", ""))

SQLITE = [
    f"CREATE VIRTUAL TABLE search_words USING fts5({_COLUMNS}, content='', tokenize='unicode61 remove_diacritics 0')",
    f"INSERT INTO search_words (rowid, {_COLUMNS}) SELECT id, {_KEPT} FROM search_entry",  # noqa: S608 (names of columns)
    f"""
    CREATE TRIGGER search_entry_added AFTER INSERT ON search_entry BEGIN
        INSERT INTO search_words (rowid, {_COLUMNS}) VALUES (NEW.id, {_NEW});
    END
    """,  # noqa: S608 (names of columns)
    f"""
    CREATE TRIGGER search_entry_gone AFTER DELETE ON search_entry BEGIN
        INSERT INTO search_words (search_words, rowid, {_COLUMNS}) VALUES ('delete', OLD.id, {_OLD});
    END
    """,  # noqa: S608 (names of columns)
]
POSTGRESQL = [
    f"""
    ALTER TABLE search_entry
        ADD COLUMN words tsvector GENERATED ALWAYS AS (
            to_tsvector('simple', {" || ' ' || ".join(map(_marked, FIELDS))})) STORED,
        ADD COLUMN heads tsvector GENERATED ALWAYS AS (
            to_tsvector('simple', {" || ' ' || ".join(map(_marked, HEADS))})) STORED
    """,
    "CREATE INDEX search_entry_words ON search_entry USING gin (words)",
    "CREATE INDEX search_entry_heads ON search_entry USING gin (heads)",
]

_HAVING = {
    "sqlite": "SELECT {place}, rowid FROM search_words WHERE search_words MATCH %s LIMIT %s",
    "postgresql": "SELECT {place}, id FROM search_entry WHERE {column} @@ to_tsquery('simple', %s) LIMIT %s",
}


@dataclass(frozen=True, slots=True)
class Ask:
    """To ask for entries that have a phrase of each of these groups, in their headings or anywhere, at most so many."""

    groups: Sequence[Sequence[Phrase]]
    in_heads: bool
    most: int


def having(asks: Sequence[Ask], language: str) -> list[list[int]]:
    """The entries of a language for each of these, in no order. Nothing is weighed, so that many cost little."""
    found: list[list[int]] = [[] for _ in asks]
    if not asks:
        return found
    sql, params = [], []
    for place, ask in enumerate(asks):
        select = _HAVING[connection.vendor].format(place=place, column="heads" if ask.in_heads else "words")
        sql.append(f"SELECT * FROM ({select}) AS part{place}")  # noqa: S608 (constants of this file)
        params += [_QUERIES[connection.vendor](ask, _mark(language)), ask.most]
    for place, entry in rows(" UNION ALL ".join(sql), params):
        found[place].append(entry)
    return found


def live(entries: Iterable[int], at: datetime) -> list[tuple[Entry, int]]:
    """Those of these entries that readers see at that instant, each with its article's place on the shelves."""
    kept = {entry.revision_id: entry for entry in Entry.objects.filter(pk__in=entries)}
    seen = Revision.objects.live(at).filter(pk__in=kept).values_list("pk", "document__translation__article__order")
    return [(kept[revision], order) for revision, order in seen]


def among(values: Collection[object]) -> str:
    """The placeholders for so many values."""
    return ", ".join(["%s"] * len(values))


def rows(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """What the database answers."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def _match(ask: Ask, mark: str) -> str:
    every = " AND ".join(
        "(" + " OR ".join('"' + " ".join(mark + word for word in phrase) + '"' for phrase in group) + ")"
        for group in ask.groups
    )
    return f"{{{' '.join(HEADS)}}} : ({every})" if ask.in_heads else every


def _tsquery(ask: Ask, mark: str) -> str:
    return " & ".join(
        "(" + " | ".join("(" + " <-> ".join(mark + word for word in phrase) + ")" for phrase in group) + ")"
        for group in ask.groups
    )


_QUERIES = {"sqlite": _match, "postgresql": _tsquery}


def install(apps: Any, schema_editor: Any) -> None:
    """The last step of every migration that touches the entries: SQLite loses the triggers of a table it rebuilds."""
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def remove(apps: Any, schema_editor: Any) -> None:
    """The first step of every migration that touches the entries; `install` is its last."""
    statements = {
        "sqlite": ["DROP TABLE search_words", "DROP TRIGGER search_entry_added", "DROP TRIGGER search_entry_gone"],
        "postgresql": ["ALTER TABLE search_entry DROP COLUMN words", "ALTER TABLE search_entry DROP COLUMN heads"],
    }
    for statement in statements[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)
