"""What the processes do that are killed: each function once through the real verbs, saying what is committed."""

import random
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from django.contrib.auth.models import User
from django.test import RequestFactory
from django.utils import timezone

from articles.models import Translation
from helpcenter.archive.importing import read, write
from helpcenter.domain.findings import Refused
from helpcenter.domain.versions import Significance
from helpcenter.feedback.voting import vote
from helpcenter.operations.backups import back_up
from helpcenter.publishing.models import LiveChange, Revision
from helpcenter.publishing.verbs import approve, begin_draft, move_plan, publish, submit, withdraw_plan
from tests.builders import a_body
from tests.operations.databases import ARTICLES

if TYPE_CHECKING:
    from tests.operations.torture import Doing, Say, Torture

PLANNED = 2
"""Articles that plans are made for; the others are published."""

MOST_PLANS = 2
"""For each of them. What is planned is looked at with every publish."""


def publishing(torture: "Torture", number: int, say: "Say") -> None:
    """A draft by one, approved by another, live at once."""
    author, reviewer = (User.objects.get(username=name) for name in ("author", "reviewer"))
    document = _article(PLANNED + random.randrange(ARTICLES - PLANNED))
    title = uuid4().hex
    try:
        draft = begin_draft(document, a_body(title), by=author, now=timezone.now())
        say("state", draft.pk, "draft")
        draft = submit(draft, by=author, now=timezone.now(), note="note")
        say("state", draft.pk, "in_review")
        draft = approve(draft, by=reviewer, now=timezone.now())
        say("state", draft.pk, "approved")
        now = timezone.now()
        change = publish(draft, by=author, note="note", significance=Significance.CONTENT, at=now, now=now)
        say("published", change.pk, change.revision_id, title)
    except Refused:
        return  # somebody else has published this article meanwhile


def planning(torture: "Torture", number: int, say: "Say") -> None:
    """What is live goes live again on some day, until another one; on others; not at all."""
    by, now = User.objects.get(username="publisher"), timezone.now()
    document = _article(random.randrange(PLANNED))
    begins = now + timedelta(hours=1, seconds=random.randrange(10**6))
    try:
        for old in LiveChange.objects.filter(document=document, at__gt=now, ends=None).order_by("pk")[MOST_PLANS - 1 :]:
            withdraw_plan(old, by=by, now=now)
            say("withdrawn", old.pk, None)
        live = Revision.objects.live(now).filter(document=document).get()
        terms = {"note": "again", "significance": Significance.TYPO}
        plan = publish(live, by=by, at=begins, until=begins + timedelta(minutes=5), now=now, **terms)
        say("planned", plan.pk, plan.at.isoformat())
        begins += timedelta(days=20)
        plan = move_plan(plan, by=by, at=begins, until=begins + timedelta(minutes=7), now=timezone.now())
        say("moved", plan.pk, plan.at.isoformat())
    except Refused:
        return  # somebody else has planned or withdrawn the same meanwhile


def voting(torture: "Torture", number: int, say: "Say") -> None:
    """A reader says whether a text helped."""
    revision = Revision.objects.live(timezone.now()).filter(document=_article(0)).get()
    address = ".".join(str(random.randrange(1, 255)) for _ in range(4))
    request = RequestFactory().post("/", REMOTE_ADDR=address, HTTP_USER_AGENT=uuid4().hex)
    helped = random.random() < 0.5
    say("voted", vote(revision, helped=helped, request=request, now=timezone.now()).pk, helped)


def importing(torture: "Torture", number: int, say: "Say") -> None:
    """The archive into a database without content; then that one has some."""
    with torture.databases.at(torture.spare):
        if not Revision.objects.exists():
            write(read(torture.databases.archive, quiet=True), quiet=True)
            say("imported", torture.spare)


def backing_up(torture: "Torture", number: int, say: "Say") -> None:
    """A backup while the others write."""
    say("backed up", back_up(torture.folder / "backups", timezone.now(), keep=3).name)


DOINGS: dict[str, "Doing"] = {
    "publishing": publishing,
    "planning": planning,
    "voting": voting,
    "importing": importing,
    "backing up": backing_up,
}


def _article(number: int) -> Translation:
    return Translation.objects.get(article__slug=f"written-{number}")
