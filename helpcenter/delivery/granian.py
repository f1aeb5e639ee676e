"""The production server: Granian, one process, WSGI."""

import sys


def command(host: str, port: int, application: str = "helpcenter.wsgi:application") -> list[str]:
    """The command that serves an application (WSGI)."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)),
        # A request takes milliseconds: more threads would only wait for the interpreter.
        *("--blocking-threads", "4", "--backpressure", "128", "--log-level", "warning", application),
    ]
