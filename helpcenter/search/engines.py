"""Where the two databases differ: how they index the entries, and how they are asked for those with some words.

FTS5 on SQLite, a weighted tsvector on PostgreSQL. Both only bring candidates, the likeliest first; which of them comes
first is decided in one place for both (helpcenter.search.ranking).
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from helpcenter.search.models import Entry

type Phrase = tuple[str, ...]
"""Words that stand beside each other."""

_COLUMNS = "title, asked, steps, trouble, body, former"
_HEADS = "title, asked"
_OLD, _NEW = (", ".join(f"{row}.{column}" for column in _COLUMNS.split(", ")) for row in ("OLD", "NEW"))

SQLITE = [
    f"""
    CREATE VIRTUAL TABLE search_words USING fts5(
        language, {_COLUMNS}, content='search_entry', content_rowid='id', tokenize='unicode61 remove_diacritics 0')
    """,
    f"""
    CREATE TRIGGER search_entry_added AFTER INSERT ON search_entry BEGIN
        INSERT INTO search_words (rowid, language, {_COLUMNS}) VALUES (NEW.id, NEW.language, {_NEW});
    END
    """,  # noqa: S608 (names of columns)
    f"""
    CREATE TRIGGER search_entry_gone AFTER DELETE ON search_entry BEGIN
        INSERT INTO search_words (search_words, rowid, language, {_COLUMNS})
        VALUES ('delete', OLD.id, OLD.language, {_OLD});
    END
    """,  # noqa: S608 (names of columns)
]
POSTGRESQL = [
    """
    ALTER TABLE search_entry ADD COLUMN words tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', asked), 'B')
        || setweight(to_tsvector('simple', steps || ' ' || trouble || ' ' || former), 'C')
        || setweight(to_tsvector('simple', body || ' language' || replace(language, '-', '')), 'D')) STORED
    """,
    """
    ALTER TABLE search_entry ADD COLUMN heads tsvector GENERATED ALWAYS AS (
        to_tsvector('simple', title || ' ' || asked || ' language' || replace(language, '-', ''))) STORED
    """,
    "CREATE INDEX search_entry_words ON search_entry USING gin (words)",
    "CREATE INDEX search_entry_heads ON search_entry USING gin (heads)",
]

_LIKELIEST = {
    "sqlite": """
        SELECT search_entry.* FROM search_words JOIN search_entry ON id = search_words.rowid
        WHERE search_words MATCH %s ORDER BY bm25(search_words, 0, 8, 4, 2, 2, 1, 2) LIMIT %s
    """,
    "postgresql": f"""
        SELECT id, revision_id, language, {_COLUMNS} FROM search_entry, to_tsquery('simple', %s) AS asked_for
        WHERE words @@ asked_for ORDER BY ts_rank('{{0.1, 0.2, 0.5, 1.0}}', words, asked_for) DESC, id LIMIT %s
    """,  # noqa: S608 (names of columns)
}
_SOME = {
    "sqlite": """
        SELECT search_entry.* FROM search_words JOIN search_entry ON id = search_words.rowid
        WHERE search_words MATCH %s LIMIT %s
    """,
    "postgresql": f"""
        SELECT id, revision_id, language, {_COLUMNS} FROM search_entry
        WHERE {{column}} @@ to_tsquery('simple', %s) LIMIT %s
    """,  # noqa: S608 (names of columns)
}


def likeliest(phrases: Sequence[Phrase], language: str, most: int) -> list[Entry]:
    """The entries of a language that have any of these phrases, those where they weigh most first, at most so many."""
    sql = _LIKELIEST[connection.vendor]
    return list(Entry.objects.raw(sql, [_asked(language, [phrases], _COLUMNS), most]))


def some(wanted: Sequence[Sequence[Phrase]], language: str, most: int) -> list[Entry]:
    """Some entries of a language that have a phrase of each of these groups: first those with them in their headings.

    Nothing is weighed, so that it does not matter how many there are.
    """
    if not wanted:
        return []
    found: list[Entry] = []
    for columns, column in ((_HEADS, "heads"), (_COLUMNS, "words")):
        sql = _SOME[connection.vendor].format(column=column)
        found += Entry.objects.raw(sql, [_asked(language, wanted, columns), most])
        if len(found) >= most:
            break
    return found


def _asked(language: str, wanted: Sequence[Sequence[Phrase]], columns: str) -> str:
    """What the full-text search of the database is asked: a phrase of each group, in a language."""
    ask = {"sqlite": _match, "postgresql": _tsquery}[connection.vendor]
    return ask(language, wanted, columns)


def _match(language: str, wanted: Sequence[Sequence[Phrase]], columns: str) -> str:
    every = " AND ".join("(" + " OR ".join('"' + " ".join(phrase) + '"' for phrase in group) + ")" for group in wanted)
    return f'language : "{language.replace("-", " ")}" AND {{{columns.replace(",", "")}}} : ({every})'


def _tsquery(language: str, wanted: Sequence[Sequence[Phrase]], columns: str) -> str:
    every = " & ".join("(" + " | ".join("(" + " <-> ".join(phrase) + ")" for phrase in group) + ")" for group in wanted)
    return f"language{language.replace('-', '')} & {every}"


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
