"""Where the two databases differ: how they index the entries, and how they are asked for those with some words.

FTS5 on SQLite, two columns of tsvector on PostgreSQL. Both only say which entries have the words, in their headings or
anywhere; which of them comes first is decided in one place for both (helpcenter.search.ranking). Each word is indexed
with its language before it, so that no other language's entries are read. The questions are SQL as it is run: for
so small ones Django takes longer to put them together than the databases to answer.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

from django.db import connection

from articles.reading import COLUMNS, Reading
from helpcenter.publishing.models import Revision
from helpcenter.publishing.prepared import Prepared
from helpcenter.search.models import FIELDS

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
    "sqlite": "SELECT search_words.rowid AS entry FROM {only_if}search_words WHERE search_words MATCH %s LIMIT %s",
    "postgresql": "SELECT id AS entry FROM search_entry WHERE {only_if}{column} @@ to_tsquery('simple', %s) LIMIT %s",
}
_HAVING_FEW = {
    "sqlite": _HAVING["sqlite"],
    "postgresql": f"""
        WITH few AS MATERIALIZED ({_HAVING["postgresql"].removesuffix(" LIMIT %s")}) SELECT entry FROM few LIMIT %s
    """,  # noqa: S608 (constants of this file)
}
"""The same where few have it. PostgreSQL takes some words to be commoner, and would read the table from its beginning
until it has met as many entries as are asked for. Here it does not see how many that are, and looks into the index.
"""

_IF_FULL = {
    "sqlite": "(SELECT 1 FROM part{place} LIMIT 1 OFFSET {last}) CROSS JOIN ",
    "postgresql": "EXISTS (SELECT 1 FROM part{place} OFFSET {last}) AND ",
}
"""What makes it free to ask for more where a part has not found as many entries as it may."""

_PINNED = """
    SELECT search_entry.id AS entry FROM search_entry
    JOIN publishing_revision ON publishing_revision.id = search_entry.revision_id
    JOIN articles_translation ON articles_translation.document_ptr_id = publishing_revision.document_id
    WHERE search_entry.language = %s AND articles_translation.article_id IN ({among})
"""
_SEEN = Prepared(lambda at: Revision.objects.live(at).values_list(*COLUMNS, "document__translation__article__order"))
"""The rule of what readers see."""

HEADED = 4.0
"""How much likelier an entry is that has a thing in its headings, while entries are looked for."""

_PARTS_OF_ONE = 1_000_000
"""Weights are added as whole numbers: so the sum is the same in every order."""


class Tier(IntEnum):
    """How an entry came among the likeliest; more before less."""

    PART = 0
    COMPLETE = 1
    PINNED = 2


@dataclass(frozen=True, slots=True)
class Ask:
    """To ask for entries that have a phrase of each of these groups, at most so many anywhere and as many in their
    headings; and how much likelier each becomes by it.
    """

    groups: Sequence[Sequence[Phrase]]
    most: int
    weight: float
    tier: Tier = Tier.PART
    of_few: bool = False
    """Whether few entries have it: the first are then best found among all of them."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that readers see and that may answer: the words of its fields, the `COLUMNS` of its revision, and the
    place of its article on the shelves.
    """

    tier: Tier
    fields: Mapping[str, str]
    told: Sequence[Any]
    order: int

    @property
    def revision_id(self) -> int:
        """The revision that it is an entry of."""
        return int(self.told[COLUMNS.index("id")])

    def reading(self) -> Reading:
        """It as its readers meet it."""
        return Reading.told(self.told)


def likeliest(asks: Sequence[Ask], pinned: Collection[int], language: str, at: datetime, most: int) -> list[Candidate]:
    """The likeliest entries of a language, at most so many, and those of the pinned articles; of them what readers see
    at that instant, in no order. One question to the database, which reads the entries of no others.
    """
    if not (asks or pinned):
        return []
    parts: list[str] = []
    params: list[Any] = []
    weights: list[int] = []
    tiers: list[Tier] = []

    def look(sql: str, tier: Tier, weight: float, *values: object) -> None:
        parts.append(f"part{len(parts)} AS MATERIALIZED ({sql})")
        params.extend(values)
        weights.append(round(weight * _PARTS_OF_ONE))
        tiers.append(tier)

    vendor = connection.vendor
    match = _QUERIES[vendor]
    for ask in asks:
        having = (_HAVING_FEW if ask.of_few else _HAVING)[vendor]
        # All that says everything is among the likeliest anyway, if it is not too much: then headings need no look.
        only_if = _IF_FULL[vendor].format(place=len(parts), last=ask.most - 1) if ask.tier == Tier.COMPLETE else ""
        words = match(ask, _mark(language), in_heads=False), ask.most
        look(having.format(only_if="", column="words"), ask.tier, ask.weight, *words)
        heads = match(ask, _mark(language), in_heads=True), ask.most
        look(having.format(only_if=only_if, column="heads"), ask.tier, ask.weight * HEADED, *heads)
    if pinned:
        look(_PINNED.format(among=among(pinned)), Tier.PINNED, 0, language, *pinned)
    had = (f"SELECT entry, {tier:d} AS tier, %s AS weight FROM part{place}" for place, tier in enumerate(tiers))  # noqa: S608
    seen, instants = _SEEN.sql(at)
    sql = f"""
        WITH {", ".join(parts)}, likely AS (
            SELECT entry, max(tier) AS tier FROM ({" UNION ALL ".join(had)}) AS had
            GROUP BY entry ORDER BY max(tier) DESC, sum(weight) DESC, entry LIMIT %s
        )
        SELECT likely.tier, {", ".join(f"search_entry.{field}" for field in FIELDS)}, seen.*
        FROM likely JOIN search_entry ON search_entry.id = likely.entry
        JOIN ({seen}) AS seen ON seen.id = search_entry.revision_id
    """  # noqa: S608 (constants of this file, and what Django has put together)
    params += [*weights, most + len(pinned), *instants]
    found = []
    for tier, *said in rows(sql, params):
        fields, told = said[: len(FIELDS)], said[len(FIELDS) :]
        found.append(Candidate(Tier(tier), dict(zip(FIELDS, fields, strict=True)), told[:-1], order=told[-1]))
    return found


def among(values: Collection[object]) -> str:
    """The placeholders for so many values."""
    return ", ".join(["%s"] * len(values))


def rows(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """What the database answers."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def _match(ask: Ask, mark: str, *, in_heads: bool) -> str:
    every = " AND ".join(
        "(" + " OR ".join('"' + " ".join(mark + word for word in phrase) + '"' for phrase in group) + ")"
        for group in ask.groups
    )
    return f"{{{' '.join(HEADS)}}} : ({every})" if in_heads else every


def _tsquery(ask: Ask, mark: str, *, in_heads: bool) -> str:
    return " & ".join(
        "(" + " | ".join("(" + " <-> ".join(mark + word for word in phrase) + ")" for phrase in group) + ")"
        for group in ask.groups
    )


_QUERIES = {"sqlite": _match, "postgresql": _tsquery}


def merge() -> None:
    """After much was written: SQLite puts the parts of its index together, which halves the time to find a word."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO search_words (search_words) VALUES ('optimize')")


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
