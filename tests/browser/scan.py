"""What a web scanner (wapiti) finds on the running site: `make scan`, or `make scan SIDES=desk`.

Needs nginx and openssl. The site runs by https as docs/operating.md says, with nginx in front, and is looked at twice:
by somebody who is not signed in, and by somebody who may do everything at the desk. Exit code 1 if anything is found
that `NOT_MINDED` does not say why not to mind, or if a module had no time for all addresses.

Left out, as they cannot work without others' machines: nikto, htp and wapp (they load lists when they run), ssrf and
log4shell (what they look for is told to a machine on the internet), takeover (asks others' name servers). And ssl: TLS
is the proxy's, its certificate here is made for the run.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.browser.conftest import ROOT, serving, surroundings
from tests.browser.observatory import by_https

WAPITI = ROOT / ".venv-scan" / "bin" / "wapiti"
MODULES = (
    *("backup", "brute_login_form", "buster", "cms", "cookieflags", "crlf", "csp", "csrf", "exec", "file", "htaccess"),
    *("http_headers", "https_redirect", "ldap", "methods", "network_device", "permanentxss", "redirect", "shellshock"),
    *("spring4shell", "sql", "timesql", "upload", "wp_enum", "xss", "xxe"),
)
NOWHERE = "http://127.0.0.1:9/"
"""Where the scanner would have the site call: nobody listens."""
SECONDS = {"--max-scan-time": "120", "--max-attack-time": "1800"}
"""At most: to find the pages, and for each module."""
CUT_OFF = re.compile(r"Max attack time was reached for module (\w+)")

STARTS = {
    "readers": ("en/", "en/search/?q=refund", "en/refund/?gpu_minutes=1&images=1", "api/articles/en/", "admin/login/"),
    "desk": ("admin/", "admin/articles/translation/", "admin/articles/picture/add/", "admin/search/synonym/add/"),
}
EXCEPT = {
    "readers": ("zh-hant/*", "zh-hans/*"),
    "desk": ("en/*", "zh-hant/*", "zh-hans/*", "admin/logout/", "admin/account/*", "admin/auth/user/*"),
}
"""Of readers: the other languages, which are the same views with other words.

Of the desk: readers' pages, and where whoever is signed in would sign out, or take their own rights away.
"""
SIGN_IN = """
from django.contrib.auth.models import User
from django.test import Client
from tests.signing_in import prove, prove_again
boss, client = User.objects.create_superuser("boss"), Client()
client.force_login(boss)
prove(client, boss)
prove_again(client, boss)
print(client.session.session_key)
"""

NOT_MINDED = {
    ("Cross Site Request Forgery", r"/[a-z-]+/feedback/\S+ .*"): (
        "readers have no cookie that a form elsewhere could use, and one from elsewhere counts nothing "
        "(tests/feedback/test_feedback.py)"
    ),
    ("Clickjacking Protection", r"/static/\S+\.(css|js) .*"): "a style or a script is no document that could be framed",
    ("HttpOnly Flag cookie", r"/admin/.* '__Host-csrftoken' .*"): (
        "the token of forms, not the session: static/js/desk.js reads it to go on after signing in again"
    ),
}
"""What was found and looked at, by kind, address and words, and why it is none."""


def main() -> int:
    found = 0
    for side in sys.argv[1:] or STARTS:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            data = folder / "site"  # of its own: what the site keeps is looked at when it ends
            data.mkdir()
            with serving(data, HTTPS="1") as site, by_https(folder, site) as address:
                report, cut_off = _scan(side, f"https://{address}/", folder)
                found += _told(side, report, cut_off)
    return int(bool(found))


def _scan(side: str, site: str, folder: Path) -> tuple[dict, list[str]]:
    """What was found, and the modules that did not come to their end."""
    report = folder / "report.json"
    command = [str(WAPITI), "--url", site, "--module", ",".join(MODULES), "--format", "json", "--output", str(report)]
    command += ["--endpoint", NOWHERE, "--no-bugreport", "--flush-session", "--store-session", str(folder)]
    command += ["--scope", "domain", "--tasks", "2", "--max-parameters", "40", "--max-links-per-page", "40"]
    command += ["--max-files-per-dir", "6"]  # every question of the wizard has hundreds of ways to it
    command += [word for option in SECONDS.items() for word in option]
    command += [word for start in STARTS[side] for word in ("--start", site + start)]
    if side == "desk":
        made = [sys.executable, "manage.py", "shell", "-v0", "-c", SIGN_IN]
        around = surroundings(folder / "site") | {"PYTHONPATH": str(ROOT)}
        key = subprocess.run(made, cwd=ROOT, env=around, check=True, capture_output=True, text=True).stdout.strip()
        cookie = {"value": key, "version": 0, "expires": None, "secure": True, "port": None}
        jar = folder / "cookies.json"  # given as a header, it would be the only one: every form would lack its token's
        jar.write_text(json.dumps({".localhost.local": {"/": {"__Host-sessionid": cookie}}}))
        command += ["--cookie", str(jar)]
    command += [word for each in EXCEPT[side] for word in ("--exclude", site + each)]
    cut_off = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as scanner:
        for line in scanner.stdout or ():
            sys.stderr.write(line)
            cut_off += CUT_OFF.findall(line)
    if scanner.returncode:
        raise subprocess.CalledProcessError(scanner.returncode, command)
    return json.loads(report.read_text("utf-8")), cut_off


def _told(side: str, report: dict, cut_off: list[str]) -> int:
    """Say what was found; how much of it is to be minded."""
    infos = report["infos"]
    sys.stdout.write(f"{side}: {infos['crawled_pages_nbr']} addresses with {len(MODULES)} modules\n")
    found = {kind: findings for part in ("vulnerabilities", "anomalies") for kind, findings in report[part].items()}
    sys.stdout.write("".join(f"  {module}: not to its end\n" for module in cut_off))
    minded, known = len(cut_off), Counter()
    for kind, finding in ((kind, finding) for kind, findings in found.items() for finding in findings):
        why = [
            why
            for (named, path), why in NOT_MINDED.items()
            if named == kind and re.fullmatch(path, f"{finding['path']} {finding['info']}")
        ]
        known.update(f"{kind}: {each}" for each in why)
        if not why:
            minded += 1
            sys.stdout.write(f"  {kind}: {finding['method']} {finding['path']} {finding['info']}\n")
    sys.stdout.write("".join(f"  {times} times {each}\n" for each, times in known.items()))
    return minded


if __name__ == "__main__":
    sys.exit(main())
