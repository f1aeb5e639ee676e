"""The production server: Granian, one process, WSGI."""

import sys

THREADS = 24
"""Requests that are looked at at once. Most of them would only wait: the front lets few of them work (front.py)."""

CONNECTIONS = 4096
"""Open at once, most of them idle: browsers keep theirs for the next page."""

LONGEST_HEADERS = 5000
"""Milliseconds until whoever has not said what is wanted is let go."""


def command(host: str, port: int, application: str = "helpcenter.wsgi:application") -> list[str]:
    """The command that serves an application (WSGI)."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)),
        *("--blocking-threads", str(THREADS), "--backlog", str(CONNECTIONS), "--backpressure", str(CONNECTIONS)),
        *("--http1-header-read-timeout", str(LONGEST_HEADERS), "--log-level", "warning", application),
    ]
