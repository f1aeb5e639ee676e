"""So many requests a second from many readers, half of whom keep their connection; and what went wrong."""

import http.client
import select
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

PATHS = ("/en/", "/zh-hant/articles/cancel-web/", "/en/search/?q=refund", "/zh-hans/wizard/", "/en/refund/", "/healthz")


@dataclass
class Load:
    """What came of it."""

    answered: Counter[int] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    again: int = 0
    """Sent on a kept connection in the very moment in which the server closed it: clients send such again, unasked."""
    slowest: float = 0


class Readers:
    """Starts asking at once, ends on `stop`."""

    def __init__(self, port: int, *, a_second: int, readers: int = 20) -> None:
        self.load = Load()
        self._port, self._pause = port, readers / a_second
        self._ends = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._read, args=(number,)) for number in range(readers)]
        for each in self._threads:
            each.start()

    def stop(self) -> Load:
        """What came of it."""
        self._ends.set()
        for each in self._threads:
            each.join()
        return self.load

    def _read(self, number: int) -> None:
        keeps, served = bool(number % 2), False
        connection, due = self._connection(), time.monotonic() + self._pause * number / len(self._threads)
        asked = number
        while not self._ends.wait(max(0, due - time.monotonic())):
            due += self._pause
            asked += 1
            began, path = time.monotonic(), PATHS[asked % len(PATHS)]
            if served and select.select([connection.sock], [], [], 0)[0]:  # closed while nobody asked
                connection.close()
                served = False
            try:
                try:
                    status = self._ask(connection, path)
                except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                    if not served:
                        raise
                    connection.close()
                    status = self._ask(connection, path)
                    with self._lock:
                        self.load.again += 1
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                served = False
                with self._lock:
                    self.load.failed.append(f"{type(error).__name__}: {error}, {time.monotonic() - began:.3f} s")
                continue
            with self._lock:
                self.load.answered[status] += 1
                self.load.slowest = max(self.load.slowest, time.monotonic() - began)
            served = keeps and connection.sock is not None  # the server may have said that it closes it
            if not keeps:
                connection.close()
        connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)

    def _ask(self, connection: http.client.HTTPConnection, path: str) -> int:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        return answer.status
