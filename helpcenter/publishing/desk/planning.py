"""Going back to an earlier version, taking an article down, moving a plan or calling it off: each asks why and when."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _

from helpcenter.domain.findings import Finding, Refused
from helpcenter.domain.versions import Significance
from helpcenter.publishing import checks, verbs
from helpcenter.publishing.desk.forms import AgainForm, WhenForm, planned, tell
from helpcenter.publishing.models import Document, Kind, LiveChange, Revision

if TYPE_CHECKING:
    from helpcenter.publishing.admin import DocumentAdmin


def again(desk: "DocumentAdmin", request: HttpRequest, document: Document, revision: Revision) -> HttpResponse:
    """Show readers an earlier version once more."""
    form, now = AgainForm(request.POST or None), timezone.now()

    def act(somebody: User, asked: dict[str, Any]) -> str:
        when = {"at": asked["at"] or now, "until": asked["until"], "now": now}
        significance = Significance(revision.significance)
        verbs.publish(revision, by=somebody, note=asked["note"], significance=significance, **when)
        return planned(asked["at"]) if asked["at"] else _("Version %s is live again.") % revision.number

    live = document.revisions.live(now).first()
    context = {
        "title": _("Publish %s again") % revision,
        "differences": desk.differences(live, revision, now),
        "button": _("Publish this version again"),
    }
    return ask(desk, request, document, form, act, context)


def retire(desk: "DocumentAdmin", request: HttpRequest, document: Document) -> HttpResponse:
    """Take an article down. There is no such page of what the site cannot be without."""
    if document.kind != Kind.ARTICLE:
        raise Http404
    form, now = desk.retiring_form(document, request.POST or None), timezone.now()

    @transaction.atomic
    def act(somebody: User, asked: dict[str, Any]) -> str:
        change = verbs.retire(document, by=somebody, at=asked["at"] or now, now=now, note=asked["note"])
        desk.retired(change, asked)
        if asked["at"]:
            return planned(asked["at"], down=True)
        return _("Retired. Readers no longer see it; its versions are kept.")

    found = checks.check_retiring(document, now)
    context = {"title": _("Retire: readers no longer see it"), "button": _("Retire"), "findings": found}
    return ask(desk, request, document, form, act, context)


def plan(desk: "DocumentAdmin", request: HttpRequest, document: Document, change: LiveChange) -> HttpResponse:
    """Move what is still to come, or call it off."""
    now, end = timezone.now(), LiveChange.objects.filter(ends=change).first()
    down = not change.revision and not change.ends
    sent = request.POST or None
    form = WhenForm(sent, initial={"at": change.at, "until": end.at if end else None})
    form.fields["at"].help_text = ""

    def act(somebody: User, asked: dict[str, Any]) -> str:
        if "_withdraw" in request.POST:
            verbs.withdraw_plan(change, by=somebody, now=now)
            return _("The plan is called off.") if down else _("The plan is called off. Its version is kept.")
        if not asked["at"]:
            raise Refused([Finding("field-empty", "at")])
        verbs.move_plan(change, by=somebody, at=asked["at"], until=asked.get("until"), now=now)
        return _("The plan is moved.") + " " + planned(asked["at"], down=down)

    context = {"title": _("Plan: %s") % change.revision, "button": _("Move"), "withdraw": True}
    if change.ends or down:
        del form.fields["until"]
    if change.ends:
        form.fields["at"].label = _("Until")
        context["title"] = _("End of a plan")
    elif down:
        form.fields["at"].label = _("Taken down from")
        context["title"] = _("Plan to take it down")
    return ask(desk, request, document, form, act, context)


def ask(
    desk: "DocumentAdmin",
    request: HttpRequest,
    document: Document,
    form: forms.Form,
    act: Callable[[User, dict[str, Any]], str],
    context: dict[str, Any],
) -> HttpResponse:
    """A page that asks before it does something; then back to the document, with what `act` said."""
    findings: tuple[Finding, ...] = ()
    context["title"] = f"{context['title']} – {document}"
    if request.method == "POST" and ("_withdraw" in request.POST or form.is_valid()):
        try:
            said = act(request.user, getattr(form, "cleaned_data", {}))  # type: ignore[arg-type] # signed in
        except Refused as refused:
            findings = tell(form, refused)
            messages.error(request, _("Nothing was done: see below."))
        else:
            messages.success(request, said)
            return HttpResponseRedirect(desk.url("change", document))
    findings = findings or context.pop("findings", ())
    return desk.render(request, document, "asking", {"form": form, **context, "findings": findings})
