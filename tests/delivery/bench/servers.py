"""The servers that are measured, each on the first core, on free ports of this machine."""

import gzip
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from http.client import HTTPMessage
from pathlib import Path
from typing import Self

from helpcenter.delivery.granian import CONNECTIONS, LONGEST_HEADERS, THREADS

ARTICLE = "/zh-hant/articles/cancel-web/"
ROOT = Path(__file__).resolve().parents[3]
OTHER_PYTHON = ROOT / ".venv-bench" / "bin" / "python"
ON_THE_FIRST_CORE = ("taskset", "-c", "0")

NGINX = """
worker_processes 1; daemon off; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; gzip_static on;
    types {{ text/html html; text/css css; }}
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    server {{ listen 127.0.0.1:{port}; root {folder}/html; }}
}}
"""


def granian(port: int, application: str, python: str = sys.executable) -> list[str]:
    """The same server with the same settings, for another application."""
    return [
        *(python, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--blocking-threads", str(THREADS), "--backlog", str(CONNECTIONS), "--backpressure", str(CONNECTIONS)),
        *("--http1-header-read-timeout", str(LONGEST_HEADERS), "--log-level", "warning", application),
    ]


@dataclass
class Fetched:
    body: bytes
    headers: HTTPMessage


def fetch(address: str, encoding: str = "gzip") -> Fetched:
    """One answer."""
    request = urllib.request.Request(address, headers={"Accept-Encoding": encoding})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return Fetched(answer.read(), answer.headers)


class Servers:
    """Starts them, and ends those that it started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._running: list[subprocess.Popen[bytes]] = []
        self._prepared = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def stop(self) -> None:
        for server in self._running:
            server.send_signal(signal.SIGTERM)
        for server in self._running:
            server.wait(timeout=20)
        self._running.clear()

    def start_here(self) -> str:
        """This site as `make run` starts it."""
        port = _free_port()
        return self._run([sys.executable, "manage.py", "serve"], port, ARTICLE, PORT=str(port))

    def start(self, application: str, **environment: str) -> str:
        """Another application of this site over the same data."""
        port = _free_port()
        return self._run(granian(port, application), port, ARTICLE, **environment)

    def start_nginx(self, files: dict[str, bytes]) -> str:
        """A file server with these files, compressed beside them."""
        port, html = _free_port(), self.folder / "html"
        html.mkdir()
        for name, content in files.items():
            (html / name).write_bytes(content)
            (html / f"{name}.gz").write_bytes(gzip.compress(content))
        (self.folder / "nginx.conf").write_text(NGINX.format(folder=self.folder, port=port), "ascii")
        html.chmod(0o755)
        self.folder.chmod(0o755)
        return self._run(["nginx", "-c", str(self.folder / "nginx.conf")], port, "/article.html")

    def start_wagtail(self) -> tuple[str, str]:
        """Wagtail with an article of the same size among 200, without and with Django's page cache."""
        place = {"WAGTAIL_DATA": str(self.folder), "PYTHONPATH": str(Path(__file__).parent)}
        subprocess.run(
            [OTHER_PYTHON, "-m", "wagtail_site.fill"], env=os.environ | place, check=True, stdout=subprocess.DEVNULL
        )
        addresses = []
        for cached in ("", "yes"):
            port = _free_port()
            command = granian(port, "wagtail_site.wsgi:application", str(OTHER_PYTHON))
            addresses.append(self._run(command, port, "/article/", WAGTAIL_CACHED=cached, **place))
        return addresses[0], addresses[1]

    def style_sheet(self, here: str) -> str:
        """The address of the style sheet that the article names."""
        found = re.search(r'href="(/static/css/site[^"]+)"', fetch(here + ARTICLE, "identity").body.decode())
        assert found
        return found[1]

    def _run(self, command: list[str], port: int, address: str, **environment: str) -> str:
        surroundings = os.environ | {"DATA_DIR": str(self.folder), "SECRET_KEY": "bench"} | environment
        server = subprocess.Popen([*ON_THE_FIRST_CORE, *command], cwd=ROOT, env=surroundings, stdout=subprocess.DEVNULL)
        self._running.append(server)
        here = f"http://127.0.0.1:{port}"
        for _try in range(300):
            try:
                fetch(here + address)
            except OSError:
                if server.poll() is not None:
                    raise RuntimeError(f"ended: {' '.join(command)}") from None
                time.sleep(0.2)
            else:
                return here
        raise RuntimeError(f"did not start: {' '.join(command)}")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
