"""Errors go to Sentry, where `SENTRY_DSN` says so: what failed and where in the code, and nothing of who asked what."""

from typing import Any

import sentry_sdk
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.types import Event, Hint

SAID = ("event_id", "timestamp", "platform", "level", "release", "environment")
"""Of an event. What the library or a later one of its releases adds is not sent, unless it is named here."""

OF_A_FRAME = ("filename", "abs_path", "module", "function", "lineno", "in_app")


def start(dsn: str, **more: Any) -> None:
    """From now on errors are sent there; `more` as the library knows it."""
    sentry_sdk.init(
        dsn=dsn,
        before_send=_without_words,
        max_request_body_size="never",
        include_local_variables=False,
        max_breadcrumbs=0,
        auto_session_tracking=False,
        send_client_reports=False,
        disabled_integrations=[LoggingIntegration()],  # lines of the log stay here
        **more,
    )


def _without_words(event: Event, _hint: Hint) -> Event:
    """Kinds of exceptions and places in the code: no message, variable, address, header or query."""
    given: dict[str, Any] = dict(event)
    kept: dict[str, Any] = {name: given[name] for name in SAID if name in given}
    raised = given.get("exception", {}).get("values", [])
    kept["exception"] = {"values": [_kind_and_place(each) for each in raised]}
    return kept  # type: ignore[return-value]


def _kind_and_place(raised: dict[str, Any]) -> dict[str, Any]:
    frames = (raised.get("stacktrace") or {}).get("frames", [])
    places = [{name: frame[name] for name in OF_A_FRAME if name in frame} for frame in frames]
    return {"type": raised.get("type"), "module": raised.get("module"), "stacktrace": {"frames": places}}
