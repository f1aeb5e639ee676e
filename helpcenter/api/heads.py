"""What is asked for its headers alone: ninja answers GET and nothing else."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

API = "/api/"

type GetResponse = Callable[[HttpRequest], HttpResponse]


def answered(get_response: GetResponse) -> GetResponse:
    """Middleware: the API answers HEAD like GET, as HTTP asks of every server; the server keeps the body to itself."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method != "HEAD" or not request.path.startswith(API):
            return get_response(request)
        request.method = "GET"
        response = get_response(request)
        request.method = "HEAD"
        return response

    return middleware
