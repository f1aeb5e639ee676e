"""`manage.py serve`: prepares the data directory and becomes the server, or says why it cannot."""

import os
import subprocess
import sys

import pytest
from django.conf import settings as project
from django.core.management import call_command

from tests.delivery.bundle import a_bundle


@pytest.fixture
def become(monkeypatch, tmp_path, settings):
    """What the command would turn into."""
    settings.CONTENT_DIR = a_bundle(tmp_path / "content")
    settings.DATA_DIR = tmp_path / "var" / "new"
    settings.STATIC_ROOT = settings.DATA_DIR / "static"
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
    assert arguments[arguments.index("--host") + 1] == host
    assert arguments[arguments.index("--port") + 1] == "8010"
    assert arguments[-1] == "helpcenter.wsgi:application"
    assert (settings.STATIC_ROOT / "css" / "site.css").exists()
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == address
    assert "4 bundled files, 0 unchanged" in said


@pytest.mark.django_db
def test_it_can_start_again(become, capsys):
    call_command("serve")
    call_command("serve")
    assert "4 bundled files, 4 unchanged" in capsys.readouterr().out


@pytest.mark.django_db
def test_it_does_not_start_with_content_that_cannot_be_read(become, settings):
    (settings.CONTENT_DIR / "flow.yaml").write_text("start: [\n", "utf-8")
    with pytest.raises(Exception, match=r"flow.yaml:\d"):
        call_command("serve")
    assert become == []


def test_without_its_database_it_says_so_and_ends_with_a_code_of_its_own(tmp_path):
    environment = os.environ | {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing", "DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "manage.py", "serve"], cwd=project.BASE_DIR, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 3
    assert done.stderr.startswith("CommandError: the database cannot be used: ")
    assert "Traceback" not in done.stderr
