"""What is looked at after kills: the database is whole, what was said is there, and nothing is there by half."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Count, F, Max, Q
from django.utils import timezone

from helpcenter.delivery.models import Epoch
from helpcenter.domain.review import TRANSITIONS, State, Verb
from helpcenter.feedback.models import Vote
from helpcenter.operations.backups import SUFFIXES, Damaged, look_through
from helpcenter.publishing.models import Document, LiveChange, Revision
from helpcenter.search.models import Entry

if TYPE_CHECKING:
    from tests.operations.torture import Torture

ORDER = [State.DRAFT, State.IN_REVIEW, State.APPROVED, State.PUBLISHED]


def wrong(torture: "Torture", *, deep: bool) -> Iterator[str]:
    """Each thing that is not as it should be."""
    yield from _integrity(deep=deep)
    yield from _lost(torture)
    yield from _by_half()
    yield from _backups(torture)


def after_an_import(torture: "Torture") -> str:
    """The database for the next import: the same while nothing was imported."""
    from tests.operations.torture import Wrong

    with torture.databases.at(torture.spare):
        there = Revision.objects.count(), LiveChange.objects.count(), Entry.objects.exists()
    said = torture.spare in torture.said.imported
    if there == (0, 0, False) and not said:
        return torture.spare
    if there[0] != torture.databases.rows or not there[1] or not there[2]:
        raise Wrong(f"an import is there by half: {there}, said: {said}")
    return torture.databases.empty_copy()


def _integrity(*, deep: bool) -> Iterator[str]:
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        for pragma in ("integrity_check" if deep else "quick_check", "foreign_key_check"):
            cursor.execute(f"PRAGMA {pragma}")
            yield from (f"{pragma}: {row}" for row in cursor.fetchall() if row != ("ok",))


def _lost(torture: "Torture") -> Iterator[str]:
    said = torture.said
    there = dict(Revision.objects.values_list("pk", "state"))
    for pk, state in said.states.items():
        if pk not in there or ORDER.index(State(there[pk])) < ORDER.index(State(state)):
            yield f"version {pk} was {state}, is {there.get(pk)}"
    live = {change.pk: change for change in LiveChange.objects.select_related("revision")}
    for pk, (revision, title) in said.published.items():
        if pk not in live or live[pk].revision_id != revision or live[pk].revision.body["title"] != title:
            yield f"live change {pk} of version {revision} is lost"
    for pk, at in said.plans.items():
        if at is None and pk in live:
            yield f"plan {pk} was withdrawn and is there"
    for (what, pk), so in said.stayed.items():
        if what == "state" and there.get(pk) != so:
            yield f"version {pk} was refused as {so}, is {there.get(pk)}"
        if what != "state" and pk in live and live[pk].at.isoformat() != so:
            yield f"plan {pk} was refused another time than {so}, is {live[pk].at}"
    votes = dict(Vote.objects.values_list("pk", "helped"))
    yield from (f"answer {pk} is lost" for pk, helped in said.votes.items() if votes.get(pk) is not helped)
    if Epoch.current() < len(said.published):
        yield "the epoch has not moved for each live change"


def _by_half() -> Iterator[str]:
    written = Revision.objects.filter(author__isnull=False)
    for each in written.annotate(last=Max("events__pk")).filter(last=None):
        yield f"version {each.pk} is there without an event"
    steps = {verb.value: rule.target for verb, rule in TRANSITIONS.items()}
    last = (
        written.annotate(last=Max("events__pk")).filter(events__pk=F("last")).values_list("pk", "state", "events__verb")
    )
    yield from (f"version {pk} is {state} after {verb}" for pk, state, verb in last if steps[verb] != state)
    published = written.filter(state=State.PUBLISHED)
    counted = published.annotate(
        times=Count("events", filter=Q(events__verb=Verb.PUBLISH), distinct=True),
        lives=Count("live_changes", distinct=True),
    )
    yield from (f"version {each.pk} was published by half" for each in counted.exclude(times=1, lives__gte=1))
    for document in Document.objects.annotate(newest=Max("revisions__number"), count=Count("revisions__number")):
        if document.newest != document.count:
            yield f"document {document.pk} has {document.count} versions up to number {document.newest}"
    indexed = set(Entry.objects.values_list("revision", flat=True))
    now = timezone.now()
    missing = Revision.objects.live(now).filter(document__kind="article").exclude(pk__in=indexed)
    yield from (f"version {each.pk} is live and cannot be found" for each in missing)
    plans = LiveChange.objects.filter(at__gt=now, ends=None).annotate(ended=Count("end"))
    yield from (f"plan {each.pk} has no end" for each in plans.exclude(ended=1))
    ends = LiveChange.objects.filter(ends__isnull=False, at__lte=F("ends__at"))
    yield from (f"end {each.pk} comes before its plan" for each in ends)


def _backups(torture: "Torture") -> Iterator[str]:
    suffix, folder = SUFFIXES[connection.vendor], torture.folder / "backups"
    files = sorted(folder.glob(f"[0-9]*Z{suffix}"))
    for file in files:
        try:
            look_through(file, suffix)
        except Damaged as error:
            yield f"backup: {error}"
    newest = sorted(torture.said.backups)[-1:]
    yield from (f"backup {name} is lost" for name in newest if name not in {file.name for file in files})
