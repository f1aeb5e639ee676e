"""How often one network may ask for what costs something: the same for all processes of a machine, without a cookie.

A file that all of them map has one number for each slot, and a network's slot is a keyed hash of its address and the
day: nothing in it says who asked, and nothing grows. Two networks may meet in a slot; they then share what one has.

Not django-ratelimit: its last release is of 2023, and it wants a cache that all processes share. docs/decisions/0024
"""

import fcntl
import hashlib
import ipaddress
import struct
from dataclasses import dataclass
from mmap import mmap
from pathlib import Path
from threading import Lock

SLOTS = 1 << 16

_NUMBER = struct.Struct("d")
_DAY = 24 * 60 * 60
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Rate:
    """So many a second in the long run, and so many at once before that."""

    name: str
    a_second: float
    at_once: int


READING = Rate("reading", a_second=10, at_once=100)
"""Pages that are not remembered. A class that searches together has one address; a crawler asks one a second."""

WRITING = Rate("writing", a_second=10, at_once=100)
"""What is sent: answers, counts, sign-ins. Each page of the wizard sends one when it is opened."""


class Limits:
    """Counts by network. What it keeps of one is an instant: until when its allowance is used up."""

    def __init__(self, path: Path, secret: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a+b")
        if self._file.tell() < SLOTS * _NUMBER.size:
            self._file.write(bytes(SLOTS * _NUMBER.size - self._file.tell()))  # no hole: a full disk would end us there
            self._file.flush()
        self._shared = mmap(self._file.fileno(), SLOTS * _NUMBER.size)
        self._key = hashlib.blake2b(secret.encode()).digest()
        self._lock = Lock()  # among the threads; among processes it is the file's

    def wait(self, rate: Rate, network: str, now: float) -> float:
        """Count one more of a network; or, if that were too many, how many seconds it has to wait.

        The generic cell rate algorithm (ITU-T I.371). Of an address of this machine's own network nothing is
        counted: it is a proxy, and stands for everybody.
        """
        if not is_somebody(network):
            return 0
        place = self._slot(rate, network, now)
        step, most = 1 / rate.a_second, rate.at_once / rate.a_second
        with self._lock:
            fcntl.lockf(self._file, fcntl.LOCK_EX, _NUMBER.size, place)
            try:
                (used_until,) = _NUMBER.unpack_from(self._shared, place)
                if not now < used_until <= now + most + _ROUNDING:  # also of a clock that was wrong
                    used_until = now
                if (seconds := float(used_until + step - now - most)) > _ROUNDING:
                    return seconds
                _NUMBER.pack_into(self._shared, place, used_until + step)
                return 0
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN, _NUMBER.size, place)

    def _slot(self, rate: Rate, network: str, now: float) -> int:
        said = f"{rate.name} {now // _DAY} {network}".encode()
        number = int.from_bytes(hashlib.blake2b(said, key=self._key, digest_size=8).digest())
        return number % SLOTS * _NUMBER.size


def is_somebody(network: str) -> bool:
    """Whether it stands for one network, and not for a proxy and everybody."""
    try:
        return ipaddress.ip_network(network).is_global
    except ValueError:
        return False
