"""What Lighthouse says of every kind of page, on a phone and on a desk: `make lighthouse`.

Needs node and npm. Arguments: the languages to look at, by default the first. Exit code 1 if a category of any page is
below 100. Pages that search engines are asked to leave out are not blamed for it (is-crawlable); all else counts.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.browser.conftest import CHROMIUM, ROOT, serving

INSTALLED = ("lighthouse@13.5.0", "node@22.23.3")
"""It needs a newer node than many machines have; npm brings one."""
MODULES = ROOT / "var" / "lighthouse" / "node_modules"
TOOL = (str(MODULES / ".bin" / "node"), str(MODULES / "lighthouse" / "cli" / "index.js"))
ATTEMPTS = 3
"""A browser that does not start in time on a busy machine says nothing of the page."""

PAGES = {
    "home": "",
    "all articles": "articles/",
    "a topic": "articles/topics/cancel/",
    "article": "articles/cancel-web/",
    "article without steps": "articles/plans/",
    "history": "articles/cancel-web/versions/",
    "version": "articles/cancel-web/versions/1/",
    "article as of a day": "articles/cancel-web/?as_of=2026-11-01",
    "first question": "wizard/",
    "question": "wizard/access/?biller=midjourney",
    "step": "wizard/web-sign-in/?biller=midjourney&access=can&obstacle=none",
    "outcome": "wizard/store/?biller=store",
    "refund check": "refund/",
    "refund answer": "refund/?gpu_minutes=19&images=30",
    "search": "search/",
    "results": "search/?q=退款",
}


def main() -> int:
    if CHROMIUM is None:
        sys.exit("there is no chromium: apt-get install chromium")
    if not all(Path(each).exists() for each in TOOL):
        MODULES.parent.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--no-save", "--no-package-lock", "--silent", "--prefix", str(MODULES.parent)]
        subprocess.run([*command, *INSTALLED], check=True)
    below = 0
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as site:
        for language in sys.argv[1:] or ["zh-hant"]:
            for name, address in PAGES.items():
                for device in ("phone", "desktop"):
                    scores, blamed = _look(f"{site}/{language}/{address}", device)
                    said = " ".join(f"{category} {score}" for category, score in scores.items())
                    sys.stdout.write(f"{language} {name}, {device}: {said} {' '.join(blamed)}\n")
                    sys.stdout.flush()
                    below += any(score < 100 for score in scores.values())
    return int(bool(below))


def _look(address: str, device: str) -> tuple[dict[str, int], list[str]]:
    """The scores by category, and the audits that cost points."""
    command = [*TOOL, address, "--quiet", "--output=json", "--chrome-flags=--headless=new --no-sandbox"]
    command += ["--preset=desktop"] if device == "desktop" else []
    report = _report(command)
    if report["audits"]["is-crawlable"]["score"] == 0:
        report = _report([*command, "--skip-audits=is-crawlable"])
    categories = {key: each for key, each in report["categories"].items() if each["score"] is not None}
    scores = {key: round(100 * category["score"]) for key, category in categories.items()}
    blamed = [
        each["id"]
        for key, category in categories.items()
        for each in category["auditRefs"]
        if scores[key] < 100 and each["weight"] and report["audits"].get(each["id"], {}).get("score") not in (1, None)
    ]
    return scores, blamed


def _report(command: list[str]) -> dict[str, dict[str, dict]]:
    around = os.environ | {"CHROME_PATH": str(CHROMIUM)}
    for attempt in range(ATTEMPTS):
        done = subprocess.run(command, env=around, capture_output=True, text=True, check=attempt == ATTEMPTS - 1)
        if done.returncode == 0:
            break
    return json.loads(done.stdout)


if __name__ == "__main__":
    sys.exit(main())
