"""The whole reader side as files that any file server serves: for a CDN, or for the day when the database is gone.

The site itself is asked for every address that links lead to, and what it answers is written down. An address with a
query has its file in the folder of its page: `/en/wizard/store/?biller=store` is `en/wizard/store/@biller=store.html`.
docs/decisions/0018-standby.md
"""

import json
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from html import unescape
from io import BytesIO
from itertools import batched, chain
from pathlib import Path
from typing import Any
from urllib.parse import unquote, unquote_to_bytes, urldefrag, urljoin, urlsplit
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from tqdm import tqdm

from articles.models import Article, FormerSlug, Redirect
from articles.redirects import moved
from helpcenter.delivery import nginx
from helpcenter.delivery.answers import FOR_EVER, Answer, Headers
from helpcenter.delivery.front import Application, Environ
from helpcenter.delivery.models import Epoch
from helpcenter.domain.flows.graph import expand
from helpcenter.domain.flows.replay import positions
from helpcenter.home.views import way_on
from helpcenter.publishing.moments import true_until
from helpcenter.publishing.standing import Standing
from helpcenter.wizard.addresses import address as wizard_address
from helpcenter.wizard.flows import flow_at, live_steps

MOST_STUCK = 1
"""On how many steps a reader of the wizard may be stuck. With each one more there are three times as many pages."""
LONGEST_NAME = 200
"""Characters. File systems end at 255 bytes; a longer query goes on in a folder."""
QUICKLY = 1
"""When an answer ends that is encoded as quickly as the front layer does it, and not as small as it gets."""
ENCODINGS = {".gz": "gzip", ".br": "br"}

_FOR_MACHINES = ("/robots.txt", "/sitemap.xml", "/llms.txt", "/.well-known/security.txt")
_LINKS = {
    "text/html": re.compile(r'\b(?:href|src|srcset|content(?=="http))="([^"]*)"'),
    "application/xml": re.compile(r"<loc>([^<]*)</loc>"),
    "application/atom+xml": re.compile(r'\bhref="([^"]*)"'),
    "text/css": re.compile(r"""\burl\(["']?([^"')]*)"""),
}
_SOURCES = ("articles", "helpcenter", "requirements", "static", "templates")


class NotOurs(Exception):
    """The folder has something else in it. Nothing was touched."""


class Broken(Exception):
    """The site itself failed. Nothing was removed: what is not answered now is not therefore gone."""


@dataclass
class Done:
    """What has become of the files; `configured`: whether nginx has to read its configuration again."""

    written: int = 0
    same: int = 0
    removed: int = 0
    configured: bool = False


def export(folder: Path, origin: str, *, quiet: bool = False) -> Done | None:
    """Bring the folder up to date; None if it is, without a look at its files.

    What is half done when it is interrupted, the next one finishes. Raises NotOurs and Broken.
    """
    record, now = folder / "export.json", timezone.now()
    known = json.loads(record.read_bytes()) if record.exists() else {}
    if not record.exists() and folder.exists() and any(folder.iterdir()):
        raise NotOurs(folder)
    made_of = {"epoch": Epoch.current(), "release": release(), "origin": origin}
    if made_of.items() <= known.items() and known["until"] > now.timestamp():
        return None
    _replace(record, b"{}")
    done, files, headers = Done(), set[Path](), dict[str, dict[str, str]]()
    for name, answer in chain(_pages(origin, now, quiet=quiet), _error_pages(origin)):
        file = folder / "public" / name
        files.add(file)
        if answer.status.startswith("200"):
            headers[name] = answer.headers
        if _write(file, answer, whole=bool(known)):
            done.written += 1
        else:
            done.same += 1
    for name, text in nginx.configuration(folder / "public", headers, _elsewhere(headers, now)).items():
        file, body = folder / "nginx" / name, text.encode()
        if not file.exists() or file.read_bytes() != body:
            _replace(file, body)
            done.configured = True
    done.removed = _sweep(folder / "public", files)
    _replace(record, json.dumps({**made_of, "until": true_until(now, Standing(now)).timestamp()}).encode())
    return done


def release() -> str:
    """What the code is, and whatever else pages are made of that is no content."""
    seen = sha256(settings.SECURITY_CONTACT.encode())
    for path in sorted(path for name in _SOURCES for path in (settings.BASE_DIR / name).rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            seen.update(str(path.relative_to(settings.BASE_DIR)).encode())
            seen.update(path.read_bytes())
    return seen.hexdigest()


def file_of(address: str) -> str:
    """The name of the file that has what is at an address."""
    path, _mark, query = address.partition("?")
    name = unquote(path).removeprefix("/")
    if query:
        return f"{name}@{'/'.join(map(''.join, batched(query, LONGEST_NAME)))}.html"
    return f"{name}index.html" if name.endswith("/") else name


def _pages(origin: str, now: datetime, *, quiet: bool) -> Iterator[tuple[str, Answer]]:
    """Every file's name with what it has in it."""
    application: Application = WSGIHandler()
    waiting = deque(dict.fromkeys([*_FOR_MACHINES, *_articles(now), *_wizard(now)]))
    met = set(waiting)
    with tqdm(desc="addresses", total=len(met), disable=quiet) as bar:
        while waiting:
            address = waiting.popleft()
            answer = _ask(application, origin, address)
            bar.update()
            if answer.status.startswith("5"):
                raise Broken(f"{address}: {answer.status}")
            if not answer.status.startswith("200"):
                continue
            yield file_of(address), answer
            found = [link for link in _links(answer, origin, address) if link not in met]
            met.update(found)
            waiting += dict.fromkeys(found)
            bar.total = len(met)


def _error_pages(origin: str) -> Iterator[tuple[str, Answer]]:
    for code, _name in settings.LANGUAGES:
        for status, why in nginx.ERRORS.items():
            with override(code):
                response = way_on(WSGIRequest(_environ(origin, reverse("home"))), status, **why)
            answer = Answer.of(str(status.value), list(response.items()), response.content, QUICKLY, None)
            yield nginx.error_page(code, status), answer


def _articles(now: datetime) -> Iterator[str]:
    """The first page of each language, and every article in it, linked or not; else in another language's words."""
    for code, _name in settings.LANGUAGES:
        with override(code):
            yield reverse("home")
            for slug in Article.objects.filter(binned_at=None).values_list("slug", flat=True):
                try:
                    Article.objects.shown(slug, code, now)
                except Http404:
                    continue
                yield reverse("articles:article", args=[slug])


def _wizard(now: datetime) -> Iterator[str]:
    """The wizard's pages. Their links are not followed: those that lead back have far too many addresses."""
    flow = flow_at(now)
    for code, _name in settings.LANGUAGES:
        with override(code):
            graph = expand(flow, live_steps(flow, now, code))
            for position in positions(graph, stuck=MOST_STUCK):
                yield wizard_address(graph, position)


def _elsewhere(names: Iterable[str], now: datetime) -> dict[str, str | None]:
    """Where paths at which there is no file lead; None where what was there is gone."""
    paths = set(Redirect.objects.filter(binned_at=None).values_list("path", flat=True))
    there = {"/" + re.sub(r"(index\.html|@.*)$", "", name) for name in names}
    for slug, new in FormerSlug.objects.values_list("slug", "article__slug"):
        moving = [path for path in there if re.search(rf"/articles/{new}[/.]", path)]
        paths |= {re.sub(rf"(/articles/){new}([/.])", rf"\g<1>{slug}\2", path) for path in moving}
    for code, _name in settings.LANGUAGES:
        with override(code):
            for model in (Article, FormerSlug):
                paths |= {
                    reverse("articles:article", args=[slug]) for slug in model.objects.values_list("slug", flat=True)
                }
    found = {path: moved(path, "", now) for path in sorted(paths - there)}
    return {path: led.address for path, led in found.items() if led}


def _ask(application: Application, origin: str, address: str) -> Answer:
    """What Django answers, as the front layer would hand it out."""
    told: list[tuple[str, Headers]] = []

    def start_response(status: str, headers: Headers, exc_info: Any = None) -> None:
        told.append((status, headers))

    parts = application(_environ(origin, address), start_response)
    body = b"".join(parts)
    if hasattr(parts, "close"):
        parts.close()
    status, headers = told[-1]
    immutable = "immutable" in dict(headers).get("Cache-Control", "")
    return Answer.of(status, headers, body, FOR_EVER if immutable else QUICKLY, None)


def _environ(origin: str, address: str) -> Environ:
    scheme, host = urlsplit(origin)[:2]
    path, _mark, query = address.partition("?")
    environ = {
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "HTTP_HOST": host,
        "wsgi.url_scheme": scheme,
        "wsgi.input": BytesIO(),
    }
    setup_testing_defaults(environ)  # the rest of what WSGI asks for
    return environ


def _links(answer: Answer, origin: str, address: str) -> Iterator[str]:
    """The addresses of this site that it leads to and that are files: any path, and a query of a page."""
    kind = answer.headers.get("content-type", "").partition(";")[0]
    found = _LINKS[kind].findall(answer.body.decode()) if kind in _LINKS else ()
    for word in chain.from_iterable(unescape(value).split() for value in found):  # srcset has several
        if word.startswith((f"{origin}/", "/")) or kind == "text/css":
            link = urldefrag(urljoin(origin + address, word)).url.removeprefix(origin)
            path, _mark, query = link.partition("?")
            if path.startswith("/") and (not query or (path.endswith("/") and "/wizard/" not in path)):
                yield link


def _write(file: Path, answer: Answer, *, whole: bool) -> bool:
    """Write an answer and its encodings, if it has changed. The file itself comes last: it says that all are there.

    Unless the last run was not a whole one: then they may be of a text that was taken back since.
    """
    same = file.is_file() and file.read_bytes() == answer.body
    if same and whole:
        return False
    for suffix, encoding in ENCODINGS.items():
        encoded, beside = answer.encoded(encoding), file.with_name(file.name + suffix)
        if ("Content-Encoding", encoding) not in encoded.headers:
            beside.unlink(missing_ok=True)
        elif not (same and beside.is_file() and beside.read_bytes() == encoded.body):
            _replace(beside, encoded.body)
    if not same:
        _replace(file, answer.body)
    return not same


def _replace(file: Path, body: bytes) -> None:
    """Nobody ever reads half of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(f"{file.name}.new")
    new.write_bytes(body)
    new.replace(file)


def _sweep(folder: Path, files: set[Path]) -> int:
    """Remove whatever else is there, and say how many files that were; an encoding goes with its file."""
    removed = 0
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path not in files:
            of = path.with_name(path.name.removesuffix(path.suffix)) if path.suffix in ENCODINGS else None
            if of not in files:
                path.unlink()
                removed += of is None
    return removed
