"""The Dockerfile's steps, done here one by one in a clean folder: there is no Docker in the tests.

What is not done: the base image, its users, and the installation, which is that of .venv-run.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import time
import urllib.request
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.deploy.proxies import DEPLOY
from tests.operations.sites import ROOT, free_port

SERVES = ROOT / ".venv-run"
STEPS = re.findall(r"^([A-Z]+) (.*)$", (DEPLOY / "Dockerfile").read_text("utf-8"), re.MULTILINE)

pytestmark = pytest.mark.skipif(not SERVES.exists(), reason="there is no .venv-run: make sbom")


def sent() -> list[str]:
    """The files that .dockerignore lets through. One that has an exception is through, the rest is not."""
    lines = [line for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if not line.startswith("#")]
    through = [line[1:] for line in lines if line.startswith("!")]
    files = [path.relative_to(ROOT).as_posix() for top in through for path in every_file(ROOT / top)]
    return [name for name in files if "/__pycache__/" not in name]


def every_file(top: Path) -> list[Path]:
    return [top] if top.is_file() else [path for path in top.rglob("*") if path.is_file()]


def test_nothing_is_sent_that_is_not_wanted():
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert lines[1] == "*", "first nothing, then what is named"
    names = sent()
    assert {name.split("/")[0] for name in names} == {
        *("articles", "helpcenter", "manage.py", "requirements", "static", "templates"),
    }
    unwanted = ("*.sqlite3*", "*secret_key*", "*.pem", "*.env", "requirements/dev*", "*/tests/*")
    assert not [name for name in names if any(fnmatch(name, each) for each in unwanted)]


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """What the first stage makes."""
    root = tmp_path_factory.mktemp("image")
    there, names = root / "opt" / "helpcenter", sent()
    there.mkdir(parents=True)
    (there / ".venv").symlink_to(SERVES)
    around = {"PATH": os.environ["PATH"], "HOME": str(root)}
    stages = 0
    for step, words in STEPS:
        stages += step == "FROM"
        if stages > 1:
            break
        if step == "WORKDIR":
            assert words == "/opt/helpcenter"
        elif step == "COPY":
            source, target = words.split()
            chosen = [name for name in names if name == source or name.startswith(f"{source}/")]
            assert chosen, f"nothing is sent of {source}"
            for name in chosen:
                into = there / (f"{target}{name.split('/')[-1]}" if target.endswith("/") else name)
                into.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, into)
        elif step == "RUN" and ".venv/bin/python " in words and "install" not in words:
            line = words.replace("/tmp/data", str(root / "tmp")).removesuffix(" .venv")  # which others have too
            subprocess.run(line, shell=True, cwd=there, env=around, check=True)
    return there


def written(image):
    return {path: path.stat().st_mtime_ns for path in image.rglob("*") if ".venv" not in path.parts}


def test_it_serves_is_healthy_writes_nothing_but_its_data_and_ends_when_told(image, tmp_path):
    last = [step for step in STEPS if step[0] in ("HEALTHCHECK", "CMD", "ENV", "USER", "VOLUME")]
    told = dict(last)
    assert told["USER"] == "10001:10001"
    assert told["VOLUME"] == "/data"
    around = dict(pair.split("=") for pair in told["ENV"].split()) | {"PATH": os.environ["PATH"]}
    around |= {"DATA_DIR": str(tmp_path / "data"), "HOST": "127.0.0.1", "PORT": str(free_port())}
    check = json.loads(told["HEALTHCHECK"].partition(" CMD ")[2])
    before = written(image)
    process = subprocess.Popen(json.loads(told["CMD"]), cwd=image, env=around)
    try:
        for _try in range(600):
            if subprocess.run(check, cwd=image, env=around, capture_output=True, check=False).returncode == 0:
                break
            time.sleep(0.2)
        else:
            pytest.fail("it did not become healthy")
        for path in ("en/", "static/css/site.css"):  # templates, content and files are in it
            urllib.request.urlopen(f"http://127.0.0.1:{around['PORT']}/{path}", timeout=20).close()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
    finally:
        process.kill()
        process.wait()
    assert subprocess.run(check, cwd=image, env=around, capture_output=True, check=False).returncode == 1
    assert written(image) == before
