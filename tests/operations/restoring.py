"""`make restore-drill`: the site is replicated while people publish and vote, dies, and comes back from the replica.

Says how much was lost (at most what was written in the last second), how long it took until the site was up again (at
most 60 seconds), and whether every page is, byte for byte, what the dead one would say. Exit code 1 if not.
"""

import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.operations.sites import ROOT, Answered, Site

MOST_LOST, LONGEST_DOWN = 1.0, 60.0
WRITING_SECONDS, VOTING_SECONDS = 20, 2
"""Readers go on voting after the last text was published, until all of it dies: pages can then be compared."""

PUBLISH = """
import sys
from django.utils import timezone
from articles.models import Translation
from django.contrib.auth.models import User
from helpcenter.domain.versions import Significance
from helpcenter.publishing.models import ReviewPolicy, Revision
from helpcenter.publishing.verbs import approve, begin_draft, publish, submit
ReviewPolicy.objects.update(four_eyes=False)
editor = User.objects.create_superuser("editor")
for number, line in enumerate(sys.stdin):
    text = Translation.objects.get(article__slug=("cancel-discord", "plans")[number % 2], language="zh-hant")
    now = timezone.now()
    live = Revision.objects.live(now).get(document=text)
    summary = live.body["summary"].partition(" Written")[0] + f" Written {number}."
    revision = begin_draft(text, {**live.body, "summary": summary}, by=editor, now=now)
    revision = approve(submit(revision, by=editor, now=now, note="drill"), by=editor, now=now)
    publish(revision, by=editor, note="drill", significance=Significance.CONTENT, at=now, now=now)
    print(revision.pk, flush=True)
"""
"""What an editor does, again for each line that is sent."""

VOTES, LIVE = "SELECT count(*) FROM feedback_vote", "SELECT count(*) FROM publishing_livechange WHERE revision_id = ?"


@dataclass
class Crawled:
    """A client for the crawl."""

    site: Site

    def get(self, address: str) -> "Content":
        """What is there."""
        return Content(self.site.ask(address, Host="testserver"))


@dataclass
class Content:
    """An answer as the crawl reads it."""

    answered: Answered

    def __post_init__(self) -> None:
        self.headers, self.content = self.answered.headers, self.answered.body
        self.status_code = self.answered.status


@contextmanager
def beside(site: Site, *command: str, **pipes: int) -> Iterator[subprocess.Popen[bytes]]:
    """A command beside the site. It is killed like the machine, so that it sends nothing on at the end."""
    process = subprocess.Popen([sys.executable, "manage.py", *command], cwd=ROOT, env=site.surroundings, **pipes)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def write(site: Site, publisher: "subprocess.Popen[bytes]") -> tuple[list[float], list[int]]:
    """When each reader was thanked for an answer, and the versions that were published."""
    voted, published, began = list[float](), list[int](), time.monotonic()
    assert publisher.stdin
    assert publisher.stdout
    while (seconds := time.monotonic() - began) < WRITING_SECONDS + VOTING_SECONDS:
        address = ".".join(str(random.randrange(1, 255)) for _ in range(4))
        headers = {"X-Real-IP": address, "User-Agent": f"reader {len(voted)}"}
        if site.ask("/en/feedback/en/cancel-web/1/", b"helped=yes", **headers).status != 303:
            raise RuntimeError("an answer was not taken")
        voted.append(time.monotonic())
        if seconds < WRITING_SECONDS and not len(voted) % 5:
            publisher.stdin.write(b"publish\n")
            publisher.stdin.flush()
            published.append(int(publisher.stdout.readline()))
        time.sleep(0.02)
    return voted, published


def crawl(site: Site) -> dict[str, tuple[int, bytes]]:
    """What it says at every address."""
    from tests.promises.crawling import follow

    found = follow(Crawled(site), forms=False)
    return {address: (each.status_code, each.content) for address, each in found.answers.items()}


def main() -> int:
    """The drill."""
    say = sys.stdout.write
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ |= {"CLIENT_ADDRESS": "X-Real-IP", "ALLOWED_HOSTS": "testserver,127.0.0.1"}
        before, after = Site(folder / "before"), Site(folder / "after")
        after.port = before.port
        piped = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        with before:
            with (
                beside(before, "replicate", str(folder / "replica")),
                beside(before, "shell", "-v", "0", "-c", PUBLISH, **piped) as publisher,
            ):
                time.sleep(3)
                voted, published = write(before, publisher)
                before.kill()
                died = time.monotonic()
            after.folder.mkdir()
            # What is not in the database is kept beside it: docs/operating.md says what that is.
            (after.folder / "secret_key").write_text((before.folder / "secret_key").read_text())
            began = time.monotonic()
            restored = after.manage("restore", str(folder / "replica"))
            if restored.returncode:
                say(restored.stderr)
                return 1
            took = time.monotonic() - began
            with closing(sqlite3.connect(after.folder / "db.sqlite3")) as database:
                kept = database.execute(VOTES).fetchone()[0]
                missing = sum(not database.execute(LIVE, [each]).fetchone()[0] for each in published)
            with after:
                up = time.monotonic() - began
                os.environ |= {"DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "helpcenter.settings"}
                import django

                django.setup()
                pages = crawl(after)
            before.start()
            others = crawl(before)
    lost = died - voted[kept] if kept < len(voted) else 0.0
    differing = sorted(address for address in pages.keys() | others.keys() if pages.get(address) != others.get(address))
    say(f"written: {len(voted)} answers, {len(published)} versions\n")
    say(
        f"lost: {len(voted) - kept} answers, {missing} versions, of the last {lost:.2f} s (at most {MOST_LOST:.0f} s)\n"
    )
    say(f"restored in {took:.1f} s, up again after {up:.1f} s (at most {LONGEST_DOWN:.0f} s)\n")
    say(f"{len(pages)} addresses, {len(differing)} of them differ\n")
    say("".join(f"{address}\n" for address in differing[:10]))
    return int(bool(lost > MOST_LOST or missing or up > LONGEST_DOWN or differing or len(pages) < 100))


if __name__ == "__main__":
    sys.exit(main())
