"""Before Django: what was answered once is answered again from memory, for as long as it is sure to be true.

A reader's page is a function of its address and of what is live, so it may be sent again while the epoch stands and no
planned change has come. Whatever writes or brings a cookie goes on to Django, and so does each address with a query
that its page does not read. docs/decisions/0017-front.md
"""

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from http import HTTPStatus
from math import ceil
from time import time
from typing import Any

from helpcenter.accounts.addresses import network_of
from helpcenter.delivery.answers import FOR_EVER, Answer, Headers, Memory, matches, preferred_encoding
from helpcenter.delivery.cdn import Cdn
from helpcenter.delivery.epoch import Bell, Watch
from helpcenter.delivery.limits import READING as ASKING
from helpcenter.delivery.limits import WRITING, Limits, Rate
from helpcenter.delivery.refusing import Refusals, Refused, look_at_size
from helpcenter.delivery.turns import Crowded, Turns
from helpcenter.publishing.moments import TRUE_UNTIL, cache_control
from helpcenter.publishing.standing import EPOCH

type Environ = dict[str, Any]
type StartResponse = Callable[..., Any]
type Application = Callable[[Environ, StartResponse], Iterable[bytes]]
type Key = tuple[str, str, str, str]

READING = ("GET", "HEAD")
KEPT = ("200", "301", "410")
LARGEST_KEPT = 1 << 20
"""Bytes. What is larger is sent and forgotten."""
MAKERS, WAITING, FOLLOWING, WRITERS = 2, 8, 16, 3
"""Of the threads of a process: pages are made at once, wait to be made, wait for one that is just being made, and what
is sent is taken. The rest answers what is remembered, come what may. Pages share one interpreter: more at once would
each take longer."""

LONGEST_WAIT = 2.0
"""Seconds until whoever waits is told to come again. As long as pages are made, nobody waits so long: of too many the
last are sent away at once. A process that has just started needs half a second for its first page."""

AGAIN_AFTER = 5
"""Seconds after which somebody who was sent away may ask again."""

HEALTH = ("/healthz", "/readyz")
"""Asked by machines that take a busy site for a dead one."""
ATTEMPTS = 3
"""How often a page is made anew because something was published while it was made."""

_THEIR_OWN = {
    "HTTP_ACCEPT_ENCODING",
    "HTTP_IF_MATCH",
    "HTTP_IF_MODIFIED_SINCE",
    "HTTP_IF_NONE_MATCH",
    "HTTP_IF_RANGE",
    "HTTP_IF_UNMODIFIED_SINCE",
    "HTTP_RANGE",
    "wsgi.file_wrapper",
}
"""What one asker wants of the answer. It is made whole, for all who ask."""


class Front:
    """The application before Django's. What it keeps takes at most `room` bytes. Below `files` cookies mean nothing.

    Where readers come by `https`, a proxy may say so.
    """

    def __init__(
        self,
        application: Application,
        bell: Bell,
        *,
        room: int,
        limits: Limits | None = None,
        files: str = "/static/",
        cdn: Cdn | None = None,
        https: bool = False,
    ) -> None:
        self._application = application
        self._https = https
        self._bell = bell
        self._files = files
        self._cdn = cdn
        self._watch = Watch(bell)
        self._kept: Memory[Key] = Memory(room)
        self._being_made: dict[Key, Future[Answer | None]] = {}
        self._limits = limits
        self._refusals = Refusals(application)
        self._makers = Turns(MAKERS, waiting=WAITING, longest=LONGEST_WAIT)
        self._followers, self._writers = Turns(FOLLOWING), Turns(WRITERS)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request (WSGI)."""
        if self._https and environ.get("HTTP_X_FORWARDED_PROTO") == "https":
            environ["wsgi.url_scheme"] = "https"
        if environ["REQUEST_METHOD"] not in READING:
            return self._unless_refused(self._write, environ, start_response)
        if "HTTP_COOKIE" in environ and not environ["PATH_INFO"].startswith(self._files):
            return self._unless_refused(self._pass_on, environ, start_response)
        key = environ["wsgi.url_scheme"], environ.get("HTTP_HOST", ""), environ["PATH_INFO"], environ["QUERY_STRING"]
        epoch, now = self._watch.epoch(), time()
        answer = self._kept.get(key)
        if answer is None or not answer.is_true(epoch, now):
            before = answer
            try:
                answer = self._make(key, environ)
            except (Crowded, Refused) as why:
                return self._refuse(why, environ, start_response)
            if answer.status.startswith("503") and before and before.epoch == epoch:
                answer = before  # nothing has changed that anybody knows of: rather this than no page
            now = time()
        encoding = preferred_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        sent = answer.in_encoding.get(encoding)
        if sent is None:
            sent = answer.encoded(encoding)
            if answer.ends:
                self._kept.keep(key, answer)
        control = answer.headers.get("cache-control", "")
        if 0 < answer.ends < FOR_EVER:
            control = cache_control(answer.ends - now)
        headers = [("Cache-Control", control)] if control else []
        if self._cdn and answer.ends < FOR_EVER:
            headers.append(self._cdn.lifetime_until(answer.ends, now))
        if sent.etag and "HTTP_IF_NONE_MATCH" in environ and matches(environ["HTTP_IF_NONE_MATCH"], sent.etag):
            start_response("304 Not Modified", sent.not_modified + headers)
            return []
        start_response(answer.status, sent.headers + headers)
        return [sent.body] if environ["REQUEST_METHOD"] == "GET" else []

    def _unless_refused(
        self, application: Application, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        try:
            return application(environ, start_response)
        except (Crowded, Refused) as why:
            return self._refuse(why, environ, start_response)

    def _refuse(self, why: Crowded | Refused, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        refused = why if isinstance(why, Refused) else Refused(HTTPStatus.SERVICE_UNAVAILABLE, AGAIN_AFTER)
        return self._refusals.say(refused, environ, start_response)

    def _write(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Whoever sends slowly holds a thread: only so many at once."""
        self._look_at(environ, WRITING)
        with self._writers.taken():
            try:
                return self._application(environ, start_response)
            finally:
                self._bell.ring()

    def _pass_on(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Whoever brings a cookie is answered by Django, which knows them."""
        self._look_at(environ, ASKING)
        with self._makers.taken():
            return self._application(environ, start_response)

    def _look_at(self, environ: Environ, rate: Rate) -> None:
        """Whether it is small enough, and not one too many of its network. Raises Refused."""
        look_at_size(environ)
        if self._limits and (seconds := self._limits.wait(rate, network_of(environ), time())):
            raise Refused(HTTPStatus.TOO_MANY_REQUESTS, ceil(seconds))

    def _make(self, key: Key, environ: Environ) -> Answer:
        """Django's answer. Of many who ask at once one has it made, and it is for all of them if it may be kept.

        Raises Refused or Crowded.
        """
        if environ["PATH_INFO"] in HEALTH:
            return self._ask(environ)
        self._look_at(environ, ASKING)
        mine: Future[Answer | None] = Future()
        theirs = self._being_made.setdefault(key, mine)
        if theirs is not mine:
            with self._followers.taken():
                try:
                    found = theirs.result(LONGEST_WAIT)
                except TimeoutError:
                    raise Crowded from None
            if found:
                return found
            with self._makers.taken():
                return self._ask(environ)
        kept = None
        try:
            with self._makers.taken():
                answer = self._ask_for_a_whole(environ)
            if answer.ends:
                kept = answer
                self._kept.keep(key, answer)
            return answer
        finally:
            del self._being_made[key]
            mine.set_result(kept)

    def _ask_for_a_whole(self, environ: Environ) -> Answer:
        """An answer that is not half from before and half from after something was published."""
        for _attempt in range(ATTEMPTS):
            epoch = self._watch.epoch()
            answer = self._ask(environ, epoch)
            if answer.ends in (0, FOR_EVER) or self._watch.ask() == epoch:
                return answer
        answer.ends = 0
        return answer

    def _ask(self, environ: Environ, epoch: int | None = None) -> Answer:
        given: list[tuple[str, Headers]] = []

        def start_response(status: str, headers: Headers, exc_info: Any = None) -> None:
            given.append((status, headers))

        asked = {name: value for name, value in environ.items() if name not in _THEIR_OWN}
        asked["REQUEST_METHOD"] = "GET"
        if epoch is not None:
            asked[EPOCH] = epoch
        begins = time()
        parts = self._application(asked, start_response)
        try:
            body = b"".join(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()
        status, headers = given[-1]
        answer = Answer.of(status, headers, body, asked.get(TRUE_UNTIL, 0), epoch)
        answer.begins = begins
        if "immutable" in answer.headers.get("cache-control", ""):
            answer.begins, answer.ends, answer.epoch = 0, FOR_EVER, None
        if not _may_be_kept(answer):
            answer.ends = 0
        return answer


def _may_be_kept(answer: Answer) -> bool:
    varies = {name.strip().lower() for name in answer.headers.get("vary", "").split(",")} - {"", "accept-encoding"}
    return (
        answer.status[:3] in KEPT
        and "set-cookie" not in answer.headers
        and not varies
        and len(answer.body) <= LARGEST_KEPT
    )
