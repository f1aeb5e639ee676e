"""`manage.py serve`: prepares the data directory and becomes the server, or says why it cannot."""

import os
import socket
import subprocess
import sys
from unittest.mock import Mock

import pytest
from django.conf import settings as project
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.delivery.bundle import a_bundle


@pytest.fixture
def become(monkeypatch, tmp_path, settings):
    """What the command would turn into."""
    settings.CONTENT_DIR = a_bundle(tmp_path / "content")
    settings.DATA_DIR = tmp_path / "var" / "new"
    settings.STATIC_ROOT = settings.DATA_DIR / "static"
    monkeypatch.setattr(socket, "create_server", Mock())  # the ports of these tests are not asked for
    became = []
    monkeypatch.setattr(os, "execv", lambda program, arguments: became.append((program, arguments)))
    return became


@pytest.mark.django_db
@pytest.mark.parametrize(("host", "address"), [("127.0.0.1", "http://127.0.0.1:8010/"), ("::1", "http://[::1]:8010/")])
def test_it_prepares_everything_and_becomes_the_server(become, settings, capsys, host, address):
    settings.HOST, settings.PORT = host, 8010
    call_command("serve")
    ((program, arguments),) = become
    assert program == sys.executable
    assert arguments[1:3] == ["-m", "helpcenter.delivery.granian"]
    assert arguments[3:] == [host, "8010", str(settings.DATA_DIR), "helpcenter.wsgi:application"]
    assert (settings.STATIC_ROOT / "css" / "site.css").exists()
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == address
    assert "5 bundled files, 0 unchanged" in said


@pytest.mark.django_db
def test_it_can_start_again(become, capsys):
    call_command("serve")
    call_command("serve")
    assert "5 bundled files, 5 unchanged" in capsys.readouterr().out


@pytest.mark.django_db
def test_it_does_not_start_with_content_that_cannot_be_read(become, settings):
    (settings.CONTENT_DIR / "flow.yaml").write_text("start: [\n", "utf-8")
    with pytest.raises(Exception, match=r"flow.yaml:\d"):
        call_command("serve")
    assert become == []


@pytest.mark.django_db
def test_it_goes_on_with_what_is_live_if_the_new_content_cannot_be_read(become, settings, capsys):
    call_command("serve")
    (settings.CONTENT_DIR / "flow.yaml").write_text("start: [\n", "utf-8")
    call_command("serve")
    said = capsys.readouterr().err
    assert "flow.yaml:" in said
    assert said.endswith("serving what is live already\n")
    assert len(become) == 2


def test_a_port_that_is_taken_is_not_shared(settings):
    with socket.create_server(("127.0.0.1", 0)) as other:
        settings.HOST, settings.PORT = other.getsockname()
        with pytest.raises(CommandError, match=r"cannot listen on 127\.0\.0\.1:\d+: Address already in use") as refused:
            call_command("serve")
    assert refused.value.returncode == 4


@pytest.mark.parametrize("command", ["serve", "load_content"])
@pytest.mark.parametrize(
    "url", ["postgresql://nobody@127.0.0.1:1/nothing", "sqlite:////nowhere/at/all.sqlite3", "sqlite:///{}/a-text"]
)
def test_without_its_database_it_says_so_and_ends_with_a_code_of_its_own(tmp_path, command, url):
    (tmp_path / "a-text").write_text("This is not a database. " * 100)
    done = run(command, tmp_path, url.format(tmp_path))
    assert done.returncode == 3
    assert done.stderr.startswith("CommandError: the database cannot be used: ")
    assert "Traceback" not in done.stderr


def test_into_a_database_without_tables_nothing_is_loaded(tmp_path):
    done = run("load_content", tmp_path, f"sqlite:///{tmp_path}/empty.sqlite3")
    assert done.returncode == 3
    assert done.stderr.startswith("CommandError: migrations are missing")


@pytest.mark.parametrize(("variable", "value"), [("PORT", "abc"), ("DATABASE_URL", "garbage")])
def test_a_setting_that_cannot_be_read_is_told_by_its_name(variable, value):
    environment = os.environ | {variable: value}
    done = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=project.BASE_DIR, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f'Environment variable "{variable}" invalid')
    assert "Traceback" not in done.stderr


def run(command, folder, url):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    environment = os.environ | {"DATABASE_URL": url, "DATA_DIR": str(folder), "PORT": port}
    program = [sys.executable, "manage.py", command]
    return subprocess.run(
        program, cwd=project.BASE_DIR, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
