"""An application that does nothing: what the server itself costs, and so the most that any page here can reach."""

from collections.abc import Callable, Iterable

BODY = b"x" * 5600
HEADERS = [("Content-Type", "text/html; charset=utf-8"), ("ETag", '"x"'), ("Content-Length", str(len(BODY)))]


def application(environ: dict[str, object], start_response: Callable[..., object]) -> Iterable[bytes]:
    """As many bytes as the article has, compressed."""
    start_response("200 OK", HEADERS)
    return [BODY]
