"""Questions to the database whose SQL is put together once: Django takes longer for it than the database to answer."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

_AN_INSTANT = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for any, while SQL is put together; `?0`, `?1` … stand for the words."""


class Prepared:
    """A question about an instant and some words, which are only ever compared with what the database has."""

    def __init__(self, question: Callable[..., QuerySet[Any, Any]]) -> None:
        self._question = question
        self._sql: dict[tuple[str, int], tuple[str, tuple[Any, ...]]] = {}

    def sql(self, at: datetime, *words: str) -> tuple[str, list[Any]]:
        """The question as SQL for the database that is asked, with its parameters."""
        adapt = connection.ops.adapt_datetimefield_value
        asked = connection.vendor, len(words)
        if asked not in self._sql:
            stand_ins = (f"?{place}" for place in range(len(words)))
            self._sql[asked] = self._question(_AN_INSTANT, *stand_ins).query.sql_with_params()
        sql, params = self._sql[asked]
        given: dict[Any, Any] = {f"?{place}": word for place, word in enumerate(words)}
        given[adapt(_AN_INSTANT)] = adapt(at)
        return sql, [given.get(each, each) for each in params]

    def ask(self, at: datetime, *words: str) -> list[tuple[Any, ...]]:
        """What `values_list` of the question gives, as the database says it: no field has read it."""
        with connection.cursor() as cursor:
            cursor.execute(*self.sql(at, *words))
            return list(cursor.fetchall())


def instant(said: datetime | None) -> datetime | None:
    """An instant as a database says it. SQLite knows no zones."""
    return said.replace(tzinfo=UTC) if said and said.tzinfo is None else said
