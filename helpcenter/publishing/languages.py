"""Addresses that name no language say the same to everybody, whatever languages a browser asks for."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.utils.translation import override

type GetResponse = Callable[[HttpRequest], HttpResponse]


def in_first_language[**Asked](view: Callable[Asked, HttpResponse]) -> Callable[Asked, HttpResponse]:
    """Say of a view that it is for all, in the site's first language where it has words at all."""

    @wraps(view)
    def answer(*args: Asked.args, **kwargs: Asked.kwargs) -> HttpResponse:
        with override(settings.LANGUAGE_CODE):
            response = view(*args, **kwargs)
            if isinstance(response, SimpleTemplateResponse):
                response.render()
        response.headers["Content-Language"] = settings.LANGUAGE_CODE
        response.headers[_FOR_ALL] = "yes"
        return response

    return answer


_FOR_ALL = "X-For-All"


def one_answer_for_all(get_response: GetResponse) -> GetResponse:
    """Middleware around Django's LocaleMiddleware, which marks what has no language in its address as varying by it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.headers.pop(_FOR_ALL, None) and response.get("Vary") == "Accept-Language":
            del response["Vary"]
        return response

    return middleware
