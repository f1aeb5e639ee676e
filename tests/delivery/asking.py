"""Requests as a server hands them over (WSGI), and an application behind the front that counts what reaches it."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit
from wsgiref.util import setup_testing_defaults


@dataclass
class Answered:
    """What a server would send."""

    status: int
    headers: dict[str, str]
    body: bytes


def ask(
    application: Any, address: str, *, method: str = "GET", body: bytes = b"", kind: str = "", **headers: str
) -> Answered:
    """One request; `kind` is what the body is, `accept_encoding="br"` a header."""
    parts = urlsplit(address)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": parts.path,
        "QUERY_STRING": parts.query,
        "HTTP_HOST": "testserver",
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": kind,
        "wsgi.input": BytesIO(body),
        **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
    }
    setup_testing_defaults(environ)
    told: list[Any] = []

    def start_response(status: str, given: list[tuple[str, str]], exc_info: Any = None) -> None:
        told[:] = status, given

    answered = application(environ, start_response)
    sent = b"".join(answered)
    if hasattr(answered, "close"):
        answered.close()
    status, given = told
    names = [name.lower() for name, _value in given]
    assert len(names) == len(set(names)), names
    return Answered(int(status[:3]), {name.lower(): value for name, value in given}, sent)


class Counted:
    """An application, and the addresses that reached it."""

    def __init__(self, application: Callable[..., Any]) -> None:
        self.application = application
        self.reached: list[str] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        self.reached.append(environ["PATH_INFO"])
        return self.application(environ, start_response)
