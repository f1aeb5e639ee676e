"""What a line of the log has: one line each, a number for each request, no word of anybody's."""

import json
import logging
import sys
from uuid import UUID

import pytest
import structlog
from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError, OperationalError, connection, transaction
from django.test import Client

from helpcenter.audit.models import Act, Entry
from helpcenter.audit.recording import record
from helpcenter.operations.logs import lines, told
from tests.builders import a_site, a_user

pytestmark = pytest.mark.django_db
SECRET = "what somebody typed"


def written(log):
    return [json.loads(line) for line in log.getvalue().splitlines()]


def failing(*_args):
    raise ValueError(SECRET) from KeyError(SECRET)


def test_of_each_entry_of_the_audit_there_is_a_line_that_can_leave_the_machine(log, django_capture_on_commit_callbacks):
    boss = a_user("boss-by-name")
    with django_capture_on_commit_callbacks(execute=True):
        record(Act.CHANGE, boss, boss, changes={"first_name": ["", SECRET]})
    (line,) = written(log)
    assert {
        "event": "audit",
        "act": "change",
        "kind": "auth.User",
        "key": str(boss.pk),
        "by": boss.pk,
    }.items() <= line.items()
    assert line["entry"] == Entry.objects.get().pk
    assert SECRET not in log.getvalue()
    assert "boss-by-name" not in log.getvalue()


class TestALine:
    def test_is_one_line_of_json(self, log):
        structlog.get_logger("helpcenter").warning("one\n{}", other='two\n"three"')
        (line,) = written(log)
        assert (line["event"], line["other"], line["level"]) == ("one\n{}", 'two\n"three"', "warning")
        assert line["timestamp"].endswith("Z")

    def test_of_a_library_has_its_sentence_without_what_it_puts_in(self, log):
        logging.getLogger("axes").warning("Failed login by %s", SECRET)
        assert [line["event"] for line in written(log)] == ["Failed login by %s"]

    def test_of_what_django_refuses_says_the_kind(self, log):
        Client(headers={"host": "evil.example"}).get("/en/")
        refused = next(line for line in written(log) if line["event"] == "refused")
        assert refused["logger"] == "django.security.DisallowedHost"
        assert "evil" not in log.getvalue()

    def test_of_the_server_below_has_the_places_alone(self, log):
        trace = f'failed\nTraceback:\n  File "/a/b.py", line 7, in f\n    x("{SECRET}")\nValueError: {SECRET}'
        logging.getLogger("_granian.utils").error(trace)
        (line,) = written(log)
        assert (line["event"], line["at"]) == ("failed", ["/a/b.py:7 f"])

    def test_of_an_exception_says_the_kinds_and_the_places(self, log):
        try:
            failing()
        except ValueError:
            structlog.get_logger("helpcenter").exception("failed")
            logging.getLogger("asyncio").exception("failed too", stack_info=True)
        assert len(written(log)) == 2
        for line in written(log):
            assert [each["type"] for each in line["exception"]] == ["builtins.ValueError", "builtins.KeyError"]
            assert [at.rpartition(" ")[2] for at in line["exception"][0]["at"]][-1] == "failing"
        assert SECRET not in log.getvalue()

    def test_of_a_database_has_its_code(self):
        with pytest.raises(DatabaseError) as raised, transaction.atomic():
            connection.cursor().execute("SELECT nothing FROM nowhere")
        assert {each["code"] for each in told(raised.value)} & {"SQLITE_ERROR", "42P01"}

    def test_is_in_words_for_who_sits_at_a_terminal(self, monkeypatch):
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
        record = logging.LogRecord("helpcenter", logging.WARNING, "", 0, "something", None, None)
        assert not lines().format(record).startswith("{")
        assert "something" in lines().format(record)


class TestARequest:
    def test_all_its_lines_share_a_number_that_is_ours(self, log, settings):
        a_site()
        settings.SLOW_QUERY_MS = 0
        Client(headers={"x-request-id": SECRET}).get("/en/articles/walked/?q=typed")
        numbers = {line["request_id"] for line in written(log)}
        assert len(numbers) == 1
        assert UUID(numbers.pop())
        finished = written(log)[-1]
        assert (finished["request"], finished["code"]) == ("GET articles:article", 200)

    def test_its_method_is_one_of_those_that_there_are(self, log):
        Client().generic("TYPED", "/en/nowhere/")
        assert written(log)[-1]["request"] == "another method nothing that is there"

    def test_readers_pages_do_not_have_it(self):
        a_site()
        for address in ("/en/", "/en/nowhere/", "/en/search/?q=x", "/healthz"):
            assert "X-Request-ID" not in Client().get(address)

    def test_an_error_has_it(self, log):
        a_site()
        with connection.execute_wrapper(failing):
            answered = Client(raise_request_exception=False).get("/en/")
        assert answered.status_code == 500
        failed = next(line for line in written(log) if line["event"] == "request_failed")
        assert failed["code"] == 500
        assert failed["request_id"] == answered["X-Request-ID"]
        assert failed["exception"][0]["type"] == "builtins.ValueError"

    def test_without_a_database_it_has_the_code_that_was_answered(self, log):
        def gone(*_args):
            raise OperationalError(SECRET)

        a_site()
        with connection.execute_wrapper(gone):
            answered = Client(raise_request_exception=False).get("/en/")
        failed = next(line for line in written(log) if line["event"] == "request_failed")
        assert failed["code"] == answered.status_code == 503

    def test_the_desk_has_it_and_the_number_of_the_account(self, log):
        client, editor = Client(), a_user()
        client.force_login(editor)
        answered = client.get("/admin/")
        line = written(log)[-1]
        assert (line["user_id"], line["request_id"]) == (editor.pk, answered["X-Request-ID"])
        assert editor.get_username() not in log.getvalue()

    def test_who_may_not_is_named(self, log):
        client, editor = Client(), a_user("nobody in particular")
        client.force_login(editor)
        assert client.get("/admin/audit/entry/").status_code == 403
        assert (written(log)[-1]["code"], written(log)[-1]["user_id"]) == (403, editor.pk)

    def test_nothing_is_said_of_who_watches(self, log, settings):
        a_site()
        settings.METRICS_TOKEN = "x" * 20
        assert Client().get("/metrics", headers={"Authorization": f"Bearer {'x' * 20}"}).status_code == 200
        assert written(log) == []

    def test_nobody_is_mailed_what_was_sent(self, settings, mailoutbox):
        a_site()
        settings.ADMINS = ["operator@guide.example"]
        get_wsgi_application()
        with connection.execute_wrapper(failing):
            Client(raise_request_exception=False).get("/en/refund/?gpu_minutes=1&images=2")
        assert mailoutbox == []


class TestASlowQuery:
    def test_is_said_without_its_values(self, log, settings):
        a_site()
        settings.SLOW_QUERY_MS = 0
        Client().get("/en/search/?q=walked")
        slow = [line for line in written(log) if line["event"] == "slow query"]
        assert any("search" in line["sql"] for line in slow)
        assert not [line for line in slow if "walked" in line["sql"] or line["ms"] < 0]

    def test_nor_those_that_are_written_into_it(self, log, settings):
        settings.SLOW_QUERY_MS = 0

        def view(_request):
            connection.cursor().execute("SELECT 'it''s typed', 12345")

        from helpcenter.operations.slow import slow_queries_are_logged

        slow_queries_are_logged(view)(None)
        assert written(log)[-1]["sql"] == "SELECT ?, ?"

    def test_what_is_quick_is_not_said(self, log, settings):
        a_site()
        settings.SLOW_QUERY_MS = 60_000
        Client().get("/en/")
        assert [line["event"] for line in written(log)] == ["request_finished"]
