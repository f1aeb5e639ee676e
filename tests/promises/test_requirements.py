"""Dependencies are pinned with hashes, and no file names an index, an address or a path."""

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "requirements"
FILES = sorted(FOLDER.iterdir())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_index_address_or_path_is_named(file):
    for line in file.read_text("utf-8").splitlines():
        wanted = line.partition("#")[0]
        assert not re.search(
            r"://|--(extra-)?index-url|--find-links|--trusted-host|^\s*-[ife]\b|^\s*[./]|@ ", wanted
        ), line


@pytest.mark.parametrize("file", [file for file in FILES if file.suffix == ".txt"], ids=lambda file: file.name)
def test_every_dependency_is_pinned_with_hashes(file):
    text = re.sub(r"\\\n", " ", file.read_text("utf-8"))
    wanted = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert wanted
    for line in wanted:
        assert re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==\S+ .*--hash=sha256:[0-9a-f]{64}", line, re.IGNORECASE), line


def test_what_runs_in_production_is_what_the_tests_ran_with():
    run, dev = (pins(FOLDER / name) for name in ("run.txt", "dev.txt"))
    assert run.items() <= dev.items()


def pins(file):
    return dict(re.findall(r"^([A-Za-z0-9._-]+)(?:\[[a-z,]+\])?==([^\s;]+)", file.read_text("utf-8"), re.MULTILINE))
