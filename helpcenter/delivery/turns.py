"""Who is served now, who waits, and who is sent away: so that a crowd at one door does not block the others.

Not a semaphore: whoever comes later may take what was just given back, and whoever waits longest is forgotten.
"""

from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock


class Crowded(Exception):
    """There is no place, or it took too long until there was one."""


class Turns:
    """So many at once; so many more wait, each so many seconds at most, in the order in which they came.

    Of one network at most `of_one` are there at once, if it says which.
    """

    def __init__(self, at_once: int, *, waiting: int = 0, longest: float = 0, of_one: int = 0) -> None:
        self._free, self._of_one = at_once, of_one
        self._of = Counter[str]()
        self._most, self._longest = waiting, longest
        self._waiting: deque[Lock] = deque()
        self._lock = Lock()

    @contextmanager
    def taken(self, network: str = "") -> Iterator[None]:
        """What stands inside has its turn. Raises Crowded."""
        with self._among_those_of(network):
            self._take()
            try:
                yield
            finally:
                self._give_back()

    @contextmanager
    def _among_those_of(self, network: str) -> Iterator[None]:
        if not network:
            yield
            return
        with self._lock:
            if self._of[network] >= self._of_one:
                raise Crowded
            self._of[network] += 1
        try:
            yield
        finally:
            with self._lock:
                self._of[network] -= 1
                self._of += Counter()  # forgets those of whom none is left

    def _take(self) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            if len(self._waiting) >= self._most:
                raise Crowded
            mine = Lock()
            mine.acquire()
            self._waiting.append(mine)
        if mine.acquire(timeout=self._longest):
            return
        with self._lock:
            if mine in self._waiting:  # else it was given to us at this very instant
                self._waiting.remove(mine)
                raise Crowded

    def _give_back(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1
