"""Whether anything that readers see has changed: asked on each request, without asking the database each time."""

import os
from mmap import mmap
from pathlib import Path
from threading import Lock, Thread
from time import monotonic

import structlog
from django.db import DatabaseError, connection

from helpcenter.delivery.models import Epoch

log = structlog.get_logger(__name__)

ASKED_EVERY = 0.5
"""Seconds. What another machine, a command or a database's shell has changed is seen after this long."""

LONGEST_SILENCE = 1.0
"""Seconds after which a database that was asked and has not answered is as good as none: nobody waits for it then."""


class Bell:
    """A few bytes that the processes of one machine share. Whoever may have changed something makes them others."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b") as file:
            if file.tell() < self._LENGTH:
                file.write(bytes(self._LENGTH - file.tell()))  # no hole, for which a full disk has no room later
                file.flush()
            self._shared = mmap(file.fileno(), self._LENGTH)

    _LENGTH = 8

    def heard(self) -> bytes:
        """What the bell says: something else than before, if somebody has rung."""
        return self._shared[:]

    def ring(self) -> None:
        """Every process looks before its next answer."""
        self._shared[:] = os.urandom(self._LENGTH)


class Watch:
    """The epoch as this process knows it: never older than the last ring on this machine, nor than `ASKED_EVERY`.

    Without a database, what was known last goes on being true, and nobody waits for it longer than `LONGEST_SILENCE`.
    """

    def __init__(self, bell: Bell) -> None:
        self._bell = bell
        self._heard = b""
        self._asked_again_at = 0.0
        self._epoch = 0
        self._asking = Lock()
        self._silent = False

    def epoch(self) -> int:
        """The number to judge by."""
        if self._bell.heard() != self._heard and not self._silent:
            if not self._its_our_turn():
                return self._epoch
            try:
                if self._bell.heard() != self._heard:  # else somebody has asked since it rang: it need not be all
                    self._ask()
            finally:
                self._asking.release()
        elif monotonic() >= self._asked_again_at:
            self._asked_again_at = monotonic() + ASKED_EVERY  # first: the others go on meanwhile
            if self._asking.acquire(blocking=False):  # else somebody asks, perhaps a database that does not answer
                if self._silent:
                    looking = Thread(target=self._look_whether_it_is_back, daemon=True)
                    looking.start()
                    looking.join(LONGEST_SILENCE)
                    return self._epoch
                try:
                    self._ask()
                finally:
                    self._asking.release()
        return self._epoch

    def ask(self) -> int:
        """The number that is committed now, as far as the database says."""
        if not self._its_our_turn():
            return self._epoch
        try:
            return self._ask()
        finally:
            self._asking.release()

    def _its_our_turn(self) -> bool:
        """One asks after the other, so that an older number never follows a newer one.

        Where whoever asks gets no answer, the others do not wait for it.
        """
        if self._asking.acquire(timeout=LONGEST_SILENCE):
            return True
        self._silent = True
        return False

    def _ask(self) -> int:
        heard = self._bell.heard()  # first: who rings while the database answers is heard again
        try:
            self._epoch = _committed()
            self._silent = False
        except DatabaseError:
            self._silent = True
            log.warning("the epoch cannot be asked for", exc_info=True)
        self._heard = heard
        self._asked_again_at = monotonic() + ASKED_EVERY
        return self._epoch

    def _look_whether_it_is_back(self) -> None:
        """In a thread of its own: to find out that it is not may take long, and whoever reads has a page."""
        try:
            self._ask()
        finally:
            connection.close()
            self._asking.release()


def _committed() -> int:
    """Asked for once more where the connection of this thread was of a database that has been started anew since.

    That is told at once. What takes longer is a database that does not answer.
    """
    before, begun = connection.connection, monotonic()
    try:
        return Epoch.current()
    except DatabaseError:
        connection.close_if_unusable_or_obsolete()
        if before is None or connection.connection is not None or monotonic() - begun > LONGEST_SILENCE:
            raise
        return Epoch.current()
