"""How the database looks for what a page asks: `make plans` prints for each page which indexes its questions use.

tests/delivery/test_plans.py asserts by it that no page reads a table in full.
"""

import argparse
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

SMALL = {
    "articles_looked",
    "articles_missingpage",
    "articles_redirect",
    "articles_touched",
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "auth_user",
    "auth_user_groups",
    "auth_user_user_permissions",
    "delivery_epoch",
    "django_admin_log",
    "django_content_type",
    "publishing_reviewpolicy",
    "references_outboundhost",
    "search_pin",
    "search_question",
    "search_synonym",
}
"""Tables that do not grow with the articles: what reads them in full reads as much on a large site."""

OF_FEW = {
    "articles_of_a_path",
    "comments_unseen",
    "one_flow_and_one_sheet",
    "revisions_at_work",
    "texts_not_up_to_date",
}
"""Indexes that know only a few rows of their table: to read all of one is to read a few."""

READERS = {
    "home": "/en/",
    "all articles": "/en/articles/",
    "a shelf's page": "/en/articles/topics/plans/",
    "article": "/en/articles/{slug}/",
    "its versions": "/en/articles/{slug}/versions/",
    "a version": "/en/articles/{slug}/versions/1/",
    "a comparison": "/en/articles/{slug}/versions/compare/?from=1&to=2",
    "wizard": "/en/wizard/",
    "refund check": "/en/refund/",
    "search": "/en/search/?q=discord",
    "feed": "/en/changes.atom",
    "sitemap": "/sitemap.xml",
    "sitemap, a part": "/sitemap-0.xml",
    "llms.txt": "/llms.txt",
    "API, articles": "/api/articles/en/",
}
DESK = {
    "desk": "/admin/",
    "overdue": "/admin/desk/overdue/",
    "translations behind": "/admin/desk/translations-behind/",
    "translations missing": "/admin/desk/translations-missing/",
    "broken links": "/admin/desk/broken-links/",
    "waiting for review": "/admin/desk/review/",
    "readers' comments": "/admin/desk/comments/",
    "texts overdue": "/admin/articles/translation/?check=overdue",
    "texts behind": "/admin/articles/translation/?translation=behind",
}


@dataclass(frozen=True, slots=True)
class Step:
    """How one table is read: by which index, and whether all of it."""

    table: str
    index: str
    in_full: bool

    def __str__(self) -> str:
        return self.index or f"all of {self.table}"


def steps(sql: str, params: Any) -> list[Step]:
    """How the database would answer a question."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
            lines = cursor.fetchall()
            is_sorted = {parent for _, parent, _, line in lines if line == "USE TEMP B-TREE FOR ORDER BY"}
            found = [
                step
                for _, parent, _, line in lines
                if (step := _of_sqlite(line, sql, stops="LIMIT" in sql and parent not in is_sorted))
            ]
            tables = connection.introspection.table_names(cursor)
            return [step for step in found if step.table in tables]  # not what the question itself makes up
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        (found,) = cursor.fetchone()
        plan = json.loads(found) if isinstance(found, str) else found
        return list(_of_postgres(plan[0]["Plan"], stops=False))


def _of_sqlite(line: str, sql: str, *, stops: bool) -> Step | None:
    how, *words = line.split()
    if how not in ("SCAN", "SEARCH") or words[0].startswith(("(", "SUBQUERY", "CONSTANT")):
        return None
    index = line.partition("INDEX ")[2].split(" (")[0] if "INDEX " in line else ""
    in_order = bool(index) and stops  # along an index until there is enough
    if "PRIMARY KEY" in line:
        index = "primary key"
    return Step(_named(words[0], sql), index, how == "SCAN" and "VIRTUAL" not in line and not in_order)


def _named(alias: str, sql: str) -> str:
    """The table that a question calls so."""
    words = sql.replace('"', "").replace("(", " ").replace(")", " ").split()
    for place, word in enumerate(words[2:], start=2):
        if word == alias and words[place - 2].upper() in ("FROM", "JOIN"):
            return words[place - 1]
    return alias


def _of_postgres(node: dict[str, Any], *, stops: bool) -> Iterator[Step]:
    kind = node["Node Type"]
    stops = kind == "Limit" or (stops and kind not in ("Sort", "Aggregate", "Hash"))
    if kind == "Seq Scan":
        yield Step(node["Relation Name"], "", in_full=True)
    elif "Index Name" in node:
        table = node.get("Relation Name", node["Index Name"])
        yield Step(table, node["Index Name"], in_full="Index Cond" not in node and not stops)
    for each in node.get("Plans", ()):
        yield from _of_postgres(each, stops=stops)


@contextmanager
def questions() -> Iterator[list[tuple[str, Any]]]:
    """What is asked of the database meanwhile."""
    from django.db import connection

    asked: list[tuple[str, Any]] = []

    def note(execute: Callable, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().upper().startswith(("SELECT", "WITH")) and not many:
            asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield asked


def plan_of(get: Callable[[], object]) -> list[Step]:
    """How the database looks for all that is asked meanwhile."""
    with questions() as asked:
        get()
    return [step for sql, params in asked for step in steps(sql, params)]


LARGE = 1000
"""As if there were so many times as many articles."""


def plan_as_if_large() -> None:
    """Let SQLite plan as it would on a large site: tell it that there is much more of what grows."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SELECT rowid, tbl, stat FROM sqlite_stat1")
        for row, table, stat in cursor.fetchall():
            if table not in SMALL:
                cursor.execute("UPDATE sqlite_stat1 SET stat = %s WHERE rowid = %s", [_larger(stat), row])
        cursor.execute("ANALYZE sqlite_schema")  # it reads them again


def _larger(stat: str) -> str:
    """The number of rows, and how many have the same value in an index: with few values the more, the more rows."""
    rows, *alike = (int(each) for each in stat.split() if each.isdigit())
    return " ".join(str(each * LARGE if each > rows / 20 else each) for each in (rows, *alike))


def in_full(found: list[Step]) -> set[str]:
    """The tables that grow with the articles and are read from end to end."""
    return {step.table for step in found if step.in_full and step.table not in SMALL and step.index not in OF_FEW}


def main() -> None:
    parser = argparse.ArgumentParser(description="Of the site in DATABASE_URL: which indexes each page uses.")
    parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpcenter.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.db import transaction
    from django.test import Client

    from articles.models import Article

    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.ALLOWED_HOSTS = ["testserver"]
    slug = Article.objects.order_by("-pk").values_list("slug", flat=True)[0]
    with transaction.atomic():
        desk = Client()
        desk.force_login(User.objects.create(username="plans", is_staff=True, is_superuser=True))
        for name, address in {**READERS, **DESK}.items():
            found = plan_of(lambda address=address: desk.get(address.format(slug=slug)))
            used = sorted({str(step) for step in found if step.table not in SMALL})
            print(f"{name}: {', '.join(used)}")  # noqa: T201
        transaction.set_rollback(True)


if __name__ == "__main__":
    main()
