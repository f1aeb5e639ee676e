"""One reader goes through everything, errors too; afterwards nothing of them is anywhere but where the guide says."""

import json
import logging
from urllib.parse import urlencode

import pytest
import structlog
from django.core.wsgi import get_wsgi_application
from django.db import OperationalError, connection, transaction

from helpcenter.delivery import reports
from helpcenter.delivery.epoch import Bell
from helpcenter.delivery.front import Front
from helpcenter.delivery.limits import Limits
from helpcenter.feedback.models import Vote
from tests.delivery.asking import ask
from tests.promises.every_page import EVERY_PAGE, a_site_with_every_page
from tests.scanning import (
    ACCEPTED,
    ADDRESS,
    AGENT,
    ANSWER,
    BROUGHT,
    CAME_FROM,
    COMMENT,
    COOKIE,
    HOST_TRIED,
    IMAGES,
    MINUTES,
    MISTAKE,
    PATH_TRIED,
    QUESTION,
    in_database,
    in_files,
    in_text,
    kept,
)

pytestmark = [pytest.mark.django_db, pytest.mark.writes]

SENT = {"gpu_minutes": MINUTES, "images": IMAGES, "lifetime_gpu_minutes": MINUTES}
READ = [
    *(address for _language, address in EVERY_PAGE),
    f"/en/search/?{urlencode({'q': QUESTION})}",
    f"/en/search/suggest/?{urlencode({'q': QUESTION})}",
    f"/api/search/en/?{urlencode({'q': QUESTION})}",
    f"/en/refund/?{urlencode(SENT)}",
    f"/en/refund/?{urlencode(SENT | {'images': MISTAKE, 'start': MISTAKE})}",
    f"/api/refund/?{urlencode(SENT)}",
    f"/api/refund/?{urlencode(SENT | {'images': MISTAKE})}",
    f"/en/wizard/over/?first={ANSWER}&start={MISTAKE}",
    f"/en/articles/walked/?as_of={MISTAKE}",
    f"/api/articles/en/{PATH_TRIED}/",
    f"/en/{PATH_TRIED}/",
    f"/{PATH_TRIED}?q={QUESTION}",
    f"/en/feedback/{PATH_TRIED}/",
    f"/en/search/?q={QUESTION}{'x' * 9000}",
    f"/metrics?{QUESTION}",
    f"/admin/?{QUESTION}",
]
POSTED = [
    ("/en/search/count/", {"q": QUESTION}),
    ("/en/wizard/count/", {"address": f"/en/wizard/?first={ANSWER}"}),
    ("/en/wizard/count/", {"address": f"/{PATH_TRIED}"}),
    ("/en/refund/", SENT),
    ("/en/feedback/en/walked/2/", {"helped": ANSWER}),
    ("/admin/publishing/", SENT),
]
REPORT = {"csp-report": {"document-uri": f"http://testserver/en/?q={QUESTION}", "blocked-uri": CAME_FROM}}


@pytest.fixture
def django(settings, tmp_path, monkeypatch):
    """All of the site, for an operator who wants to be mailed."""
    settings.CLIENT_ADDRESS = "HTTP_X_REAL_IP"
    settings.DATA_DIR = tmp_path
    settings.METRICS_TOKEN = "long enough for a token"
    settings.ADMINS = ["operator@guide.example"]
    monkeypatch.setattr(reports, "told", reports.Told())
    return get_wsgi_application()


@pytest.fixture
def front(django, tmp_path):
    return Front(django, Bell(tmp_path / "bell"), room=1 << 20, limits=Limits(tmp_path / "limits", "secret"))


def go(front, address, fields=None, **more):
    """Ask as the reader."""
    more = {"x_real_ip": ADDRESS, "x_forwarded_for": ADDRESS, "user_agent": AGENT, "referer": CAME_FROM} | more
    more |= {"accept_language": ACCEPTED, "x_request_id": COOKIE, "traceparent": COOKIE}
    if fields is None:
        return ask(front, address, **more)
    body = urlencode(fields).encode()
    return ask(front, address, method="POST", body=body, kind="application/x-www-form-urlencoded", **more)


def go_everywhere(front):
    """Read and send everything; say what was wrong, too."""
    statuses = [go(front, address).status for address in READ]
    statuses += [go(front, address, cookie=f"sessionid={COOKIE}").status for address in READ]
    statuses += [go(front, address, fields).status for address, fields in POSTED]
    said = go(front, "/en/feedback/en/walked/2/", {"helped": "no"})
    if said.status == 303:
        more = said.headers["location"]
        statuses += [go(front, more, {"reason": "unclear", "comment": COMMENT}).status, go(front, more).status]
        statuses += [go(front, more, {"reason": MISTAKE, "comment": COMMENT * 100}).status]
    statuses += [go(front, "/en/", host=HOST_TRIED).status]
    report = {"body": json.dumps(REPORT).encode(), "kind": "application/csp-report", "user_agent": AGENT}
    statuses += [ask(front, "/reports/", method="POST", **report).status]
    return {*statuses}


def failing(error):
    """A database that says what it was asked, as some do."""

    def fail(execute, sql, params, many, context):
        transaction.set_rollback(False)  # the test's own goes on
        if "delivery_epoch" in sql:  # asked before Django, which alone expects anything
            return execute(sql, params, many, context)
        raise error(f"{sql} {params} {' '.join(BROUGHT)}")

    return connection.execute_wrapper(fail)


def found():
    transaction.set_rollback(False)
    with connection.cursor() as cursor:
        return in_database(cursor, connection.introspection.table_names(cursor), BROUGHT)


def test_nothing_of_a_reader_is_kept_but_what_the_guide_says(django, front, log, tmp_path, mailoutbox, settings):
    a_site_with_every_page()
    settings.SLOW_QUERY_MS = 0
    assert go_everywhere(front) >= {200, 204, 302, 400, 404, 405, 414, 422}
    assert Vote.objects.get().comment == COMMENT  # so it has really been walked
    assert set(found()) == kept("readers")
    assert in_files(tmp_path, BROUGHT) == {}

    front = Front(django, Bell(tmp_path / "another"), room=1 << 20)  # which remembers nothing
    for error, status in ((ValueError, 500), (OperationalError, 503)):
        with failing(error):
            assert status in go_everywhere(front)
    assert set(found()) == kept("readers")

    events = [json.loads(line)["event"] for line in log.getvalue().splitlines()]
    assert {"request_finished", "request_failed", "slow query", "refused", "a browser refused"} <= {*events}
    assert in_text(log.getvalue(), BROUGHT) == set()
    assert mailoutbox == []


def test_neither_if_everything_is_logged(front, log, monkeypatch):
    a_site_with_every_page()
    monkeypatch.setattr(logging.getLogger("django_structlog"), "level", logging.DEBUG)
    logging.getLogger("django_structlog.middlewares.request")._cache.clear()
    go_everywhere(front)
    assert "request_started" in log.getvalue()
    assert in_text(log.getvalue(), BROUGHT) == set()


def test_the_scan_finds_what_is_there(log):
    a_site_with_every_page()
    structlog.get_logger("helpcenter").warning("somebody came", agent=AGENT)
    assert in_text(log.getvalue(), BROUGHT) == {AGENT}
    with connection.cursor() as cursor:
        cursor.execute("UPDATE articles_article SET slug = %s WHERE slug = 'dull'", [QUESTION])
    assert found() == {"articles_article.slug": {QUESTION}}
