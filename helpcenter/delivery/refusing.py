"""What is sent away without being worked on: too many at once, too many from one network, or too large.

Whoever is sent away is told in their language when to come again. The page is Django's, so that it has every header
that the others have, but it is made once for each language: to send somebody away must cost next to nothing.
"""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from io import BytesIO
from threading import Lock
from typing import Any

from django.conf import settings

from helpcenter.accounts.addresses import DESK
from helpcenter.delivery.answers import Headers

LONGEST_ADDRESS = 8192
"""Letters of path and query. The longest that the site itself makes has less than two thousand."""

LARGEST_SENT = 64 << 10
"""Bytes that a reader sends at most. A comment of a thousand Chinese characters has nine thousand."""

LARGEST_AT_THE_DESK = 12 << 20
"""Bytes that an editor sends at most: a picture and what is around it."""

_READ_AT_ONCE = 64 << 10

_OF_ITS_OWN = {"content-length", "retry-after", "etag"}
"""Headers that an answer has as the page that it is, and a refusal does not."""


class Refused(Exception):
    """This request is not worked on; some may come again after so many seconds."""

    def __init__(self, status: HTTPStatus, after: int = 0) -> None:
        super().__init__(status)
        self.status, self.after = status, after


def look_at_size(environ: dict[str, Any]) -> None:
    """Raises Refused for what is larger than anything that the site asks for."""
    if len(environ["PATH_INFO"]) + len(environ["QUERY_STRING"]) > LONGEST_ADDRESS:
        raise Refused(HTTPStatus.REQUEST_URI_TOO_LONG)
    most = _most(environ)
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or len(length) > len(str(most)) or int(length) > most:
        raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def _most(environ: dict[str, Any]) -> int:
    return LARGEST_AT_THE_DESK if environ["PATH_INFO"].startswith(DESK) else LARGEST_SENT


def read_to_the_end(environ: dict[str, Any]) -> None:
    """What was sent and nobody has read, up to what is let in there.

    A proxy that is still handing it on would take the end of the connection for a failure, and our answer for none.
    """
    left = _most(environ)
    while left > 0 and (read := environ["wsgi.input"].read(_READ_AT_ONCE)):
        left -= len(read)


class Refusals:
    """Says to somebody why they are sent away, and when to come again."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self._application = application
        self._pages: dict[str, tuple[Headers, bytes]] = {}
        self._making = Lock()

    def say(self, refused: Refused, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        """Answer (WSGI)."""
        headers: Headers = [("Content-Type", "text/plain; charset=utf-8"), ("X-Content-Type-Options", "nosniff")]
        headers.append(("Cache-Control", "no-store"))
        body = f"{refused.status.value} {refused.status.phrase}\n".encode()
        if refused.after:
            headers, body = self._page(environ) or (headers, body)
            headers = [*headers, ("Retry-After", str(refused.after))]
        status = f"{refused.status.value} {refused.status.phrase}"
        start_response(status, [*headers, ("Content-Length", str(len(body)))])
        return [body] if environ["REQUEST_METHOD"] != "HEAD" else []

    def _page(self, environ: dict[str, Any]) -> tuple[Headers, bytes] | None:
        asked = environ["PATH_INFO"].split("/")[1:2]
        language = next((code for code, _name in settings.LANGUAGES if [code] == asked), settings.LANGUAGE_CODE)
        if language not in self._pages:
            with self._making:
                if language not in self._pages:
                    self._make(language, environ)
        return self._pages.get(language)

    def _make(self, language: str, environ: dict[str, Any]) -> None:
        """It is for everybody after this one, who may have asked by http, or for a host that is none of ours."""
        given: list[tuple[str, Headers]] = []
        asked = {name: value for name, value in environ.items() if not name.startswith(("HTTP_", "CONTENT_"))}
        asked |= {"REQUEST_METHOD": "GET", "PATH_INFO": f"/{language}/busy/", "QUERY_STRING": ""}
        asked |= {"HTTP_HOST": environ.get("HTTP_HOST", ""), "wsgi.input": BytesIO()}
        asked |= {"wsgi.url_scheme": "https" if settings.HTTPS else "http"}
        body = b"".join(
            self._application(asked, lambda status, headers, exc_info=None: given.append((status, headers)))
        )
        status, headers = given[-1]
        if status.startswith("200"):
            self._pages[language] = [(name, value) for name, value in headers if name.lower() not in _OF_ITS_OWN], body
