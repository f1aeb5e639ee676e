"""The production server: Granian, one worker, WSGI. `manage.py serve` becomes `python -m helpcenter.delivery.granian`.

This process loads nothing of the site, its worker does: so a worker that is started anew (SIGHUP) has the new code.

- SIGTERM: `/readyz` says no, so that a balancer sends nobody any more; then the worker closes its listener, finishes
  what it has been asked, and all ends. A second SIGTERM, or Ctrl-C, does not wait for the balancer.
- SIGHUP: a new worker is started beside the old one, which goes like that once the new one has had time to start.
"""

import os
import signal
import sys
from pathlib import Path
from threading import Timer
from types import FrameType

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

THREADS = 32
"""Requests that are looked at at once. Most of them would only wait: the front lets few of them work (front.py)."""

CONNECTIONS = 4096
"""Open at once, most of them idle: browsers keep theirs for the next page."""

LONGEST_HEADERS = 5000
"""Milliseconds until whoever has not said what is wanted is let go."""

LEAVING_SECONDS = 1
"""So long `/readyz` says no before the listener closes."""

STARTING_SECONDS = 10
"""So long an old worker goes on beside a new one, which needs two or three until it listens."""

LONGEST_REQUEST = 30
"""Seconds after which a worker that still waits for somebody is ended."""


def command(host: str, port: int, folder: Path, application: str = "helpcenter.wsgi:application") -> list[str]:
    """The command that serves an application (WSGI). In `folder` it says what it is about."""
    return [sys.executable, "-m", __name__, host, str(port), str(folder), application]


def leaving(folder: Path, server: int) -> Path:
    """The file that is there while the server with that process id is about to go."""
    return folder / f"leaving.{server}"


def running(folder: Path, port: int) -> Path:
    """The file that has the process id of the server on that port."""
    return folder / f"serving.{port}"


def serve(host: str, port: int, folder: Path, application: str) -> None:
    """Serve until a signal says to end."""
    server = Granian(
        application,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        # Of HTTP/2 it bounds neither silence nor a body that has ended half-way: its thread would read on for ever. And
        # to tell which of the two is spoken it would wait for ever for the first bytes. Proxies speak HTTP/1 to it.
        http=HTTPModes.http1,
        blocking_threads=THREADS,
        backlog=CONNECTIONS,
        backpressure=CONNECTIONS,
        http1_settings=HTTP1Settings(header_read_timeout=LONGEST_HEADERS),
        respawn_failed_workers=True,
        respawn_interval=STARTING_SECONDS,
        workers_kill_timeout=LONGEST_REQUEST,
        log_level=LogLevels.warning,
    )

    def leave(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, server.signal_handler_interrupt)
        leaving(folder, os.getpid()).touch()
        Timer(LEAVING_SECONDS, server.signal_handler_interrupt).start()

    @server.on_startup
    def begin() -> None:
        leaving(folder, os.getpid()).unlink(missing_ok=True)  # of one that had this number before a loss of power
        running(folder, port).write_text(str(os.getpid()), encoding="ascii")
        signal.signal(signal.SIGTERM, leave)

    @server.on_shutdown
    def end() -> None:
        leaving(folder, os.getpid()).unlink(missing_ok=True)
        running(folder, port).unlink(missing_ok=True)

    server.serve()


if __name__ == "__main__":
    where, at, data, what = sys.argv[1:]
    serve(where, int(at), Path(data), what)
