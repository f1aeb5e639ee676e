"""Before Django: what was answered once is answered again from memory, for as long as it is sure to be true.

A reader's page is a function of its address and of what is live, so it may be sent again while the epoch stands and no
planned change has come. Whatever writes or brings a cookie goes on to Django, and so does each address with a query
that its page does not read. docs/decisions/0017-front.md
"""

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from http import HTTPStatus
from math import ceil
from time import time
from typing import Any

from helpcenter.accounts.addresses import network_of
from helpcenter.delivery.answers import FOR_EVER, Answer, Headers, Memory, matches, preferred_encoding
from helpcenter.delivery.cdn import Cdn
from helpcenter.delivery.epoch import Bell, Watch
from helpcenter.delivery.health import ALIVE, READY, Health
from helpcenter.delivery.limits import READING as ASKING
from helpcenter.delivery.limits import WRITING, Limits, Rate, is_somebody
from helpcenter.delivery.refusing import Refusals, Refused, look_at_size, read_to_the_end
from helpcenter.delivery.turns import Crowded, Turns
from helpcenter.operations.metrics import ANSWERS, KEPT_ANSWERS, KEPT_BYTES, MADE
from helpcenter.operations.requests import METRICS
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

HEALTH = (ALIVE, READY)
"""Asked by machines that take a busy site for a dead one."""
MEMORY, DJANGO, PROBE, SENT_AWAY = (ANSWERS[by] for by in ("memory", "django", "probe", "refused"))
"""What counts an answer, by who gave it."""
TO_READ, AT_THE_DESK, WRITTEN = MADE.labels("read"), MADE.labels("desk"), MADE.labels("written")

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
        self._health = Health()
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
        self._followers, self._writers = Turns(FOLLOWING), Turns(WRITERS, of_one=WRITERS - 1)
        KEPT_ANSWERS.set_function(lambda: len(self._kept))
        KEPT_BYTES.set_function(lambda: self._kept.used)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request (WSGI)."""
        if environ["PATH_INFO"] in HEALTH and environ["REQUEST_METHOD"] in READING:
            return self._health(environ, start_response)
        if self._https and environ.get("HTTP_X_FORWARDED_PROTO") == "https":
            environ["wsgi.url_scheme"] = "https"
        if environ["REQUEST_METHOD"] not in READING:
            return self._unless_refused(self._write, environ, start_response)
        if "HTTP_COOKIE" in environ and not environ["PATH_INFO"].startswith(self._files):
            return self._unless_refused(self._pass_on, environ, start_response)
        key = self._key(environ)
        epoch, now = self._watch.epoch(), time()
        answer, answered = self._kept.get(key), MEMORY
        if answer is None or not answer.is_true(epoch, now):
            before, answered = answer, PROBE if environ["PATH_INFO"] == METRICS else DJANGO
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
        asked_for = environ.get("HTTP_IF_NONE_MATCH")
        if asked_for and sent.etag and answer.status.startswith("200") and matches(asked_for, sent.etag):
            next(answered["304 Not Modified"])
            start_response("304 Not Modified", sent.not_modified + headers)
            return []
        next(answered[answer.status])
        start_response(answer.status, sent.headers + headers)
        return [sent.body] if environ["REQUEST_METHOD"] == "GET" else []

    def _key(self, environ: Environ) -> Key:
        """What an answer depends on. A file is the same for every host and query, of which anybody can make up more."""
        scheme, path = environ["wsgi.url_scheme"], environ["PATH_INFO"]
        if path.startswith(self._files):
            return scheme, "", path, ""
        return scheme, environ.get("HTTP_HOST", ""), path, environ["QUERY_STRING"]

    def _unless_refused(
        self, application: Application, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        try:
            return application(environ, start_response)
        except (Crowded, Refused) as why:
            return self._refuse(why, environ, start_response)

    def _refuse(self, why: Crowded | Refused, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        refused = why if isinstance(why, Refused) else Refused(HTTPStatus.SERVICE_UNAVAILABLE, AGAIN_AFTER)
        next(SENT_AWAY[str(refused.status.value)])
        return self._refusals.say(refused, environ, start_response)

    def _write(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Whoever sends slowly holds a thread: only so many at once, and of one network not all."""
        network = network_of(environ)
        turn = self._writers.taken(network if is_somebody(network) else "")
        try:
            self._look_at(environ, WRITING)
        except Refused as why:
            if why.after:  # else it is too large to be taken off
                with suppress(Crowded), turn:
                    read_to_the_end(environ)
            raise
        with turn, WRITTEN.time():
            try:
                return self._application(environ, _counted(start_response))
            finally:
                self._bell.ring()
                read_to_the_end(environ)

    def _pass_on(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Whoever brings a cookie is answered by Django, which knows them."""
        self._look_at(environ, ASKING)
        with self._makers.taken(), AT_THE_DESK.time():
            return self._application(environ, _counted(start_response))

    def _look_at(self, environ: Environ, rate: Rate) -> None:
        """Whether it is small enough, and not one too many of its network. Raises Refused."""
        look_at_size(environ)
        if self._limits and (seconds := self._limits.wait(rate, network_of(environ), time())):
            raise Refused(HTTPStatus.TOO_MANY_REQUESTS, ceil(seconds))

    def _make(self, key: Key, environ: Environ) -> Answer:
        """Django's answer. Of many who ask at once one has it made, and it is for all of them if it may be kept.

        Raises Refused or Crowded.
        """
        self._look_at(environ, ASKING)
        if environ["PATH_INFO"] == METRICS:  # whoever watches a busy site has to see it
            return self._ask(environ)
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
            with self._makers.taken(), TO_READ.time():
                return self._ask_for_a_whole(environ)  # it may be kept after all: of its epoch, like any other
        kept = None
        try:
            with self._makers.taken(), TO_READ.time():
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
            answer.begins, answer.ends = 0, FOR_EVER
            if environ["PATH_INFO"].startswith(self._files):
                answer.epoch = None
            elif environ["QUERY_STRING"]:  # made up: a picture reads none
                answer.ends = 0
        if not _may_be_kept(answer):
            answer.ends = 0
        return answer


def _counted(start_response: StartResponse) -> StartResponse:
    def start(status: str, headers: Headers, *more: Any) -> Any:
        next(DJANGO[status])
        return start_response(status, headers, *more)

    return start


def _may_be_kept(answer: Answer) -> bool:
    varies = {name.strip().lower() for name in answer.headers.get("vary", "").split(",")} - {"", "accept-encoding"}
    return (
        answer.status[:3] in KEPT
        and "set-cookie" not in answer.headers
        and not varies
        and len(answer.body) <= LARGEST_KEPT
    )
