"""The short one, for every day. `make torture KILLS=1000` is the long one."""

import os
import subprocess
import sys

import pytest

from tests.operations.sites import ROOT


@pytest.mark.django_db
def test_what_was_acknowledged_outlives_kills():
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "DATA_DIR"))}
    command = [sys.executable, "-m", "tests.operations.torture", "10", os.environ.get("DATABASE_URL", "")]
    done = subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing lost, nothing by half, integrity good" in done.stdout
