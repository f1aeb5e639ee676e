"""Whoever is slow on purpose keeps nobody else from reading."""

import socket
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from helpcenter.delivery.granian import LONGEST_HEADERS

MANY = 300
PAGE = "/zh-hant/articles/cancel-web/"


@pytest.fixture
def connect(site):
    """Opens a connection and sends what a slow client has sent so far."""
    parts = urlsplit(site)
    with ExitStack() as open_ones:

        def send(said: bytes) -> socket.socket:
            connection = open_ones.enter_context(socket.create_connection((parts.hostname, parts.port), timeout=30))
            connection.sendall(said.replace(b"HOST", parts.netloc.encode()))
            return connection

        yield send


def reads(site):
    with urllib.request.urlopen(site + PAGE, timeout=10) as answer:
        return answer.status == 200


@pytest.fixture(autouse=True)
def _remembered(site):
    """Whoever comes first has it made; of the others some would be sent away."""
    assert reads(site)


def test_headers_that_never_end_are_let_go(site, connect):
    slow = [connect(b"GET / HTTP/1.1\r\nHost: HO") for _each in range(MANY)]
    assert reads(site)
    time.sleep(LONGEST_HEADERS / 1000 + 1)
    assert slow[0].recv(1000) == b""
    assert reads(site)


SETTINGS = b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"
"""The first frame of HTTP/2."""


@pytest.mark.parametrize("said", [b"", b"PRI * HTTP/2.0\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + SETTINGS])
def test_whoever_says_nothing_or_speaks_http2_is_let_go(connect, said):
    connection = connect(said)
    while heard := connection.recv(1000):
        assert heard.startswith(b"HTTP/1.1 4")


def test_bodies_that_never_come_leave_a_thread_for_readers(site, connect):
    headers = b"POST /en/wizard/count/ HTTP/1.1\r\nHost: HOST\r\nContent-Length: 10000\r\n"
    headers += b"Content-Type: application/x-www-form-urlencoded\r\n\r\naddress="
    slow = [connect(headers) for _each in range(20)]
    time.sleep(0.5)
    assert reads(site)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{site}/en/wizard/count/", data=b"address=/en/wizard/", timeout=10)
    assert refused.value.code == 503
    assert refused.value.headers["Retry-After"] == "5"
    for each in slow:
        each.close()
    time.sleep(0.5)
    assert urllib.request.urlopen(f"{site}/en/wizard/count/", data=b"address=/en/wizard/", timeout=10).status == 204


def test_whoever_does_not_fetch_the_answers_keeps_nobody(site, connect):
    asked = f"GET {PAGE} HTTP/1.1\r\nHost: HOST\r\n\r\n".encode()
    for _each in range(50):
        connect(asked * 20)
    assert reads(site)


def test_connections_that_are_kept_open_keep_nobody(site, connect):
    asked = f"GET {PAGE} HTTP/1.1\r\nHost: HOST\r\n\r\n".encode()
    for connection in [connect(asked) for _each in range(MANY)]:
        assert connection.recv(15) == b"HTTP/1.1 200 OK"
    assert reads(site)
