"""With whom the site speaks: in secret, with who they say they are, and only from the places named here."""

import ast
import ssl
import threading
from pathlib import Path
from socket import create_server
from urllib.error import URLError

import pytest
from django.conf import settings as project
from django.core.checks import run_checks
from django.core.mail import EmailMessage

from helpcenter.delivery.cdn import CDNS
from tests.deploy.proxies import certificate_in

ROOT = Path(project.BASE_DIR)

SPEAK = {
    "helpcenter/accounts/adapters.py": "mail, where EMAIL_URL says",
    "helpcenter/delivery/cdn.py": "a CDN, where CDN_PURGE says",
    "helpcenter/delivery/management/commands/serve.py": "tries whether its own address is free",
    "helpcenter/operations/backups.py": "PostgreSQL's programs, where DATABASE_URL says",
    "helpcenter/operations/replication.py": "Litestream, where an operator says",
    "helpcenter/operations/sentry.py": "Sentry, where SENTRY_DSN says",
}
"""Every file that opens a connection, or starts a program that might. Beside Django's own to the database."""

MEANS = {
    "aiohttp", "ftplib", "http.client", "httpx", "imaplib", "poplib", "requests", "sentry_sdk", "smtplib", "socket",
    "socketserver", "subprocess", "telnetlib", "urllib.request", "urllib3", "xmlrpc",
    "django.core.mail", "psycopg", "asyncio", "multiprocessing.connection", "ssl", "pty",
}  # fmt: skip


def imported(path):
    for each in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(each, ast.Import):
            yield from (alias.name for alias in each.names)
        elif isinstance(each, ast.ImportFrom):
            yield from (f"{each.module}.{alias.name}" for alias in each.names)


def speaks(path):
    return any(name == means or name.startswith(f"{means}.") for name in imported(path) for means in MEANS)


def test_nothing_else_speaks_with_anybody():
    code = [*ROOT.glob("helpcenter/**/*.py"), *ROOT.glob("articles/**/*.py")]
    assert len(code) > 100
    assert {str(path.relative_to(ROOT)) for path in code if speaks(path)} == set(SPEAK)


def warned():
    return [
        each.id for each in run_checks(tags=["security"], include_deployment_checks=True) if "operations" in each.id
    ]


@pytest.mark.parametrize(
    ("host", "mode", "said"),
    [
        ("db.example", None, ["operations.W001"]),
        ("10.0.0.9", "require", ["operations.W001"]),
        ("db.example", "verify-full", []),
        ("127.0.0.1", None, []),
        ("localhost", None, []),
        ("/run/postgresql", None, []),
        ("", None, []),
    ],
)
def test_a_database_on_another_machine_is_asked_in_secret(settings, host, mode, said):
    database = {"ENGINE": "x", "HOST": host, "OPTIONS": {"sslmode": mode} if mode else {}}
    settings.DATABASES = {"default": database}
    assert warned() == said


@pytest.mark.parametrize(
    ("host", "tls", "said"),
    [("mail.example", False, ["operations.W002"]), ("mail.example", True, []), ("::1", False, [])],
)
def test_mail_goes_in_secret(settings, host, tls, said):
    settings.MAILERS = {"default": {"OPTIONS": {"host": host, "use_tls": tls, "use_ssl": False}}}
    assert warned() == said


def test_a_purge_goes_in_secret(settings):
    settings.CDN_PURGE = "http://cdn.example/purge"
    assert warned() == ["operations.W003"]


@pytest.fixture
def stranger(tmp_path):
    """The port of a server whose certificate nobody knows, and what it has heard."""
    certificate, key = certificate_in(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    heard = []

    def serve():
        connection, _address = server.accept()
        try:
            with context.wrap_socket(connection, server_side=True) as secret:
                heard.append(secret.recv(1))
        except OSError:
            connection.close()

    with create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1], heard
        thread.join(10)


def test_mail_is_not_given_to_a_stranger(stranger, settings):
    port, heard = stranger
    options = {"host": "localhost", "port": port, "use_ssl": True, "timeout": 5, "username": "", "password": ""}
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}
    with pytest.raises(ssl.SSLCertVerificationError):
        EmailMessage("subject", "words", "from@guide.example", ["to@guide.example"]).send()
    assert heard == []


def test_a_purge_is_not_given_to_a_stranger(stranger, settings):
    port, heard = stranger
    settings.CDN_PURGE, settings.CDN_TOKEN = f"https://localhost:{port}/", "token"
    with pytest.raises(URLError, match="certificate verify failed"):
        CDNS["fastly"].send({"all"})
    assert heard == []
