"""What Mozilla's Observatory says of the headers of twelve kinds of page: `make observatory`.

Needs npm, nginx and openssl. The scanner is the one behind developer.mozilla.org/observatory; here it asks the site on
this machine, served by https as docs/operating.md says, with nginx in front. Exit code 1 if a page is below A+.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.browser.conftest import ROOT, serving

FOLDER = ROOT / "var" / "observatory"
TOOL = FOLDER / "node_modules" / "@mdn" / "mdn-http-observatory"
NODE = FOLDER / "node_modules" / ".bin" / "node"
INSTALLED = ("@mdn/mdn-http-observatory@1.4.8", "node@22.23.3")
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")

PAGES = {
    "home": "en/",
    "all articles": "en/articles/",
    "a topic": "en/articles/topics/cancel/",
    "article": "en/articles/cancel-web/",
    "history": "en/articles/cancel-web/versions/",
    "version": "en/articles/cancel-web/versions/1/",
    "question": "en/wizard/",
    "step": "en/wizard/web-sign-in/?biller=midjourney&access=can&obstacle=none",
    "outcome": "en/wizard/store/?biller=store",
    "refund answer": "en/refund/?gpu_minutes=19&images=30",
    "results": "en/search/?q=refund",
    "the desk's door": "admin/login/",
}


def main() -> int:
    if NGINX is None:
        sys.exit("there is no nginx: apt-get install nginx-light")
    _install()
    below = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = folder / "site"  # of its own: what the site keeps is looked at when it ends
        data.mkdir()
        with serving(data, HTTPS="1") as site, by_https(folder, site) as address:
            for kind, path in PAGES.items():
                scan = _scan(f"{address}/{path}", folder / "certificate.pem")
                lacks = {name: test["result"] for name, test in scan["tests"].items() if not test["pass"]}
                sys.stdout.write(f"{kind}: {scan['scan']['grade']} {scan['scan']['score']} {lacks or ''}\n")
                below += scan["scan"]["grade"] != "A+"
    return int(bool(below))


def _install() -> None:
    """Without its own script, which asks for lists of other sites' names; of this one nothing is preloaded."""
    if not NODE.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        npm = ["npm", "--silent", "--prefix", str(FOLDER)]
        wanted = ["install", "--no-save", "--no-package-lock", "--ignore-scripts", *INSTALLED]
        subprocess.run([*npm, *wanted], check=True)
        subprocess.run([*npm, "rebuild", "node"], check=True)
    (TOOL / "conf" / "hsts-preload.json").write_text("{}")


@contextmanager
def by_https(folder: Path, site: str) -> Iterator[str]:
    """The host and port at which nginx serves a site by https, with a certificate of this machine's own."""
    certificate = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    certificate += ["-addext", "subjectAltName=DNS:localhost"]
    certificate += ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    subprocess.run(certificate, check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    temporary = " ".join(
        f"{each}_temp_path {folder}/{each};" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(f"""
        daemon off; pid {folder}/pid; error_log {folder}/nginx.log;
        events {{ }}
        http {{
            access_log off; server_tokens off; {temporary}
            client_max_body_size 16m; client_body_buffer_size 16m; proxy_max_temp_file_size 0;  # it may write no file
            server {{
                listen 127.0.0.1:{port} ssl;
                ssl_certificate {folder}/certificate.pem; ssl_certificate_key {folder}/key.pem;
                proxy_set_header Host $http_host; proxy_set_header X-Forwarded-Proto $scheme;
                location / {{ proxy_pass {site}; }}
                error_page 497 = @http;  # the scanner asks the same port by http, too: the site says where to go
                location @http {{ proxy_pass {site}; }}
            }}
        }}
    """)
    server = subprocess.Popen([str(NGINX), "-c", folder / "nginx.conf", "-e", folder / "nginx.log", "-p", folder])
    try:
        _wait_for(port)
        yield f"localhost:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_for(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit("nginx did not start")


def _scan(address: str, certificate: Path) -> dict[str, dict]:
    around = os.environ | {"NODE_EXTRA_CA_CERTS": str(certificate)}
    command = [str(NODE), str(TOOL / "src" / "scan.js"), address]
    done = subprocess.run(command, env=around, capture_output=True, text=True, check=False)
    scan = json.loads(done.stdout)
    if "error" in scan:
        sys.exit(f"{address}: {scan['error']}")
    return scan


if __name__ == "__main__":
    sys.exit(main())
