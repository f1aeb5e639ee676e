"""The page on which a document is written: a draft is begun, gone on with, submitted, thrown away."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from helpcenter.domain.findings import Finding, Refused
from helpcenter.domain.review import Role, State
from helpcenter.domain.versions import Significance
from helpcenter.publishing import checks, people, verbs
from helpcenter.publishing.behind import course
from helpcenter.publishing.desk import typing
from helpcenter.publishing.desk.forms import SubmittingForm, instant, mistakes, number, tell
from helpcenter.publishing.models import Document, Revision

if TYPE_CHECKING:
    from helpcenter.publishing.admin import DocumentAdmin

CONFLICTS = {"draft-changed-meanwhile", "draft-begun-meanwhile", "state-wrong"}
"""Findings that mean that somebody else was quicker."""


@dataclass
class Page:
    """What the page shows beside the words."""

    findings: Sequence[Finding] = ()
    mistakes: Sequence[tuple[str, str, str]] = ()
    theirs: Revision | None = None
    mine: bool = False
    """Whether `theirs` is one's own, of another tab."""
    differences: list[tuple[str, Any]] = field(default_factory=list)


def write(desk: "DocumentAdmin", request: HttpRequest, document: Document, started: Revision | None) -> HttpResponse:
    """Show the words of `started`, a draft or what a new draft is made from; keep what is sent."""
    now = timezone.now()
    somebody: User = request.user  # type: ignore[assignment] # signed in, see admin_view
    draft = started if started and started.state == State.DRAFT else None
    body = started.body if started else {}
    sent = request.POST if request.method == "POST" else None
    restored = typing.kept(document, somebody).filter(pk=number(request.GET.get("restore"))).first()
    shown = sent or (typing.as_sent(restored) if restored else None)
    typed = desk.forms_for(body, shown)
    said = {"note": draft.note, "reviewer": draft.reviewer_id} if draft else {}
    at_once = not people.four_eyes() and people.roles(somebody) == frozenset(Role)
    original = desk.original(document)
    originals = _originals(original, now) if original else []
    asked = number(request.GET.get("original")) or (started.translated_from_id if started else None)
    taken = next((each for each in originals if each.pk == asked), next(iter(originals), None))
    translates = original is not None
    about: dict[str, Any] = {"somebody": somebody, "draft": draft, "at_once": at_once, "translates": translates}
    submitting = SubmittingForm(shown, initial=said, **about)
    opened_at = shown.get("_opened", "") if shown else now.isoformat()
    seen = shown.get("_seen", "") if shown else (draft.seen_as if draft else "")
    tab = shown.get(typing.TAB, "") if shown else typing.new_tab()
    page, saved = Page(), False
    if sent is None:
        page.findings = checks.check(document, body, now) if body else ()
    elif not all([*(form.is_valid() for form in typed), submitting.is_valid()]):
        page.mistakes = list(mistakes([*typed, submitting]))
        if "_discard" in sent and draft and seen == draft.seen_as:
            typing.keep(document, somebody, sent, now)  # half a form cannot be saved; it is thrown away all the same
            return _discard(desk, request, draft, somebody, now)
        messages.error(request, _("Nothing was saved yet: mend what is marked below."))
    elif "_check" in sent:
        body = desk.body_from(typed, body)
        page.findings = checks.check(document, body, now)
        messages.info(request, _("Checked. Nothing was saved yet."))
    else:
        words = desk.body_from(typed, body)
        try:
            up_to_date = next((each for each in originals if each.pk == number(sent.get("_up_to_date"))), None)
            unticked = not up_to_date and started and started.translated_from == taken
            translated_from = up_to_date or (_said_live(document, now) if unticked else None)
            kept = _keep(
                document, started, words, sent, somebody, submitting.cleaned_data["note"], now, translated_from
            )
        except Refused as refused:
            if not {finding.code for finding in refused.findings} <= CONFLICTS:
                page.findings = refused.findings
            else:
                page.theirs = started if seen else document.revisions.open().first()
                last = page.theirs.events.first() if page.theirs else None
                page.mine = last is not None and last.by == somebody
                page.differences = desk.compared(page.theirs.body if page.theirs else body, words, now)
            if page.mine:
                messages.error(request, _("Nothing was saved yet: you changed it meanwhile in another tab."))
            else:
                messages.error(request, _("Nothing was saved yet: somebody else changed it while you wrote."))
        else:
            saved = True
            typing.forget(document, somebody, tab)
            try:
                if not sent.keys().isdisjoint({"_submit", "_publish"}):
                    _ask_what_it_says(kept, originals, submitting)
                return _go_on(desk, request, kept, somebody, submitting, now)
            except Refused as refused:
                draft, started, seen, page.findings = kept, kept, kept.seen_as, tell(submitting, refused)
                body, typed = kept.body, desk.forms_for(kept.body)  # keys may be others than when the page was opened
                messages.error(request, _("What you wrote is kept as a draft. Mend what is marked."))
    if sent is not None and not saved:
        typing.keep(document, somebody, sent, now)  # whoever leaves now finds it again
    live = document.revisions.live(now).first()
    behind = draft is not None and course(document.pk).behind(draft, now)
    base = draft.base.body if draft and draft.base else {}
    context = {
        "typed": typed,
        "submitting": submitting,
        "draft": draft,
        "started": started,
        "opened_at": opened_at,
        "tab": tab,
        "unsaved": typing.kept(document, somebody).exclude(tab=tab) if sent is None else (),
        "seen": seen,
        "findings": page.findings,
        "mistakes": page.mistakes,
        "theirs": page.theirs,
        "mine": page.mine,
        "differences": page.differences,
        "live": live,
        "behind": desk.compared(base, live.body, now) if behind and live else [],
        "at_once": at_once,
        "original": taken,
        "originals": [each for each in originals if each != taken],
        **_original_changes(desk, document, started, taken, now),
        **desk.about(document, body),
    }
    return desk.render(request, document, "writing", context)


def _keep(
    document: Document,
    started: Revision | None,
    words: dict[str, Any],
    sent: QueryDict,
    by: User,
    note: str,
    now: datetime,
    translated_from: Revision | None,
) -> Revision:
    """The words as a draft: gone on with, begun, or begun beside one that somebody else has written on meanwhile."""
    seen, beside = sent.get("_seen", ""), document.revisions.filter(pk=number(sent.get("_beside"))).first()
    if not seen or beside or not started:
        opened_at = instant(sent.get("_opened", ""))
        return verbs.begin_draft(
            document,
            words,
            by=by,
            now=now,
            note=note,
            base=started,
            opened_at=opened_at,
            beside=beside,
            translated_from=translated_from,
        )
    if seen != started.seen_as:
        raise Refused([Finding("draft-changed-meanwhile", "draft")])
    live = document.revisions.live(now).first()
    taken_over = live if live and number(sent.get("_taken_over")) == live.pk else None
    return verbs.save_draft(
        started, words, by=by, now=now, note=note, taken_over=taken_over, translated_from=translated_from
    )


def _original_changes(
    desk: "DocumentAdmin", document: Document, started: Revision | None, original: Revision | None, now: datetime
) -> dict[str, Any]:
    """What a translator takes over: how the original changed since the version that the translation says.

    Of a draft that says all of it already, since what the translation that readers see says: until it goes live the
    difference stays before whoever writes on it.
    """
    if original is None:
        return {}
    said = started.translated_from if started else None
    up_to_date = said == original
    if up_to_date:
        said = _said_live(document, now)
    changes = None if said == original else desk.differences(said, original, now)
    return {"original_said": said, "original_changes": changes, "up_to_date": up_to_date}


def _originals(original: Document, now: datetime) -> list[Revision]:
    """The versions of the original that a translator may take over: what its readers see, and what is planned."""
    planned = original.revisions.filter(live_changes__at__gt=now, live_changes__ends=None).order_by("live_changes__at")
    return list(dict.fromkeys([*original.revisions.live(now), *planned]))


def _said_live(document: Document, now: datetime) -> Revision | None:
    """The version of the original that the translation says which readers see."""
    live = document.revisions.live(now).select_related("translated_from").first()
    return live.translated_from if live else None


def _ask_what_it_says(draft: Revision, originals: Sequence[Revision], submitting: SubmittingForm) -> None:
    """Raises Refused for a translation of which nobody says what it translates: it would count as behind for ever."""
    if originals and draft.translated_from is None and not submitting.cleaned_data["despite"].strip():
        raise Refused([Finding("translation-of-unsaid", "despite", details={"number": str(originals[0].number)})])


def _go_on(
    desk: "DocumentAdmin",
    request: HttpRequest,
    draft: Revision,
    somebody: User,
    submitting: SubmittingForm,
    now: datetime,
) -> HttpResponse:
    """What the button says, after the words are safe."""
    asked, sent = submitting.cleaned_data, request.POST
    if "_preview" in sent:
        return HttpResponseRedirect(desk.url("preview", draft.document, draft))
    if "_discard" in sent:
        return _discard(desk, request, draft, somebody, now)
    if "_submit" in sent:
        verbs.submit(
            draft,
            by=somebody,
            now=now,
            note=asked["note"],
            reviewer=asked["reviewer"],
            despite=asked.get("despite", ""),
        )
        messages.success(request, _("Submitted. Somebody else looks at it before readers see it."))
        return HttpResponseRedirect(desk.url("review", draft.document, draft))
    if "_publish" in sent and "significance" not in asked:
        raise Refused([Finding("role-missing", "review")])
    if "_publish" in sent:
        _publish_at_once(draft, somebody, asked, now)
        messages.success(request, _("Published. Readers see it within a minute."))
        return HttpResponseRedirect(desk.url("change", draft.document))
    messages.success(request, _("The draft is saved. Readers do not see it yet."))
    return HttpResponseRedirect(f"{desk.url('change', draft.document)}?revision={draft.pk}")


def _discard(
    desk: "DocumentAdmin", request: HttpRequest, draft: Revision, somebody: User, now: datetime
) -> HttpResponse:
    verbs.discard(draft, by=somebody, now=now)
    messages.success(request, _("Thrown away. It lies in the bin of this page."))
    return HttpResponseRedirect(desk.url("change", draft.document))


@transaction.atomic
def _publish_at_once(draft: Revision, somebody: User, asked: dict[str, Any], now: datetime) -> None:
    """Where four eyes are not asked for, one person does it all; each step is recorded."""
    note, significance = asked["note"], Significance(asked["significance"])
    submitted = verbs.submit(draft, by=somebody, now=now, note=note, despite=asked.get("despite", ""))
    approved = verbs.approve(submitted, by=somebody, now=now)
    verbs.publish(approved, by=somebody, note=note, significance=significance, at=now, now=now)
