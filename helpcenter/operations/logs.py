"""What a line of the log has, and what never: JSON for machines, words for whoever sits at a terminal.

Of libraries' own lines only the sentence is kept, never what they would put into it: that may be a reader's. Of an
exception its kind and the places in the code, never its message or any variable.
docs/decisions/0027-seen-from-outside.md
"""

import logging
import re
import sys
import traceback
from collections.abc import Iterator
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

CODES = ("sqlstate", "sqlite_errorname", "errno")
"""What the databases and the system call an error of theirs. No words of anybody's."""

_PLACES = re.compile(r'^  File "(.+)", line (\d+), in (\w+)$', re.MULTILINE)


def lines() -> logging.Formatter:
    """For LOGGING: how each line is written, ours and those of libraries."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    said: Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    if sys.stderr.isatty():
        said = structlog.dev.ConsoleRenderer()
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_logger_name,
            _not_what_was_sent,
        ],
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_words,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            said,
        ],
        use_get_message=False,
    )


def _not_what_was_sent(_logger: Any, _method: str, line: EventDict) -> EventDict:
    """Of sentences that come with words in them already, what is ours.

    Of a traceback as text, from Granian, that is the places. What Django refuses it calls by what was sent; the logger
    says of which kind it was.
    """
    line["event"], _end, rest = line["event"].partition("\n")
    if places := _PLACES.findall(rest):
        line["at"] = [f"{file}:{number} {name}" for file, number, name in places]
    if line["logger"].startswith("django.security"):
        line["event"] = "refused"
    return line


def _without_words(_logger: Any, _method: str, line: EventDict) -> EventDict:
    """Of an exception what `told` says. Of a stack nothing more."""
    line.pop("stack_info", None)
    given = line.pop("exc_info", None)
    error = given[1] if isinstance(given, tuple) else given
    if error is True:
        error = sys.exception()
    if isinstance(error, BaseException):
        line["exception"] = told(error)
    return line


def told(error: BaseException) -> list[dict[str, Any]]:
    """An exception and those that led to it, the last first: kind, code, places. No message, no variable."""
    return [
        {
            "type": f"{type(each).__module__}.{type(each).__qualname__}",
            "code": next((code for name in CODES if (code := getattr(each, name, None))), None),
            "at": [f"{at.filename}:{at.lineno} {at.name}" for at in traceback.extract_tb(each.__traceback__)],
        }
        for each in _those_that_led_to(error)
    ]


def _those_that_led_to(error: BaseException) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in seen:
        seen.append(following)
        yield following
        following = following.__cause__ or (None if following.__suppress_context__ else following.__context__)
