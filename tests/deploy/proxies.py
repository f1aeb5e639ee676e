"""nginx and Caddy with the very files of deploy/, but for where things lie and listen; and who asks them by https."""

import http.client
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPMessage
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.operations.sites import ROOT, free_port

DEPLOY = ROOT / "deploy"
NAME = "guide.example"
READER = "127.0.0.5"
"""The address from which readers come in these tests: another one than the proxy's."""


@dataclass
class Answered:
    """What was answered."""

    status: int
    headers: HTTPMessage
    body: bytes


@dataclass
class Proxy:
    """One that runs, and how it is asked."""

    kind: str
    port: int
    certificate: Path
    plain_port: int = 0

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        body: object = None,
        source: str = READER,
        headers: dict[str, str] | None = None,
        chunked: bool = False,
    ) -> Answered:
        """One request by https, on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=40)
        connection.sock = self.connect(source)
        said = {"Host": NAME} | (headers or {})
        connection.request(method, path, body=body, headers=said, encode_chunked=chunked)
        response = connection.getresponse()
        answered = Answered(response.status, response.headers, response.read())
        connection.close()
        return answered

    def connect(self, source: str = READER, name: str = NAME, **how: object) -> ssl.SSLSocket:
        """A connection, in which the certificate was looked at."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        if "protocols" in how:
            context.set_alpn_protocols(how["protocols"])
        if "newest" in how:
            context.set_ciphers(how["ciphers"])  # else this side refuses the old ones by itself
            context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, how["newest"]
        raw = socket.create_connection(("127.0.0.1", self.port), timeout=40, source_address=(source, 0))
        return context.wrap_socket(raw, server_hostname=name)


def program(name: str, folder: str = "/usr/sbin") -> str:
    """Where it is. Without it the test is skipped, or fails if REQUIRE_… says so."""
    found = shutil.which(name, path=f"{os.environ['PATH']}:{folder}")
    if found is None:
        wanted = f"REQUIRE_{name.partition('-')[0].upper()}"
        if os.environ.get(wanted) == "1":
            pytest.fail(f"{wanted}=1, but there is no {name} on this machine")
        pytest.skip(f"there is no {name} on this machine")
    return found


def certificate_in(folder: Path) -> tuple[Path, Path]:
    """A certificate for the name, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "fullchain.pem", folder / "privkey.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, *form))
    return certificate, secret


def adapted(file: str, changes: dict[str, str]) -> str:
    """The file as it is, but for these places, each of which it has."""
    text = (DEPLOY / file).read_text("utf-8")
    for before, after in changes.items():
        assert before in text, f"deploy/{file} lacks {before}"
        text = text.replace(before, after)
    return text


@contextmanager
def nginx(folder: Path, site: int, standby: Path) -> Iterator[Proxy]:
    """With deploy/nginx.conf, before the site on that port."""
    nginx = program("nginx")
    certificate, _key = certificate_in(folder)
    proxy = Proxy("nginx", free_port(), certificate, free_port())
    changes = {
        "listen [::]:80;": "",
        "listen [::]:443 ssl http2;": "",
        "listen [::]:443 ssl http2 default_server;": "",
        "listen 80;": f"listen 127.0.0.1:{proxy.plain_port};",
        "listen 443 ": f"listen 127.0.0.1:{proxy.port} ",
        "127.0.0.1:8000": f"127.0.0.1:{site}",
        "127.0.0.1:8079": f"127.0.0.1:{free_port()}",
        "/srv/standby": str(standby),
        "/var/log/nginx": str(folder),
        "/etc/letsencrypt/live/guide.example": str(folder),
    }
    (folder / "site.conf").write_text(adapted("nginx.conf", changes), "utf-8")
    temporary = "".join(
        f"{each}_temp_path {folder}/t;" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/log;"
        f"events {{ }} http {{ {temporary} include {folder}/site.conf; }}",
        "utf-8",
    )
    command = [nginx, "-c", str(folder / "nginx.conf"), "-e", str(folder / "log"), "-p", str(folder)]
    with running(command, proxy, folder):
        yield proxy


@contextmanager
def caddy(folder: Path, site: int, standby: Path) -> Iterator[Proxy]:
    """With deploy/Caddyfile, before the site on that port."""
    caddy = program("caddy")
    certificate, key = certificate_in(folder)
    proxy = Proxy("caddy", free_port(), certificate)
    changes = {
        "\n{\n\tservers": "\n{\n\tadmin off\n\tauto_https off\n\tservers",
        "\nguide.example {": f"\nhttps://{NAME}:{proxy.port} {{\n\tbind 127.0.0.1\n\ttls {certificate} {key}",
        "127.0.0.1:8000": f"127.0.0.1:{site}",
        "/srv/standby": str(standby),
    }
    (folder / "Caddyfile").write_text(adapted("Caddyfile", changes), "utf-8")
    with running([caddy, "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"], proxy, folder):
        yield proxy


@contextmanager
def running(command: list[str], proxy: Proxy, folder: Path) -> Iterator[None]:
    """From when it listens until the end."""
    around = os.environ | {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (folder / "out").open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env=around)
    try:
        for _try in range(200):
            if process.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", proxy.port), timeout=1).close()
            except OSError:
                time.sleep(0.1)
            else:
                break
        else:
            process.terminate()
        if process.poll() is not None:
            pytest.fail((folder / "out").read_text())
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)
