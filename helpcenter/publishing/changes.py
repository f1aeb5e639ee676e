"""How a live change is stored: what stands in its way, how it ends, and what must fit it at every instant."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from helpcenter.domain.findings import Finding, Refused, errors
from helpcenter.publishing import checks
from helpcenter.publishing.models import Document, LiveChange


@contextmanager
def fitting(now: datetime) -> Iterator[None]:
    """Let live changes be made within. Raises Refused if documents no longer fit each other, now or by any plan.

    What did not fit before is no reason: whoever mends one of two faults is not stopped by the other.
    """
    before = [finding for at in _instants(now) for finding in errors(checks.between(at))]
    yield
    for at in _instants(now):
        if findings := [finding for finding in errors(checks.between(at)) if finding not in before]:
            when = {"day": timezone.localtime(at).date().isoformat()}
            raise Refused(findings if at == now else [Finding("wrong-from", "at", details=when), *findings])


def go_live(change: LiveChange, *, until: datetime | None = None) -> LiveChange:
    """Store a live change, new or moved, if nothing stands in its way, and its end."""
    document, at, now = change.document, change.at, change.recorded_at
    others = document.live_changes.exclude(pk=change.pk)
    if others.filter(at__gte=at, at__lte=max(at, now)).exists():
        raise Refused([Finding("live-change-in-the-way", "at")])
    if until and until <= max(at, now):
        raise Refused([Finding("plan-ends-too-early", "until")])
    if until and others.filter(at=until).exists():
        raise Refused([Finding("live-change-in-the-way", "until")])
    try:
        with transaction.atomic():
            change.save()
            if until:
                terms = {"document": document, "by": change.by, "recorded_at": now}
                LiveChange.objects.create(**terms, revision=None, at=until, ends=change)
    except IntegrityError as error:
        raise Refused([Finding("live-change-in-the-way", "at", details={"reason": str(error)})]) from error
    settle_ends(document, now)
    return change


def settle_ends(document: Document, now: datetime) -> None:
    """When a plan ends, readers see the one that began last of those that have not ended: whatever that is by now."""
    changes = list(document.live_changes.order_by("at"))
    for end in (change for change in changes if change.ends_id and change.at > now):
        ended = {change.ends_id for change in changes if change.at <= end.at}
        lasting = [each for each in changes if each.at < end.at and not each.ends_id and each.pk not in ended]
        revision = lasting[-1].revision_id if lasting else None
        if end.revision_id != revision:
            end.revision_id = revision
            end.save()


def _instants(now: datetime) -> list[datetime]:
    """Now, and whenever readers will see something else."""
    return [now, *LiveChange.objects.filter(at__gt=now).order_by("at").values_list("at", flat=True).distinct()]
