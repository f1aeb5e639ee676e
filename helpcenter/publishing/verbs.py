"""What can be done to a versioned document. Each verb is one transaction, called by admin, commands and tests alike.

`by` is who does it; None is the bundled content that comes with the project, which nobody at the desk has to approve.
Each raises Refused if the desk's rules (helpcenter/domain/review.py) forbid it, or if somebody else has written on the
revision or moved it on since the caller looked at it.
"""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max

from helpcenter.domain.findings import Finding, Refused, errors
from helpcenter.domain.review import TRANSITIONS, Role, State, Verb, obstacle
from helpcenter.domain.versions import Significance
from helpcenter.publishing import checks
from helpcenter.publishing.behind import course
from helpcenter.publishing.changes import fitting, go_live, settle_ends
from helpcenter.publishing.models import Document, Event, Kind, LiveChange, Revision
from helpcenter.publishing.people import Somebody, four_eyes, roles, wrote

# ---- Writing ----


@transaction.atomic
def begin_draft(
    document: Document,
    body: dict[str, Any],
    *,
    by: Somebody,
    now: datetime,
    note: str = "",
    base: Revision | None = None,
    opened_at: datetime | None = None,
    beside: Revision | None = None,
    translated_from: Revision | None = None,
) -> Revision:
    """Keep words that readers do not see yet, made from `base`, by default from what readers see.

    `translated_from` is the version of the original that a translation says by now; without it, what `base` says.

    `opened_at` is when the words were opened: a draft that somebody has begun since then is not passed over in
    silence (Refused). `beside` is a draft that these words were typed over and that stays as it is; whoever wrote on
    that one has written here too.
    """
    _lock(document)
    if opened_at and not beside and document.revisions.open().filter(written_at__gt=opened_at).exists():
        raise Refused([Finding("draft-begun-meanwhile", "draft")])
    base = beside.base if beside else base or document.revisions.live(now).first()
    translated_from = translated_from or (base.translated_from if base else None)
    draft = Revision(
        document=document,
        base=base,
        translated_from=translated_from,
        body=body,
        author=by,
        note=note,
        written_at=now,
    )
    _allow(Verb.SAVE, draft, by, now)
    draft.save()
    writers = beside.events.filter(verb=Verb.SAVE).exclude(by=by).values_list("by", flat=True) if beside else ()
    Event.objects.bulk_create(Event(revision=draft, verb=Verb.SAVE, by_id=writer, at=now) for writer in {*writers})
    _record(Verb.SAVE, draft, by, now)
    return draft


@transaction.atomic
def save_draft(
    draft: Revision,
    body: dict[str, Any],
    *,
    by: Somebody,
    now: datetime,
    note: str = "",
    taken_over: Revision | None = None,
    translated_from: Revision | None = None,
) -> Revision:
    """Go on with a draft. Its author is who wrote these words: to save them unchanged makes nobody their author.

    `taken_over` is what readers see by now, if whoever writes has seen the difference and taken over what matters;
    `translated_from` the version of the original that a translation says by now.
    """
    draft = _current(draft)
    _allow(Verb.SAVE, draft, by, now)
    if draft.body != body:
        draft.body, draft.author = body, by
        if by and not _wrote_last(draft, by):
            _record(Verb.SAVE, draft, by, now)
    elif draft.note == note and taken_over in (None, draft.base) and translated_from in (None, draft.translated_from):
        return draft
    draft.note, draft.base, draft.written_at = note, taken_over or draft.base, now
    draft.translated_from = translated_from or draft.translated_from
    draft.save()
    return draft


# ---- Reviewing ----


def submit(
    draft: Revision, *, by: User, now: datetime, note: str, reviewer: User | None = None, despite: str = ""
) -> Revision:
    """Ask for a review, of somebody in particular or of whoever comes first. `note` says to readers what changed.

    A translation that has lost something of its original is only submitted with a reason, `despite`, which is kept.
    """
    if not note.strip():
        raise Refused([Finding("field-empty", "note")])
    if findings := errors(checks.check(draft.document, draft.body, now)):
        raise Refused(findings)
    if not despite.strip() and (findings := checks.lost(draft, now)):
        raise Refused(findings)
    return _move(Verb.SUBMIT, draft, by, now, why=despite.strip(), note=note, reviewer=reviewer)


def take_back(revision: Revision, *, by: User, now: datetime) -> Revision:
    """Go on writing: what was submitted or approved is a draft again."""
    return _move(Verb.TAKE_BACK, revision, by, now)


def send_back(revision: Revision, *, by: User, now: datetime, note: str) -> Revision:
    """Ask the author to mend it; `note` says what."""
    if not note.strip():
        raise Refused([Finding("field-empty", "review_note")])
    return _move(Verb.SEND_BACK, revision, by, now, why=note)


def approve(revision: Revision, *, by: User, now: datetime, note: str = "") -> Revision:
    """Say that it may go live."""
    return _move(Verb.APPROVE, revision, by, now, why=note)


def discard(draft: Revision, *, by: User, now: datetime) -> Revision:
    """Throw a draft away; `restore` gets it out of the bin."""
    return _move(Verb.DISCARD, draft, by, now)


def restore(draft: Revision, *, by: User, now: datetime) -> Revision:
    """Take a draft out of the bin."""
    return _move(Verb.RESTORE, draft, by, now)


# ---- Going live ----


@transaction.atomic
def publish(
    revision: Revision,
    *,
    by: Somebody,
    note: str,
    significance: Significance,
    at: datetime,
    now: datetime,
    until: datetime | None = None,
) -> LiveChange:
    """Show a revision to readers from `at` on. A published one may go live again as it is: that is how to go back.

    With `until`, readers see from then on again what they saw before `at`. For a version that goes live again `note`
    says why; a new one has its change note from it.

    What readers see is always the plan that began last of those that have not ended, whichever was made first.

    Raises Refused if a check finds an error, by what is planned also later than `at`, or if another live change of
    the document stands in the way: one at the same instant, or a later one that has already happened.
    """
    revision = _current(revision)
    document = revision.document
    _allow(Verb.PUBLISH, revision, by, now, at=at)
    if findings := errors(checks.check(document, revision.body, at)):
        raise Refused(findings)
    again = revision.state == State.PUBLISHED
    if by and not again and four_eyes() and _approved_by_a_writer(revision):
        raise Refused([Finding("own-words", "review")])
    if not again and not _lost_on_purpose(revision) and (findings := checks.lost(revision, at)):
        raise Refused(findings)
    if not again:
        _number(revision, note, significance)
        _record(Verb.PUBLISH, revision, by, now)
    why = note if again else ""
    change = LiveChange(document=document, revision=revision, at=at, by=by, recorded_at=now, note=why)
    with fitting(now):
        return go_live(change, until=until)


@transaction.atomic
def bring(
    document: Document,
    body: dict[str, Any],
    *,
    note: str,
    at: datetime,
    now: datetime,
    translated_from: Revision | None = None,
) -> LiveChange:
    """Show readers bundled words. Unchecked: its loader checks all that it brings together, once all of it is there."""
    revision = Revision(document=_lock(document), body=body, written_at=now, translated_from=translated_from)
    _number(revision, note, Significance.CONTENT)
    return go_live(LiveChange(document=document, revision=revision, at=at, recorded_at=now))


@transaction.atomic
def retire(document: Document, *, by: Somebody, at: datetime, now: datetime, note: str = "") -> LiveChange:
    """Show readers nothing of this article from `at` on. Its versions stay where they are.

    Raises Refused for the fact sheet and the flow, without which no page could speak, and for what the flow walks.
    """
    _allow_publisher(by)
    if document.kind != Kind.ARTICLE:
        raise Refused([Finding("not-retired", "")])
    if findings := errors(checks.check_retiring(document, at)):
        raise Refused(findings)
    with fitting(now):
        return go_live(LiveChange(document=_lock(document), at=at, by=by, recorded_at=now, note=note))


@transaction.atomic
def move_plan(plan: LiveChange, *, by: Somebody, at: datetime, until: datetime | None, now: datetime) -> LiveChange:
    """Let a plan begin and end at other instants; only what is still to come can be moved, to what is still to come.

    The end of a plan that has begun is moved by itself, to `at`.

    It stays the same plan: what hangs on it, such as where readers of a retired text are sent, moves with it.
    """
    _allow_publisher(by)
    stored = _lock(plan.document).live_changes.filter(pk=plan.pk, at__gt=now).select_related("ends").first()
    if stored is None or at <= now:
        raise Refused([Finding("plan-has-begun", "at")])
    if stored.ends and (until or at <= stored.ends.at):  # an end has no end of its own
        raise Refused([Finding("plan-ends-too-early", "at")])
    document, revision = stored.document, stored.revision
    found = checks.check(document, revision.body, at) if revision else checks.check_retiring(document, at)
    if findings := errors(found):
        raise Refused(findings)
    with fitting(now):
        LiveChange.objects.filter(ends=stored).delete()
        stored.at, stored.by, stored.recorded_at = at, by, now
        return go_live(stored, until=until)


@transaction.atomic
def withdraw_plan(plan: LiveChange, *, by: Somebody, now: datetime) -> None:
    """Call off what was to go live, or the end of what is live. The version stays and may be planned anew."""
    _allow_publisher(by)
    document = _lock(plan.document)
    with fitting(now):
        deleted, _rows = document.live_changes.filter(pk=plan.pk, at__gt=now).delete()
        if not deleted:
            raise Refused([Finding("plan-has-begun", "at")])
        settle_ends(document, now)


# ---- What they share ----


def _lock(document: Document) -> Document:
    """The document, alone in this transaction, so that of two publishers one comes after the other."""
    locked: Document = Document.objects.select_for_update().get(pk=document.pk)
    return locked


def _current(seen: Revision) -> Revision:
    """The revision as it is now, if it is still as the caller has seen it."""
    _lock(seen.document)
    stored = Revision.objects.select_related("document").get(pk=seen.pk)
    if (stored.state, stored.written_at) != (seen.state, seen.written_at):
        raise Refused([Finding("draft-changed-meanwhile", "draft")])
    return stored


def _approved_by_a_writer(revision: Revision) -> bool:
    """Whether the approval that counts is by somebody who wrote on it: four eyes were not asked for then."""
    approval = revision.events.filter(verb=Verb.APPROVE).first()
    return approval is not None and wrote(approval.by, revision)


def _allow(verb: Verb, revision: Revision, by: Somebody, now: datetime, *, at: datetime | None = None) -> None:
    if by is None:
        return
    finding = obstacle(
        verb,
        State(revision.state),
        roles(by),
        wrote=revision.pk is not None and wrote(by, revision),
        behind=course(revision.document_id).would_undo(revision, at or now, now),
        four_eyes=four_eyes(),
    )
    if finding:
        raise Refused([finding])


def _allow_publisher(by: Somebody) -> None:
    if by and Role.PUBLISHER not in roles(by):
        raise Refused([Finding("role-missing", "review")])


@transaction.atomic
def _move(verb: Verb, revision: Revision, by: User, now: datetime, *, why: str = "", **changes: Any) -> Revision:
    revision = _current(revision)
    _allow(verb, revision, by, now)
    for field, value in changes.items():
        setattr(revision, field, value)
    revision.state = TRANSITIONS[verb].target
    revision.save()
    _record(verb, revision, by, now, why)
    return revision


def _number(revision: Revision, note: str, significance: Significance) -> None:
    newest = revision.document.revisions.aggregate(number=Max("number"))["number"] or 0
    revision.number, revision.state = newest + 1, State.PUBLISHED
    revision.note, revision.significance = note, significance.value
    revision.save()


def _record(verb: Verb, revision: Revision, by: Somebody, at: datetime, note: str = "") -> None:
    if by:
        Event.objects.create(revision=revision, verb=verb, by=by, at=at, note=note)


def _lost_on_purpose(revision: Revision) -> bool:
    submitted = revision.events.filter(verb=Verb.SUBMIT).first()
    return submitted is not None and bool(submitted.note)


def _wrote_last(draft: Revision, by: User) -> bool:
    last = draft.events.first()
    return last is not None and last.verb == Verb.SAVE and last.by == by
