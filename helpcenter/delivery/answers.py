"""An answer as it is sent again and again: its bytes in every encoding that was asked for, its headers ready."""

import gzip
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache, partial
from threading import Lock

import brotli
import zstandard

type Headers = list[tuple[str, str]]

IDENTITY = "identity"
FOR_EVER = float("inf")
SMALLEST_ENCODED = 200
"""Bytes. Less does not get smaller."""
LONGEST_ACCEPTED = 200
"""Letters of an Accept-Encoding header. Browsers say 30; a longer one is remembered by nobody, and gets no encoding."""
ENCODED_TYPES = (
    "text/",
    "application/json",
    "application/xml",
    "application/atom+xml",
    "application/manifest+json",
    "image/svg+xml",
)


def _zstd(level: int, body: bytes) -> bytes:
    """By a compressor of its own: two threads that share one garble what they compress."""
    return zstandard.ZstdCompressor(level=level).compress(body)


_ENCODERS: dict[str, tuple[Callable[[bytes], bytes], Callable[[bytes], bytes]]] = {
    # Quickly, for what changes; as small as it gets, for what never does. docs/decisions/0019-light-pages.md
    "br": (partial(brotli.compress, quality=7), partial(brotli.compress, quality=11)),
    "zstd": (partial(_zstd, 6), partial(_zstd, 19)),
    "gzip": (partial(gzip.compress, compresslevel=6, mtime=0), partial(gzip.compress, compresslevel=9, mtime=0)),
}
_MADE_ANEW = {"cache-control", "cloudflare-cdn-cache-control", "content-length", "etag", "surrogate-control", "vary"}


@dataclass(frozen=True, slots=True)
class Encoded:
    """The bytes in one encoding. Its headers are whole but for Cache-Control, which depends on when it is sent."""

    body: bytes
    etag: str
    headers: Headers
    not_modified: Headers


@dataclass(slots=True)
class Answer:
    """What Django answered. True from `begins` to `ends` (timestamps; 0: not to be kept), while the epoch is the same.

    What is true for ever has no epoch.
    """

    status: str
    headers: dict[str, str]
    body: bytes
    ends: float
    epoch: int | None
    others: Headers
    begins: float = 0
    in_encoding: dict[str, Encoded] = field(default_factory=dict)

    @classmethod
    def of(cls, status: str, headers: Headers, body: bytes, ends: float, epoch: int | None) -> "Answer":
        """An answer with the headers that Django gave it."""
        by_name = {name.lower(): value for name, value in headers}
        others = [(name, value) for name, value in headers if name.lower() not in _MADE_ANEW]
        return cls(status, by_name, body, ends, epoch, others)

    @property
    def size(self) -> int:
        """About how many bytes of memory it takes."""
        return 4000 + len(self.body) + sum(len(each.body) for each in self.in_encoding.values())

    def is_true(self, epoch: int, now: float) -> bool:
        """Whether readers may be shown it at that timestamp."""
        return self.begins <= now < self.ends and (self.epoch is None or self.epoch == epoch)

    def encoded(self, encoding: str) -> Encoded:
        """The bytes in that encoding; as they are, where encoding them would tell a secret or save nothing."""
        if encoding not in self.in_encoding:
            self.in_encoding[encoding] = self._encode(encoding)
        return self.in_encoding[encoding]

    def _encode(self, encoding: str) -> Encoded:
        body, etag, headers = self.body, self.headers.get("etag", ""), list(self.others)
        vary = self.headers.get("vary", "")
        # The length of an encoded page that has both a token and words of the asker tells the token (BREACH).
        encodable = self.headers.get("content-type", "").startswith(ENCODED_TYPES) and "set-cookie" not in self.headers
        if encodable:
            vary = vary if "accept-encoding" in vary.lower() else ", ".join(filter(None, [vary, "Accept-Encoding"]))
        if encodable and encoding != IDENTITY and len(body) >= SMALLEST_ENCODED:
            quickly, well = _ENCODERS[encoding]
            body = (quickly if self.ends < FOR_EVER else well)(body)
            headers.append(("Content-Encoding", encoding))
            etag = etag and f'{etag[:-1]}-{encoding}"'
        told = [(name, value) for name, value in (("ETag", etag), ("Vary", vary)) if value]
        return Encoded(body, etag, [*headers, *told, ("Content-Length", str(len(body)))], told)


class Memory[Key]:
    """Answers by what was asked for, of at most so many bytes. What was asked for longest ago is forgotten first."""

    def __init__(self, room: int) -> None:
        self._room = room
        self.used = 0
        self._answers: OrderedDict[Key, tuple[Answer, int]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._answers)

    def get(self, key: Key) -> Answer | None:
        """The answer, if it is remembered."""
        found = self._answers.get(key)
        if found is None:
            return None
        try:
            self._answers.move_to_end(key)
        except KeyError:  # another thread has forgotten it meanwhile
            return None
        return found[0]

    def keep(self, key: Key, answer: Answer) -> None:
        """Remember it, or that it has grown."""
        with self._lock:
            self._forget(key)
            self._answers[key] = answer, answer.size
            self.used += answer.size
            while self.used > self._room:
                # In one step: whoever reads moves what they find meanwhile, and an iterator would notice.
                _key, (_answer, size) = self._answers.popitem(last=False)
                self.used -= size

    def _forget(self, key: Key) -> None:
        _answer, size = self._answers.pop(key, (None, 0))
        self.used -= size


def preferred_encoding(accepted: str) -> str:
    """The encoding that an Accept-Encoding header asks for: what it likes best, and of those the smallest."""
    return _preferred(accepted) if len(accepted) <= LONGEST_ACCEPTED else IDENTITY


@lru_cache(maxsize=512)
def _preferred(accepted: str) -> str:
    weights: dict[str, float] = {}
    for part in accepted.lower().split(","):
        name, *parameters = (each.strip() for each in part.split(";"))
        weights[name] = min((_weight(each) for each in parameters if each.startswith("q=")), default=1.0)
    others = weights.get("*", 0.0)
    best = max(_ENCODERS, key=lambda name: weights.get(name, others))
    weight = weights.get(best, others)
    return best if weight > 0 and weight >= weights.get(IDENTITY, 0.0) else IDENTITY


def _weight(parameter: str) -> float:
    try:
        return float(parameter.removeprefix("q="))
    except ValueError:
        return 0.0


def matches(asked: str, etag: str) -> bool:
    """Whether an If-None-Match header names what would be sent."""
    return asked in (etag, "*") or etag in (each.strip().removeprefix("W/") for each in asked.split(","))
