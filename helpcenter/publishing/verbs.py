"""What can be done to a versioned document. Each verb is one transaction, called by admin, commands and tests alike."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Max

from helpcenter.domain.findings import Finding, Refused, errors
from helpcenter.domain.versions import Significance
from helpcenter.publishing import checks
from helpcenter.publishing.models import Document, Kind, LiveChange, Revision, State

type Somebody = User | None
"""Who does it; None is the bundled content that comes with the project."""


@transaction.atomic
def save_draft(
    document: Document,
    body: dict[str, Any],
    *,
    by: Somebody,
    note: str = "",
    significance: Significance = Significance.CONTENT,
) -> Revision:
    """Keep a body without showing it to readers. An editor goes on with the draft that is there.

    Its author is who wrote these words: to save them unchanged makes nobody their author.
    """
    draft = _lock(document).revisions.newest_draft() or Revision(document=document)
    if draft.body != body:
        draft.body, draft.author = body, by
    elif (draft.note, draft.significance) == (note, significance.value):
        return draft
    draft.note, draft.significance = note, significance.value
    draft.save()
    return draft


@transaction.atomic
def publish(
    revision: Revision, *, by: Somebody, note: str, significance: Significance, at: datetime, now: datetime
) -> LiveChange:
    """Show a revision to readers from `at` on. A published one may go live again as it is: that is how to go back.

    Raises Refused if a check finds an error, if somebody else has written on or published the draft meanwhile, or if
    another live change of the document stands in the way: one at the same instant, or a later one that has already
    happened.
    """
    document = _lock(revision.document)
    stored = document.revisions.values_list("state", "written_at").get(pk=revision.pk)
    if stored != (revision.state, revision.written_at):
        raise Refused([Finding("draft-changed-meanwhile", "draft")])
    if findings := errors(checks.check(document, revision.body, at)):
        raise Refused(findings)
    if revision.state == State.DRAFT:
        newest = document.revisions.aggregate(number=Max("number"))["number"] or 0
        revision.number, revision.state = newest + 1, State.PUBLISHED
        revision.note, revision.significance = note, significance.value
        revision.save()
    return _go_live(document, revision, by=by, at=at, now=now)


@transaction.atomic
def retire(document: Document, *, by: Somebody, at: datetime, now: datetime) -> LiveChange:
    """Show readers nothing of this article from `at` on. Its versions stay where they are.

    Raises Refused for the fact sheet and the flow, without which no page could speak.
    """
    if document.kind != Kind.ARTICLE:
        raise Refused([Finding("not-retired", "document")])
    return _go_live(_lock(document), None, by=by, at=at, now=now)


def _lock(document: Document) -> Document:
    """The document, alone in this transaction, so that of two publishers one comes after the other."""
    locked: Document = Document.objects.select_for_update().get(pk=document.pk)
    return locked


def _go_live(document: Document, revision: Revision | None, *, by: Somebody, at: datetime, now: datetime) -> LiveChange:
    if document.live_changes.filter(at__gte=at, at__lte=max(at, now)).exists():
        raise Refused([Finding("live-change-in-the-way", "at")])
    try:
        with transaction.atomic():
            return LiveChange.objects.create(document=document, revision=revision, by=by, at=at, recorded_at=now)
    except IntegrityError as error:
        raise Refused([Finding("live-change-in-the-way", "at", details={"reason": str(error)})]) from error
