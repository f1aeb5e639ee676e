"""What a process needs for its first page it fetches before anybody asks: that takes a second, and crowds gather."""

from io import BytesIO
from typing import Any

from django.conf import settings

PAGES = ("", "articles/", "wizard/", "refund/", "search/")


def warm(application: Any) -> None:
    """Ask for one page of each kind in each language (WSGI), until one fails: then the database may be away."""
    told: list[str] = []
    host = next((each.removeprefix(".") for each in settings.ALLOWED_HOSTS if each != "*"), "localhost")
    for code, _name in settings.LANGUAGES:
        for page in PAGES:
            asked = {
                "REQUEST_METHOD": "GET",
                "SCRIPT_NAME": "",
                "PATH_INFO": f"/{code}/{page}",
                "QUERY_STRING": "",
                "SERVER_NAME": host,
                "SERVER_PORT": "80",
                "SERVER_PROTOCOL": "HTTP/1.1",
                "HTTP_HOST": host,
                "wsgi.url_scheme": "https" if settings.HTTPS else "http",
                "wsgi.input": BytesIO(),
            }
            application(asked, lambda status, _headers: told.append(status))
            if told[-1].startswith("5"):
                return
