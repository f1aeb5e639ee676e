"""A line for each request that Django answers, under a number that all lines about it share: django-structlog's.

The number is ours, whatever was sent. A request is named by the kind of its page: an address may have a reader's
words in it, a link to a draft its secret. Who asked is named at the desk alone, by the number of the account.
"""

from contextlib import suppress
from http import HTTPMethod, HTTPStatus
from typing import Any

from django.db import DatabaseError
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django_structlog.middlewares import RequestMiddleware
from django_structlog.signals import bind_extra_request_failed_metadata, bind_extra_request_metadata
from structlog.contextvars import get_contextvars

from helpcenter.operations.database import GONE

METRICS = "/metrics"
"""Asked every few seconds, by machines."""


class Logged(RequestMiddleware):
    """Middleware. What fails and what is the desk's has the number in a header; readers' pages are the same for all."""

    def __call__(self, request: HttpRequest) -> Any:
        """Answer it. Of whoever watches only a failure is said."""
        return self.get_response(request) if request.path_info == METRICS else super().__call__(request)

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """What was asked for, in no word of whoever asked."""
        method = request.method if request.method in HTTPMethod.__members__ else "another method"
        return f"{method} {request.resolver_match.view_name if request.resolver_match else 'nothing that is there'}"

    @staticmethod
    def bind_user_id(request: HttpRequest) -> None:
        """Readers have no accounts, and their pages no session."""
        if _is_desk(request):
            with suppress(DatabaseError):  # then nobody is known
                RequestMiddleware.bind_user_id(request)

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        """Log how it ended."""
        if response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR or _is_desk(request):
            response["X-Request-ID"] = get_contextvars()["request_id"]
        super().handle_response(request, response)


def _is_desk(request: HttpRequest) -> bool:
    return request.path_info.startswith(reverse("admin:index"))


@receiver(bind_extra_request_metadata)
def _without_agent(log_kwargs: dict[str, Any], **_more: Any) -> None:
    """The library's first line of a request would have it."""
    log_kwargs.pop("user_agent", None)


@receiver(bind_extra_request_failed_metadata)
def _with_what_is_answered(exception: BaseException, log_kwargs: dict[str, Any], **_more: Any) -> None:
    """The library calls whatever failed a 500, before it is answered. Without a database that is 503 (home.views)."""
    if isinstance(exception, GONE):
        log_kwargs["code"] = int(HTTPStatus.SERVICE_UNAVAILABLE)
