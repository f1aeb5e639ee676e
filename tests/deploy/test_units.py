"""systemd takes the units as they are, and each service may do little more than read its code and write its folder."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from helpcenter.delivery.granian import LEAVING_SECONDS, LONGEST_REQUEST
from tests.deploy.proxies import DEPLOY, program
from tests.operations.sites import ROOT

UNITS = DEPLOY / "systemd"
SERVICES = sorted(path.name for path in UNITS.glob("*.service"))
EXPOSED = 12
"""Tenths that systemd gives at most, of 100: a service without any of this has 96."""


@pytest.fixture
def units(tmp_path):
    """The units, with the folder of this project for the one where it is installed."""
    folder = tmp_path / "units"
    shutil.copytree(UNITS, folder)
    (tmp_path / "python").symlink_to(sys.executable)
    for file in folder.glob("*.service"):
        text = file.read_text("utf-8").replace("/opt/helpcenter/.venv/bin/python", str(tmp_path / "python"))
        file.write_text(text.replace("/opt/helpcenter", str(ROOT)), "utf-8")
    return folder


def analyze(*words: object) -> subprocess.CompletedProcess[str]:
    command = [program("systemd-analyze"), "--no-pager", *map(str, words)]
    around = os.environ | {"SYSTEMD_COLORS": "0", "SYSTEMD_EMOJI": "0"}
    return subprocess.run(command, capture_output=True, text=True, env=around, check=False)


def verified(folder: Path) -> str:
    done = analyze("verify", *folder.glob("*.service"), *folder.glob("*.timer"))
    return done.stderr + f"exit code {done.returncode}"


def exposed(folder: Path) -> subprocess.CompletedProcess[str]:
    return analyze("security", "--offline=true", f"--threshold={EXPOSED}", *folder.glob("*.service"))


def test_systemd_has_nothing_to_say_of_them(units):
    assert verified(units) == "exit code 0"


def test_it_would_have_of_a_mistake(units):
    file = units / "helpcenter-site.service"
    file.write_text(file.read_text("utf-8").replace("KillMode=mixed", "KillMode=gently"), "utf-8")
    assert "Failed to parse kill mode" in verified(units)


def test_every_service_can_do_little(units):
    done = exposed(units)
    assert done.returncode == 0, done.stdout
    assert sorted(re.findall(r"level for (\S+):", done.stdout)) == SERVICES


@pytest.mark.parametrize("guard", ["ProtectSystem=strict", "NoNewPrivileges=yes", "SystemCallFilter=@system-service"])
def test_without_a_guard_one_could_do_more(units, guard):
    file = units / "helpcenter-.service.d" / "hardening.conf"
    text = file.read_text("utf-8")
    assert guard in text
    file.write_text(text.replace(guard, ""), "utf-8")
    assert exposed(units).returncode != 0


def commands() -> set[str]:
    """What the units ask manage.py for."""
    return {name for unit in SERVICES for name in re.findall(r"manage\.py (\w+)", (UNITS / unit).read_text("utf-8"))}


def test_they_ask_for_commands_that_there_are():
    from django.core.management import get_commands

    assert commands() == {"axes_reset_logs", "backup", "clearsessions", "export_site", "purge", "replicate", "serve"}
    assert commands() <= get_commands().keys()


def test_who_is_ended_has_time_to_finish():
    site = (UNITS / "helpcenter-site.service").read_text("utf-8")
    (seconds,) = re.findall(r"^TimeoutStopSec=(\d+)$", site, re.MULTILINE)
    assert int(seconds) > LEAVING_SECONDS + LONGEST_REQUEST


def test_every_timer_has_its_service_and_the_guide_names_them_all():
    guide = (ROOT / "docs" / "operating.md").read_text("utf-8")
    for unit in (path.name for path in UNITS.glob("*.*") if path.is_file()):
        assert unit.replace(".timer", ".service") in SERVICES
        assert unit in guide or unit.removesuffix(".service") in guide, unit


def test_every_setting_of_the_example_is_one():
    guide = (ROOT / "docs" / "operating.md").read_text("utf-8")
    known = {*re.findall(r"^### `([A-Z_]+)`$", guide, re.MULTILINE)}
    used = {name for unit in SERVICES for name in re.findall(r"\$\{(\w+)\}", (UNITS / unit).read_text("utf-8"))}
    given = {*re.findall(r"^([A-Z_]+)=", (DEPLOY / "helpcenter.env").read_text("utf-8"), re.MULTILINE)}
    assert used <= given <= known | used
