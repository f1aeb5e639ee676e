"""What Prometheus is told, to whom, and that dashboard and alerts ask for nothing else."""

import json
import os
import re
import time
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import OperationalError, connection
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from helpcenter.accounts.adapters import _send
from helpcenter.delivery.epoch import Bell
from helpcenter.delivery.front import Front
from helpcenter.operations import readonly
from helpcenter.operations.replication import CONFIGURATION, configuration
from tests.builders import a_body, a_site, an_article, at
from tests.delivery.asking import ask

pytestmark = pytest.mark.django_db

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
TOKEN = "a token of more than twenty letters"


@pytest.fixture
def front(settings, tmp_path):
    settings.DATA_DIR, settings.METRICS_TOKEN = tmp_path, TOKEN
    return Front(get_wsgi_application(), Bell(tmp_path / "bell"), room=1 << 20)


def samples(front):
    """What is said, by name and labels."""
    answered = ask(front, "/metrics", authorization=f"Bearer {TOKEN}")
    assert answered.status == 200
    families = text_string_to_metric_families(answered.body.decode())
    said = [sample for family in families for sample in family.samples]
    return {(sample.name, *sample.labels.values()): sample.value for sample in said}


def a_replica(folder, replica):
    """One that Litestream would have left behind when it ended, 90 seconds before the last write."""
    configuration(folder / "db.sqlite3", replica, folder)
    newest = (folder / ".db.sqlite3-litestream" if ":" in replica else Path(replica)) / "ltx" / "0" / "1.ltx"
    newest.parent.mkdir(parents=True)
    for file, when in ((newest, 1_000_000), (folder / "db.sqlite3-wal", 1_000_090)):
        file.write_text("x")
        os.utime(file, (when, when))


def more(before, after):
    return {name: value - before.get(name, 0) for name, value in after.items() if value != before.get(name, 0)}


class TestWho:
    @pytest.mark.parametrize("given", ["", "Bearer ", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer \xe9"])
    def test_whoever_does_not_know_the_token_is_told_nothing(self, front, given):
        answered = ask(front, "/metrics", authorization=given)
        assert (answered.status, answered.body) == (401, b"")

    def test_without_a_token_there_is_nothing(self, front, settings):
        settings.METRICS_TOKEN = ""
        for given in ("", "Bearer "):
            assert ask(front, "/metrics", authorization=given).status == 404

    def test_nobody_keeps_a_copy(self, front):
        assert "no-store" in ask(front, "/metrics", authorization=f"Bearer {TOKEN}").headers["cache-control"]
        assert ask(front, "/metrics").status == 401


class TestRequests:
    def test_each_is_counted_by_who_answered(self, front):
        a_site()
        before = samples(front)
        tag = ask(front, "/en/").headers["etag"]
        ask(front, "/en/")
        ask(front, "/en/", if_none_match=tag)
        ask(front, "/en/nowhere/")
        ask(front, f"/en/{'x' * 9000}")
        ask(front, "/en/refund/", method="POST")
        ask(front, "/admin/", cookie="a=b")
        grown = more(before, samples(front))
        requests = {name[1:]: value for name, value in grown.items() if name[0] == "helpcenter_requests_total"}
        assert requests == {
            ("django", "200"): 1,
            ("memory", "200"): 1,
            ("memory", "304"): 1,
            ("django", "404"): 1,
            ("probe", "200"): 1,  # this one
            ("refused", "414"): 1,
            ("django", "405"): 1,
            ("django", "302"): 1,
        }
        assert {kind: grown["helpcenter_made_seconds_count", kind] for kind in ("read", "desk", "written")} == {
            "read": 2,
            "desk": 1,
            "written": 1,
        }

    def test_reading_them_does_not_move_them(self, front):
        a_site()
        ask(front, "/en/")
        name = ("helpcenter_requests_total", "django", "200")
        assert samples(front)[name] == samples(front)[name]

    def test_what_is_remembered_is_said(self, front):
        a_site()
        assert samples(front)["helpcenter_kept_answers",] == 0
        ask(front, "/en/")
        assert samples(front)["helpcenter_kept_answers",] == 1
        assert samples(front)["helpcenter_kept_bytes",] > 4000


class TestWhatStands:
    def test_the_content(self, front):
        a_site()
        before = samples(front)
        assert before["helpcenter_database_up",] == 1
        an_article("later", history={"2026-10-01": a_body("Now"), "2126-01-01": a_body("In a hundred years")})
        after = samples(front)
        assert after["helpcenter_plans",] == 1
        assert after["helpcenter_epoch_moves_total",] > before["helpcenter_epoch_moves_total",]
        assert after["helpcenter_last_change_timestamp_seconds",] == at("2026-10-01").timestamp()

    def test_a_database_that_is_gone(self, front):
        def gone(*_args):
            raise OperationalError("gone")

        with connection.execute_wrapper(gone):
            said = samples(front)
        assert said["helpcenter_database_up",] == 0
        assert ("helpcenter_plans",) not in said

    def test_read_only(self, front):
        assert samples(front)["helpcenter_read_only",] == 0
        readonly.switch_on(timezone.now() + timedelta(minutes=5))
        assert samples(front)["helpcenter_read_only",] == 1

    def test_a_backup(self, front, tmp_path, monkeypatch):
        assert ("helpcenter_last_backup_timestamp_seconds",) not in samples(front)
        monkeypatch.setattr(
            "helpcenter.operations.management.commands.backup.back_up", lambda *_a, **_k: Path(__file__)
        )
        call_command("backup", tmp_path / "elsewhere")
        assert abs(samples(front)["helpcenter_last_backup_timestamp_seconds",] - time.time()) < 60

    @pytest.mark.parametrize("replica", ["replica", "s3://bucket/replica"])
    def test_a_replica_that_stays_behind(self, front, tmp_path, replica):
        assert ("helpcenter_replica_behind_seconds",) not in samples(front)
        a_replica(tmp_path, replica if ":" in replica else str(tmp_path / replica))
        assert samples(front)["helpcenter_replica_behind_seconds",] == 90

    @pytest.mark.parametrize(
        "told", ["", "dbs:", "dbs: [", "dbs: []", "- a", "dbs:\n- path: b", "dbs:\n- path: b\n  replica:"]
    )
    def test_of_a_replica_that_nobody_knows_of_nothing_is_said(self, front, tmp_path, told):
        a_replica(tmp_path, str(tmp_path / "replica"))
        (tmp_path / CONFIGURATION).write_text(told)
        assert ("helpcenter_replica_behind_seconds",) not in samples(front)

    def test_mail(self, front):
        before = samples(front)
        _send(EmailMessage("subject", to=["editor@guide.example"]))
        assert more(before, samples(front))["helpcenter_mail_total", "sent"] == 1


class TestWhatAsksForThem:
    @pytest.fixture
    def names(self, front, tmp_path):
        """Of a site that has been asked, has a backup and a replica."""
        a_site()
        ask(front, "/en/")
        (tmp_path / "backed_up").touch()
        a_replica(tmp_path, str(tmp_path / "replica"))
        return {name for name, *_labels in samples(front)}

    def test_the_alerts(self, names):
        (group,) = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text("utf-8"))["groups"]
        for rule in group["rules"]:
            assert named(rule["expr"]) <= names, rule["alert"]
            assert set(rule) == {"alert", "expr", "for", "labels", "annotations"}, rule["alert"]
            assert set(rule["annotations"]) == {"summary", "description"}, rule["alert"]

    def test_the_dashboard(self, names):
        panels = json.loads((DEPLOY / "grafana" / "helpcenter.json").read_text("utf-8"))["panels"]
        asked = [target["expr"] for panel in panels for target in panel["targets"]]
        for expression in asked:
            assert named(expression) <= names, expression
        ours = {name for name in names if name.startswith("helpcenter_")}
        assert {re.sub("_(count|sum)$", "_bucket", name) for name in ours} == set().union(*map(named, asked)) - PROCESS

    def test_where_it_is_asked(self):
        (job,) = yaml.safe_load((DEPLOY / "prometheus" / "scrape.yml").read_text("utf-8"))["scrape_configs"]
        assert job["metrics_path"] == "/metrics"


PROCESS = {"process_resident_memory_bytes", "process_cpu_seconds_total", "process_open_fds"}


def named(expression):
    """The metrics in an expression; `up` is Prometheus's own."""
    return set(re.findall(r"\b(?:helpcenter|process)_[a-z_]+", re.sub(r'"[^"]*"', "", expression)))
