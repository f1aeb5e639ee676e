"""Whatever is sent to whatever address, through the front layer or straight to Django, it is never our fault (5xx)."""

import logging
import re
from io import BytesIO
from urllib.parse import urlencode

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import transaction
from django.middleware.csrf import get_token
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from articles.models import Translation
from helpcenter.delivery.epoch import Bell
from helpcenter.delivery.front import Front
from tests.builders import a_draft, a_user
from tests.promises.every_page import a_site_with_every_page
from tests.promises.test_leaks import routes

pytestmark = pytest.mark.django_db

ROUTES = sorted({re.sub(r"\(\?P<app_label>[^)]*\)", "<app_label>", route) for route in routes()})

NAMES = [
    *("q", "clicked", "as_of", "page", "from", "to", "facts", "facts_from", "facts_to", "on", "gpu_minutes", "images"),
    *("earlier", "start", "interval", "country", "first", "second", "way-go", "address", "helped", "reason", "comment"),
    *("p", "o", "e", "all", "_csv", "_popup", "_to_field", "_changelist_filters", "pk__in", "id__exact", "next"),
    *("action", "_selected_action", "_save", "_publish", "_submit", "_approve", "title", "note", "at", "key", "words"),
    *("at__year", "at__month", "at__day", "path__regex", "index", "groups", "permissions", "groups__id__exact"),
    *("app_label", "model_name", "field_name", "term", "username", "password", "document__language"),
]
KNOWN = [
    "walked",
    "dull",
    "en",
    "zh-hant",
    "cancel",
    "1",
    "2",
    "first",
    "way-go",
    "over",
    "articles",
    "cancel-by",
    "2026-12-01",
]
ODD = [
    *("\0", "%00", "a\0b", "%", "%zz", "%c3%28", "\xff\xfe", "\xed\xa0\x80", "..", "../../etc/passwd", "//", "\\", "é"),
    *(
        "-1",
        "0",
        "9" * 30,
        "1e9",
        "NaN",
        "٣",
        "1,2",
        "True",
        "'\"><svg onload=x>",
        "{{7*7}}",
        "%s%d",
        "\r\nX: y",
        "None",
    ),
    *("9999-12-31", "0001-01-01", "2026-02-30", "x" * 300, "𝟛", "\u202e", "[::1", "=", "&", ";", "'; DROP TABLE x"),
]
METHODS = [
    *("GET", "HEAD", "POST") * 3,
    *("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "X", ""),
]
KINDS = [
    *(
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "application/json",
    ),
    *(
        "application/csp-report",
        "application/reports+json",
        "text/plain; charset=nothing",
        "multipart/form-data; boundary=",
    ),
    *("multipart/form-data; boundary=\xff", "application/x-www-form-urlencoded; charset=utf-7", "", "/", "x" * 200),
]
HEADERS = [
    *("HTTP_ACCEPT_LANGUAGE", "HTTP_ACCEPT_ENCODING", "HTTP_ACCEPT", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE"),
    *("HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE", "HTTP_RANGE", "HTTP_REFERER", "HTTP_ORIGIN", "HTTP_USER_AGENT"),
    *("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PROTO", "HTTP_SEC_FETCH_SITE", "HTTP_COOKIE"),
    *("HTTP_HX_REQUEST", "HTTP_HX_CURRENT_URL", "HTTP_HX_CURRENT_URL_URI_AUTOENCODED", "HTTP_HX_TARGET", "REMOTE_ADDR"),
    *("HTTP_X_CSRFTOKEN", "HTTP_TRANSFER_ENCODING", "HTTP_X_HTTP_METHOD_OVERRIDE", "HTTP_AUTHORIZATION"),
]
HOSTS = [
    *("testserver",) * 80,
    "",
    "evil.example",
    "testserver:x",
    "testserver:99999",
    "[",
    "a b",
    "testserver\0",
    "\xff",
    "x" * 300,
]

word = st.one_of(st.sampled_from(KNOWN), st.sampled_from(ODD), st.text(max_size=20))
pairs = st.lists(st.tuples(st.sampled_from(NAMES), word), max_size=5)


def as_wsgi(text):
    """What a server makes of an address: its bytes as Latin-1."""
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


@st.composite
def requests(draw):
    """An environ but for its body and cookie, the body, and whether whoever asks is signed in."""
    path = draw(st.sampled_from(ROUTES)).replace("<lang>", draw(st.sampled_from(["en", "zh-hant", "zh-hans"])))
    path = "/" + re.sub(r"<[^>]*>", lambda _match: draw(st.one_of(st.sampled_from(KNOWN), word)), path)
    path += draw(st.sampled_from([*[""] * 12, "/", "//", "\0", "%2f", ".", "?"]))
    query = draw(pairs)
    written = draw(st.sampled_from([urlencode, lambda given: "&".join(f"{name}={value}" for name, value in given)]))
    body = draw(
        st.one_of(pairs.map(lambda given: urlencode(given, errors="replace").encode()), st.binary(max_size=60), a_json)
    )
    environ = {
        "REQUEST_METHOD": draw(st.sampled_from(METHODS)),
        "PATH_INFO": as_wsgi(path),
        "QUERY_STRING": as_wsgi(written([(name, value.encode("utf-8", "replace").decode()) for name, value in query])),
        "HTTP_HOST": draw(st.sampled_from(HOSTS)),
        "CONTENT_TYPE": draw(st.sampled_from([*KINDS[:1] * 12, *KINDS])),
        "CONTENT_LENGTH": draw(
            st.sampled_from([str(len(body))] * 5 + ["", "-1", "x", "0", "99999999999", "1e3", " 5"])
        ),
    }
    for name in draw(st.lists(st.sampled_from(HEADERS), max_size=4)):
        environ[name] = as_wsgi(draw(word))
    return environ, body, draw(st.booleans())


a_json = st.sampled_from(
    [
        *(b"[]", b"{}", b"null", b"[" * 5000, b'{"csp-report": []}', b'[{"body": {"blockedURL": 1}}]', b'{"a":' * 3000),
        b'{"csp-report": {"document-uri": "http://[", "blocked-uri": "http://testserver/\\u0000"}}',
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="\x00/../x.png"\r\n\r\nGIF89a\r\n--x--\r\n',
        b'--x\r\nContent-Disposition: form-data; name="q\r\n\r\n',
    ]
)


@pytest.fixture
def site(db, tmp_path):
    """The two ways in, and a cookie and token of somebody who may do everything."""
    a_site_with_every_page()
    editor = a_user("editor")
    editor.is_superuser = True
    editor.save()
    a_draft(Translation.objects.first(), Translation.objects.first().revisions.first().body, editor)
    client = Client()
    client.force_login(editor)
    asked = RequestFactory().get("/")
    token = get_token(asked)
    cookie = f"sessionid={client.cookies['sessionid'].value}; csrftoken={asked.META['CSRF_COOKIE']}"
    django = get_wsgi_application()
    logging.getLogger("django").setLevel(logging.CRITICAL)
    yield {"straight": django, "front": Front(django, Bell(tmp_path / "bell"), room=1 << 20)}, cookie, token
    logging.getLogger("django").setLevel(logging.NOTSET)


def status_of(application, environ, body):
    environ = {
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SCRIPT_NAME": "",
        "REMOTE_ADDR": "192.0.2.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
        "wsgi.errors": BytesIO(),
        **environ,
    }
    told = []
    answered = application(environ, lambda status, headers, exc_info=None: told.append((status, headers)))
    b"".join(answered)
    if hasattr(answered, "close"):
        answered.close()
    status, headers = told[-1]
    for name, value in headers:
        assert not re.search(r"[\r\n\0]", name + value), (name, value)
    return int(status[:3])


@given(requests())
def test_nothing_that_is_sent_is_our_fault(site, asked):
    ways, cookie, token = site
    environ, body, signed_in = asked
    if signed_in:
        environ = {**environ, "HTTP_COOKIE": cookie, "HTTP_X_CSRFTOKEN": token}
    for way, application in ways.items():
        with transaction.atomic():
            status = status_of(application, environ, body)
            transaction.set_rollback(True)
        assert status < 500, (way, environ, body)
