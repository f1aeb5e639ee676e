"""The page on which somebody else looks at a revision: approve it, send it back, publish it, take it back."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _

from helpcenter.domain.findings import Finding, Refused
from helpcenter.domain.review import State, Verb, possible
from helpcenter.domain.versions import Significance
from helpcenter.publishing import checks, people, verbs
from helpcenter.publishing.behind import course
from helpcenter.publishing.desk.forms import PublishingForm, ReviewingForm, planned, tell
from helpcenter.publishing.models import Document, Revision

if TYPE_CHECKING:
    from helpcenter.publishing.admin import DocumentAdmin


def review(desk: "DocumentAdmin", request: HttpRequest, document: Document, revision: Revision) -> HttpResponse:
    """Show what a revision changes and what may be done with it; do what the button says."""
    now = timezone.now()
    somebody: User = request.user  # type: ignore[assignment] # signed in, see admin_view
    sent = request.POST if request.method == "POST" else None
    said = {"note": revision.note, "significance": revision.significance}
    reviewing, publishing = (
        ReviewingForm(sent),
        PublishingForm(sent if sent and "_publish" in sent else None, initial=said),
    )
    findings = checks.check(document, revision.body, now)
    if sent is not None and reviewing.is_valid():
        try:
            if sent.get("_seen") != revision.seen_as:
                raise Refused([Finding("draft-changed-meanwhile", "draft")])
            if done := _do(desk, request, revision, somebody, reviewing.cleaned_data["review_note"], publishing, now):
                return done
            messages.error(request, _("Nothing was done yet: mend what is marked below."))
        except Refused as refused:
            findings = refused.findings
            for form in (reviewing, publishing):
                findings = tell(form, Refused(findings))
            messages.error(request, _("Nothing was done: see below."))
    live = document.revisions.live(now).select_related("translated_from").first()
    says, said_live = revision.translated_from, live.translated_from if live else None
    wrote, four_eyes = people.wrote(somebody, revision), people.four_eyes()
    behind = course(document.pk).would_undo(revision, now, now)
    buttons = possible(State(revision.state), people.roles(somebody), wrote=wrote, behind=behind, four_eyes=four_eyes)
    context = {
        "revision": revision,
        "live": live,
        "differences": desk.differences(live, revision, now),
        "says": says,
        "said": said_live,
        "original_changes": desk.differences(said_live, says, now) if says and says != said_live else None,
        "lost": revision.events.filter(verb=Verb.SUBMIT).values_list("note", flat=True).first(),
        "findings": findings,
        "events": revision.events.select_related("by"),
        "reviewing": reviewing,
        "publishing": publishing,
        "possible": {verb.value for verb in buttons},
        "own_words": wrote and four_eyes and revision.state == State.IN_REVIEW,
        "behind": behind,
    }
    return desk.render(request, document, "review", context)


def _do(
    desk: "DocumentAdmin",
    request: HttpRequest,
    revision: Revision,
    somebody: User,
    note: str,
    publishing: PublishingForm,
    now: datetime,
) -> HttpResponse | None:
    sent, document = request.POST, revision.document
    if "_approve" in sent:
        verbs.approve(revision, by=somebody, now=now, note=note)
        messages.success(request, _("Approved. A publisher can show it to readers."))
        return HttpResponseRedirect(desk.url("review", document, revision))
    if "_send_back" in sent:
        verbs.send_back(revision, by=somebody, now=now, note=note)
        messages.success(request, _("Sent back. Its author goes on with it."))
        return HttpResponseRedirect(desk.url("review", document, revision))
    if "_take_back" in sent:
        verbs.take_back(revision, by=somebody, now=now)
        messages.success(request, _("It is a draft again."))
    elif "_restore" in sent:
        verbs.restore(revision, by=somebody, now=now)
        messages.success(request, _("It is a draft again."))
    elif "_publish" in sent and publishing.is_valid():
        asked = publishing.cleaned_data
        verbs.publish(
            revision,
            by=somebody,
            note=asked["note"],
            significance=Significance(asked["significance"]),
            at=asked["at"] or now,
            until=asked["until"],
            now=now,
        )
        messages.success(
            request, planned(asked["at"]) if asked["at"] else _("Published. Readers see it within a minute.")
        )
        return HttpResponseRedirect(desk.url("change", document))
    else:
        return None
    return HttpResponseRedirect(f"{desk.url('change', document)}?revision={revision.pk}")
