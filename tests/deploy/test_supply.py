"""What is installed is what was looked at: the same names and versions in the lock, in what serves and in its list."""

import importlib.metadata
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.utils import canonicalize_name

from tests.deploy.proxies import DEPLOY
from tests.operations.sites import ROOT

SERVES = ROOT / ".venv-run"
BIN = Path(sys.executable).parent

pytestmark = pytest.mark.skipif(not SERVES.exists(), reason="there is no .venv-run: make sbom")


def locked() -> dict[str, str]:
    """What requirements/run.txt wants on this machine."""
    text = (ROOT / "requirements" / "run.txt").read_text("utf-8")
    found = re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==([^\s;\\]+)(?: ; ([^\\\n]+))?", text, re.MULTILINE)
    return {canonicalize_name(name): version for name, version, when in found if not when or Marker(when).evaluate()}


def installed() -> dict[str, str]:
    """What is there to serve."""
    (folder,) = SERVES.glob("lib/python*/site-packages")
    there = importlib.metadata.distributions(path=[str(folder)])
    return {canonicalize_name(each.metadata["Name"]): each.version for each in there}


@pytest.fixture(scope="module")
def listed(tmp_path_factory):
    """What `make sbom` writes down."""
    file = tmp_path_factory.mktemp("sbom") / "sbom.json"
    (line,) = re.findall(r"^\t\$\(VENV\)/bin/cyclonedx-py (.*)\\\n\t\t(.*)$", makefile(), re.MULTILINE)
    words = " ".join(line).replace("var/sbom.json", str(file)).split()
    subprocess.run([BIN / "cyclonedx-py", *words], cwd=ROOT, check=True, capture_output=True)
    told = json.loads(file.read_text("utf-8"))
    assert (told["bomFormat"], told["metadata"]["component"]["name"]) == ("CycloneDX", "midjourney-cancel-guide")
    return {canonicalize_name(each["name"]): each["version"] for each in told["components"]}


def makefile() -> str:
    return (ROOT / "Makefile").read_text("utf-8")


def test_what_serves_is_what_was_locked():
    assert installed() == locked()
    assert "pip" not in installed()


def test_the_list_is_what_serves(listed):
    assert len(listed) > 30
    assert listed == installed()


@pytest.mark.parametrize("secret", ['AWS_KEY = "AKIA' + 'ZZ3XAMPLE4QW5ERT"', "-----BEGIN RSA PRIVATE" + " KEY-----"])
def test_a_secret_in_a_file_fails_the_lint(tmp_path, secret):
    file = tmp_path / "settings.py"
    command = [BIN / "detect-secrets-hook", "--baseline", ROOT / ".secrets.baseline", file]
    file.write_text("nothing = 1\n")
    assert subprocess.run(command, cwd=ROOT, check=False, capture_output=True).returncode == 0
    file.write_text(f"{secret}\n")
    assert subprocess.run(command, cwd=ROOT, check=False, capture_output=True).returncode == 1


def test_the_lint_looks_for_secrets_in_every_file():
    assert re.search(r"^lint: .*\bsecrets\b", makefile(), re.MULTILINE)
    assert "git ls-files -z | xargs -0 $(VENV)/bin/detect-secrets-hook --baseline .secrets.baseline\n" in makefile()
    baseline = json.loads((ROOT / ".secrets.baseline").read_text("utf-8"))
    assert not [each for each in baseline["filters_used"] if "pattern" in each], "nothing is left out"
    assert len(baseline["plugins_used"]) > 20


def test_ci_names_whatever_it_installs():
    ci = (ROOT / ".ci" / "run").read_text("utf-8")
    named = set(re.findall(r"missing\+=\(([\w.-]+)\)", ci))
    assert {"caddy", "chromium", "nginx-light", "postgresql", "systemd"} <= named
    assert re.findall(r"(?:apt-get|pip|npm|curl|wget)\b.*", ci) == [
        "apt-get update -qq",
        'apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null',
    ]
    assert set(re.findall(r"REQUIRE_(\w+)=1", ci)) >= {"CADDY", "NGINX", "SYSTEMD"}


def test_the_image_installs_what_was_locked_and_nothing_else():
    dockerfile = (DEPLOY / "Dockerfile").read_text("utf-8")
    assert re.findall(r"^RUN .*\b(?:install|apt-get|curl|wget)\b.*", dockerfile, re.MULTILINE) == [
        "RUN python -m pip --python .venv/bin/python install --no-cache-dir --require-hashes -r requirements/run.txt",
        "RUN install --directory --owner=10001 --group=10001 --mode=0700 /data",
    ]
