"""The editor's desk for anything versioned: one page to write, check, compare, preview, publish and retire.

A kind of document says how its body is typed (`forms_for`, `body_from`); the rest is the same for all.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpcenter.domain.findings import Finding, Refused
from helpcenter.domain.versions import Significance
from helpcenter.publishing import checks
from helpcenter.publishing.comparing import compare_passages
from helpcenter.publishing.models import SIGNIFICANCE_LABELS, Document, Kind, LiveChange, Revision
from helpcenter.publishing.verbs import publish, retire, save_draft
from helpcenter.publishing.wording import sentence

PLACES = {
    "at": gettext_lazy("Live from"),
    "document": gettext_lazy("document"),
    "draft": gettext_lazy("draft"),
    "start": gettext_lazy("Start"),
}
"""What editors call the places that findings of every kind of document name."""

NOT_CHOSEN = [("", "–")]
"""Django's own words for it are not translated."""

type Forms = Sequence[Any]  # forms and formsets; each kind of document knows its own


class PublishingForm(forms.Form):
    """What is asked when something goes live."""

    note = forms.CharField(
        label=gettext_lazy("Change note"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("One sentence for readers: what changed? Needed for publishing, not for a draft."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    significance = forms.ChoiceField(
        label=gettext_lazy("What the change means"),
        choices=[(each.value, label) for each, label in SIGNIFICANCE_LABELS.items()],
        initial=Significance.CONTENT.value,
        widget=forms.RadioSelect,
    )


class DocumentAdmin(admin.ModelAdmin):
    """Lists documents of one kind with what is live of them; writing happens on a page of our own."""

    change_form_template = "admin/publishing/document.html"
    add_form_template = "admin/change_form.html"  # a new document has no words yet
    list_display = ("__str__", "live_version", "live_since", "draft")
    list_display_links = ("__str__",)

    def forms_for(self, body: dict[str, Any], data: Any = None) -> Forms:
        """The forms in which a body is typed: with `data` as they were sent, else showing the body."""
        raise NotImplementedError

    def body_from(self, forms: Forms, body: dict[str, Any]) -> dict[str, Any]:
        """The body that valid forms say, starting from the one that they were opened with."""
        raise NotImplementedError

    def passages(self, body: dict[str, Any], at: datetime) -> list[tuple[str, str]]:
        """A body as texts by field, to compare it with another."""
        raise NotImplementedError

    def place(self, where: str) -> str:
        """What editors call a field or a part of a body."""
        return str(PLACES.get(where, where))

    def preview(self, request: HttpRequest, revision: Revision) -> HttpResponse:
        """A revision on the reader's real template."""
        raise Http404

    def about(self, document: Document, body: dict[str, Any]) -> dict[str, Any]:
        """What else the page says about a document of this kind."""
        return {}

    def get_queryset(self, request: HttpRequest) -> Any:
        live = LiveChange.objects.up_to(timezone.now())
        return (
            super()
            .get_queryset(request)
            .prefetch_related(
                Prefetch("live_changes", live.select_related("revision")),
                Prefetch("revisions", Revision.objects.filter(number__isnull=True), to_attr="drafts"),
            )
        )

    @admin.display(description=gettext_lazy("live"))
    def live_version(self, document: Document) -> str:
        """The version that readers see."""
        newest = next(iter(document.live_changes.all()), None)
        if newest is None:
            return "–"
        return str(newest.revision or _("retired"))

    @admin.display(description=gettext_lazy("since"))
    def live_since(self, document: Document) -> datetime | None:
        """Since when they see it."""
        newest = next(iter(document.live_changes.all()), None)
        return newest.at if newest else None

    @admin.display(description=gettext_lazy("draft"))
    def draft(self, document: Document) -> str:
        """Whether somebody has written what readers do not see yet."""
        return _("draft") if document.drafts else ""  # type: ignore[attr-defined] # prefetched in get_queryset

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # nothing is ever lost: retire it

    def get_urls(self) -> Any:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/compare/", view(self.compare_view), name=f"{name}_compare"),
            path("<int:pk>/preview/<int:revision>/", view(self.preview_view), name=f"{name}_preview"),
            *super().get_urls(),
        ]

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("choices", db_field.get_choices(blank_choice=NOT_CHOSEN))
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_foreignkey(db_field, request, **{"empty_label": NOT_CHOSEN[0][1], **kwargs})

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """A new document has no words yet: go on to write them."""
        return HttpResponseRedirect(reverse(f"admin:{self._name}_change", args=[obj.pk]))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not (object_id.isascii() and object_id.isdigit() and len(object_id) <= 18):
            raise Http404
        document = get_object_or_404(self.model, pk=object_id)
        if not self.has_change_permission(request, document):
            raise PermissionDenied
        now = timezone.now()
        revision = _newest(document, now)
        body = revision.body if revision else {}
        sent = request.POST if request.method == "POST" else None
        said = (
            {"note": revision.note, "significance": revision.significance} if revision and not revision.number else {}
        )
        typed, publishing = self.forms_for(body, sent), PublishingForm(sent, initial=said)
        findings: Sequence[Finding] = ()
        meanwhile: list[tuple[str, Any]] = []
        base = _base(revision)
        if sent is not None and "_retire" in sent:
            return self._retire(request, document, now)
        if sent is not None and "_again" in sent:
            return self._publish_again(request, document, sent["_again"], now)
        if sent is not None and all([*(form.is_valid() for form in typed), publishing.is_valid()]):
            body = self.body_from(typed, body)
            wants_publishing = "_publish" in sent
            if sent.get("_base", base) != base:
                meanwhile = self._compared(revision.body if revision else {}, body, now)
                messages.error(request, _("Nothing was saved yet: somebody else changed it while you wrote."))
            elif wants_publishing and not publishing.cleaned_data["note"]:
                publishing.add_error("note", _("Say in one sentence what changed. Readers see it in the history."))
                messages.error(request, _("Nothing was saved yet: mend what is marked below."))
            else:
                findings = checks.check(document, body, now)
                draft = save_draft(
                    document,
                    body,
                    by=request.user,  # type: ignore[arg-type] # signed in, see admin_view
                    note=publishing.cleaned_data["note"],
                    significance=Significance(publishing.cleaned_data["significance"]),
                )
                if not wants_publishing:
                    messages.success(request, _("The draft is saved. Readers do not see it yet."))
                    if "_preview" in sent:
                        return HttpResponseRedirect(self._url("preview", document, draft))
                    return HttpResponseRedirect(request.path)
                try:
                    return self._publish(request, draft, publishing, now)
                except Refused as refused:
                    findings, revision = refused.findings, _newest(document, now)
                    base = _base(revision)
                    messages.error(request, _("Not published; what you wrote is kept as a draft. Mend what is marked."))
        elif sent is not None:
            base = sent.get("_base", base)
            messages.error(request, _("Nothing was saved yet: mend what is marked below."))
        elif body:
            findings = checks.check(document, body, now)
        context = {
            **self.admin_site.each_context(request),
            **self.about(document, body),
            "title": self._title(document),
            "opts": self.opts,
            "original": document,
            "document": document,
            "revision": revision,
            "base": base,
            "meanwhile": meanwhile,
            "typed": typed,
            "publishing": publishing,
            "findings": [(finding.severity.value, self._said(finding)) for finding in findings],
            "changes": document.live_changes.select_related("revision__author", "by")[:50],
            "live": document.revisions.live(now).first(),
            "may_publish": request.user.has_perm("publishing.publish_document"),
            "compare_url": reverse(f"admin:{self._name}_compare", args=[document.pk]),
            "preview_url": self._url("preview", document, revision) if revision and self.can_preview else "",
            "media": self.media + forms.Media(css={"all": ["css/desk.css"]}),
            "now": now,
        }
        return render(request, self.change_form_template or "", context)

    can_preview = False
    """Whether `preview` shows anything for this kind of document."""

    def compare_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The draft against what is live, or any two revisions that `from` and `to` name."""
        document = get_object_or_404(self.model, pk=pk)
        if not self.has_view_permission(request, document):
            raise PermissionDenied
        now = timezone.now()
        live = document.revisions.live(now).first()
        old = _named(document, request.GET.get("from")) or live
        new = _named(document, request.GET.get("to")) or _newest(document, now)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Compare: %s") % self._title(document),
            "opts": self.opts,
            "document": document,
            "old": old,
            "new": new,
            "live": live,
            "revisions": document.revisions.order_by("-number"),
            "passages": self._compared(old.body if old else {}, new.body if new else {}, now),
            "media": self.media + forms.Media(css={"all": ["css/desk.css"]}),
        }
        return render(request, "admin/publishing/compare.html", context)

    def preview_view(self, request: HttpRequest, pk: int, revision: int) -> HttpResponse:
        """A revision as readers would see it; kept nowhere."""
        document = get_object_or_404(self.model, pk=pk)
        if not self.has_view_permission(request, document):
            raise PermissionDenied
        response = self.preview(request, get_object_or_404(Revision, document=document, pk=revision))
        response["Cache-Control"] = "no-store"
        return response

    def _compared(self, old: dict[str, Any], new: dict[str, Any], at: datetime) -> list[tuple[str, Any]]:
        before, after = (self.passages(body, at) if body else [] for body in (old, new))
        return [(self.place(field), runs) for field, runs in compare_passages(before, after)]

    def _said(self, finding: Finding) -> str:
        return sentence(replace(finding, where=self.place(finding.where)))

    def _publish(
        self, request: HttpRequest, draft: Revision, publishing: PublishingForm, now: datetime
    ) -> HttpResponse:
        if not request.user.has_perm("publishing.publish_document"):
            raise PermissionDenied
        publish(
            draft,
            by=request.user,  # type: ignore[arg-type] # signed in, see admin_view
            note=publishing.cleaned_data["note"],
            significance=Significance(publishing.cleaned_data["significance"]),
            at=now,
            now=now,
        )
        messages.success(request, _("Published. Readers see it within a minute."))
        return HttpResponseRedirect(request.path)

    def _publish_again(self, request: HttpRequest, document: Document, typed: str, now: datetime) -> HttpResponse:
        """Go back: a version that readers have seen goes live again as it is."""
        if not request.user.has_perm("publishing.publish_document"):
            raise PermissionDenied
        revision = _named(document, typed)
        if revision is None or revision.number is None:
            raise Http404
        try:
            publish(
                revision,
                by=request.user,  # type: ignore[arg-type] # signed in, see admin_view
                note=revision.note,
                significance=Significance(revision.significance),
                at=now,
                now=now,
            )
            messages.success(request, _("Version %s is live again.") % revision.number)
        except Refused as refused:
            messages.error(request, " ".join(self._said(finding) for finding in refused.findings))
        return HttpResponseRedirect(request.path)

    def _retire(self, request: HttpRequest, document: Document, now: datetime) -> HttpResponse:
        if not request.user.has_perm("publishing.publish_document"):
            raise PermissionDenied
        try:
            retire(document, by=request.user, at=now, now=now)  # type: ignore[arg-type] # signed in
            messages.success(request, _("Retired. Readers no longer see it; its versions are kept."))
        except Refused as refused:
            messages.error(request, " ".join(self._said(finding) for finding in refused.findings))
        return HttpResponseRedirect(request.path)

    def _title(self, document: Document) -> str:
        return str(document) if document.kind == Kind.ARTICLE else capfirst(str(document))

    @property
    def _name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}"

    def _url(self, view: str, document: Document, revision: Revision) -> str:
        return reverse(f"admin:{self._name}_{view}", args=[document.pk, revision.pk])


def _newest(document: Document, now: datetime) -> Revision | None:
    """What an editor goes on with: the draft, else what is live, else the newest version."""
    revisions = document.revisions
    return revisions.newest_draft() or revisions.live(now).first() or revisions.order_by("-number").first()


def _base(revision: Revision | None) -> str:
    """What was on the page when it was opened: another one means that somebody else wrote meanwhile."""
    return f"{revision.pk}@{revision.written_at.isoformat()}" if revision else ""


def _named(document: Document, typed: str | None) -> Revision | None:
    if not typed or not (typed.isascii() and typed.isdigit()):
        return None
    return document.revisions.filter(pk=int(typed[:18])).first()
