"""A process has seen a page of each kind before anybody asks it."""

import subprocess
import sys

import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application

from helpcenter.delivery.warming import PAGES, warm
from tests.builders import a_site


@pytest.mark.django_db
@pytest.mark.parametrize("hosts", [["*"], [".guide.example", "localhost"], ["guide.example"]])
def test_it_asks_for_a_page_of_each_kind_in_each_language(settings, hosts):
    settings.ALLOWED_HOSTS, told = hosts, []
    a_site()
    django = get_wsgi_application()

    def application(environ, start_response):
        def answer(status, headers):
            told.append(status)
            start_response(status, headers)

        return list(django(environ, answer))

    warm(application)
    assert told == ["200 OK"] * len(PAGES) * len(settings.LANGUAGES)


def test_it_asks_no_more_when_the_first_one_fails():
    asked = []

    def application(environ, start_response):
        asked.append(environ["PATH_INFO"])
        start_response("503 Service Unavailable", [])

    warm(application)
    assert len(asked) == 1


def test_the_server_does_so_and_a_database_that_is_away_does_not_keep_it_from_starting(tmp_path):
    say = "import helpcenter.wsgi"
    around = {"DATA_DIR": str(tmp_path), "SECRET_KEY": "tests", "DATABASE_URL": f"sqlite:///{tmp_path}/none/db"}
    done = subprocess.run(
        [sys.executable, "-c", say], cwd=settings.BASE_DIR, env=around, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert "OperationalError" in done.stderr
