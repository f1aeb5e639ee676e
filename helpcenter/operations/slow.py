"""Queries that take longer than `SLOW_QUERY_MS`: a line with their SQL, without a value."""

import re
from collections.abc import Callable
from time import perf_counter
from typing import Any

import structlog
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse

from helpcenter.operations.metrics import SLOW_QUERIES

log = structlog.get_logger(__name__)

LONGEST = 2000
"""Letters of SQL in a line."""

_VALUES = re.compile(r"'(?:[^']|'')*'|\b\d+\b")

type GetResponse = Callable[[HttpRequest], HttpResponse]


def slow_queries_are_logged(get_response: GetResponse) -> GetResponse:
    """Middleware."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with connection.execute_wrapper(_timed):
            return get_response(request)

    return middleware


def _timed(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    begun = perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        took = (perf_counter() - begun) * 1000
        if took >= settings.SLOW_QUERY_MS:
            SLOW_QUERIES.inc()
            # Values are not in it but where the code wrote them there, such as the number of a page.
            log.warning("slow query", ms=round(took), sql=_VALUES.sub("?", sql)[:LONGEST])
