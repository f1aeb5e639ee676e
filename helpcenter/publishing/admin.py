"""Versioned documents in the admin: lists, addresses, and who may open them. The pages themselves are in desk/.

A kind of document says how its body is typed (`forms_for`, `body_from`); the rest is the same for all.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Prefetch, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpcenter.domain.findings import Finding
from helpcenter.domain.review import Role, State
from helpcenter.publishing import checks
from helpcenter.publishing.behind import course
from helpcenter.publishing.comparing import Run, Words, compare_passages
from helpcenter.publishing.desk import (
    people,  # noqa: F401 # its lists are there once it is read
    planning,
    typing,
)
from helpcenter.publishing.desk.addresses import KeyConverter
from helpcenter.publishing.desk.forms import NOT_CHOSEN, RetiringForm, number
from helpcenter.publishing.desk.lists import names
from helpcenter.publishing.desk.reviewing import review
from helpcenter.publishing.desk.tables import Listed
from helpcenter.publishing.desk.writing import write
from helpcenter.publishing.models import Document, Kind, LiveChange, ReviewPolicy, Revision
from helpcenter.publishing.people import roles
from helpcenter.publishing.wording import sentence

PLACES = {
    "at": gettext_lazy("Live from"),
    "until": gettext_lazy("Until"),
    "note": gettext_lazy("Change note"),
    "review": gettext_lazy("Review"),
    "review_note": gettext_lazy("Note to the author"),
    "draft": gettext_lazy("draft"),
    "start": gettext_lazy("Start"),
}
"""What editors call the places that findings of every kind of document name."""

MOST_CHANGES = 50
"""How many of a document's live changes its page lists."""

type Forms = Sequence[Any]  # forms and formsets; each kind of document knows its own


class ForTheDesk(Listed):
    """Whoever has a role at the desk reads everything; authors add and change. Nothing is deleted."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(roles(request.user))  # type: ignore[arg-type] # signed in, see admin_view

    def has_add_permission(self, request: HttpRequest) -> bool:
        return Role.AUTHOR in roles(request.user)  # type: ignore[arg-type]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return Role.AUTHOR in roles(request.user)  # type: ignore[arg-type]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # nothing is ever lost: retire it

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("choices", db_field.get_choices(blank_choice=NOT_CHOSEN))
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_foreignkey(db_field, request, **{"empty_label": NOT_CHOSEN[0][1], **kwargs})


class DocumentAdmin(ForTheDesk):
    """Lists documents of one kind with what is live of them; everything else happens on pages of our own."""

    add_form_template = "admin/change_form.html"  # a new document has no words yet
    list_display: tuple[str, ...] = ("__str__", "live_version", "live_since", "work")
    list_display_links: tuple[str, ...] = ("__str__",)

    kind: Kind
    """The kind of document whose desk it is."""

    more_tools: Sequence[Callable[[Document], tuple[str, str]]] = ()
    """Links above a document, words and address, that rooms add which know more than this one."""

    can_preview = False
    """Whether `preview` shows anything for this kind of document."""

    writing_template = "admin/publishing/writing.html"

    # ---- What a kind of document says ----

    def forms_for(self, body: dict[str, Any], data: Any = None) -> Forms:
        """The forms in which a body is typed: with `data` as they were sent, else showing the body."""
        raise NotImplementedError

    def body_from(self, forms: Forms, body: dict[str, Any]) -> dict[str, Any]:
        """The body that valid forms say, starting from the one that they were opened with."""
        raise NotImplementedError

    def passages(self, body: dict[str, Any], at: datetime) -> list[tuple[str, Words]]:
        """A body as it is typed, by field, to compare it with another."""
        raise NotImplementedError

    def rendered(self, revision: Revision, at: datetime) -> list[tuple[str, Words]]:
        """What readers of a revision would read, by field; nothing for what nobody reads as a page."""
        return []

    def original(self, document: Document) -> Document | None:
        """The document that this one is a translation of."""
        return None

    def place(self, where: str) -> str:
        """What editors call a field or a part of a body."""
        return str(PLACES.get(where, where))

    def field_of(self, finding: Finding, typed: Forms) -> str:
        """The id of the field in which is typed what a finding is about; empty if nobody knows."""
        return ""

    def preview(self, request: HttpRequest, revision: Revision) -> HttpResponse:
        """A revision on the reader's real template."""
        raise Http404

    def about(self, document: Document, body: dict[str, Any]) -> dict[str, Any]:
        """What else the page says about a document of this kind."""
        return {}

    def tools(self, document: Document) -> list[tuple[str, str]]:
        """What else can be done with a document of this kind: words and address."""
        return []

    def retiring_form(self, document: Document, sent: Any) -> forms.Form:
        """What is asked before readers no longer see a document of this kind."""
        return RetiringForm(sent)

    def retired(self, change: LiveChange, asked: dict[str, Any]) -> None:
        """Keep what else the form asked about a document that was taken down."""

    def used_by(self, document: Document) -> list[str]:
        """What points at the document, in words; it would lead to nothing without it."""
        return []

    # ---- The list ----

    def get_queryset(self, request: HttpRequest) -> Any:
        changes = LiveChange.objects.up_to(timezone.now())
        newest = changes.filter(document=OuterRef("document")).values("pk")[:1]
        live = changes.filter(pk=Subquery(newest))
        return (
            super()
            .get_queryset(request)
            .prefetch_related(
                Prefetch("live_changes", live.select_related("revision")),
                Prefetch("revisions", Revision.objects.open(), to_attr="at_work"),
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

    @admin.display(description=gettext_lazy("at work"))
    def work(self, document: Document) -> str:
        """What is on its way to readers."""
        return ", ".join(str(revision) for revision in document.at_work)  # type: ignore[attr-defined] # prefetched

    # ---- The pages ----

    def get_urls(self) -> Any:
        view = self.admin_site.admin_view
        pages: list[tuple[str, Any, str]] = [
            ("<key:pk>/compare/", self.compare_view, "compare"),
            ("<key:pk>/typed/", self.typed_view, "typed"),
            ("<key:pk>/preview/<key:revision>/", self.preview_view, "preview"),
            ("<key:pk>/review/<key:revision>/", self.review_view, "review"),
            ("<key:pk>/again/<key:revision>/", self.again_view, "again"),
            ("<key:pk>/plan/<key:change>/", self.plan_view, "plan"),
            ("<key:pk>/retire/", self.retire_view, "retire"),
        ]
        ours = [path(route, view(page), name=f"{self._name}_{name}") for route, page, name in pages]
        return [*ours, *super().get_urls()]

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """A new document has no words yet: go on to write them."""
        return HttpResponseRedirect(self.url("change", obj))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Write. What is in review is not written on: it is looked at, on its own page."""
        if not re.fullmatch(KeyConverter.regex, object_id):
            raise Http404
        document = self._document(request, int(object_id))
        asked = request.POST.get("_started") or self._restored(request, document) or request.GET.get("revision", "")
        started = self._started(document, asked)
        may_write = self.has_change_permission(request, document)
        looked_at = started and (started.state in (State.IN_REVIEW, State.APPROVED, State.DISCARDED) or not may_write)
        if started and looked_at and request.method != "POST":
            return HttpResponseRedirect(self.url("review", document, started))
        if not may_write:
            raise PermissionDenied
        return write(self, request, document, started)

    def typed_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep what is typed while it is typed; say so, what the checks find, and who has changed it meanwhile."""
        document, now, sent = self._document(request, pk), timezone.now(), request.POST
        if request.method != "POST" or not self.has_change_permission(request, document):
            raise PermissionDenied
        somebody: User = request.user  # type: ignore[assignment] # signed in, see admin_view
        if "_forget" in sent:
            typing.forget(document, somebody, sent["_forget"])
            return HttpResponseRedirect(self.url("change", document))
        typing.keep(document, somebody, sent, now)
        draft = document.revisions.filter(pk=number(sent.get("_started"))).first()
        changed = bool(sent.get("_seen")) and draft is not None and draft.seen_as != sent["_seen"]
        body = draft.body if draft else {}
        filled = self.forms_for(body, sent)
        found = None  # half a form says nothing that could be checked
        if all(form.is_valid() for form in filled):
            found = self._said_of(checks.check(document, self.body_from(filled, body), now), filled)
        page = render(request, "admin/publishing/kept.html", {"at": now, "changed": changed, "findings": found})
        page["X-Kept"] = "1"  # what tells it from the sign-in page, to which a request without a session is led
        return page

    def review_view(self, request: HttpRequest, pk: int, revision: int) -> HttpResponse:
        """Look at a revision and say what becomes of it."""
        document = self._document(request, pk)
        return review(self, request, document, get_object_or_404(Revision, document=document, pk=revision))

    def again_view(self, request: HttpRequest, pk: int, revision: int) -> HttpResponse:
        """Show readers a published version again."""
        document = self._for_publishers(request, pk)
        published = document.revisions.filter(state=State.PUBLISHED)
        return planning.again(self, request, document, get_object_or_404(published, pk=revision))

    def plan_view(self, request: HttpRequest, pk: int, change: int) -> HttpResponse:
        """Move a plan or call it off."""
        document = self._for_publishers(request, pk)
        ahead = document.live_changes.filter(at__gt=timezone.now())
        return planning.plan(self, request, document, get_object_or_404(ahead, pk=change))

    def retire_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take an article down."""
        return planning.retire(self, request, self._for_publishers(request, pk))

    def compare_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What is being worked on against what is live, or any two revisions that `from` and `to` name."""
        document = self._document(request, pk)
        now = timezone.now()
        live = document.revisions.live(now).first()
        old = _named(document, request.GET.get("from")) or live
        new = _named(document, request.GET.get("to")) or self._started(document, "")
        context = {
            "old": old,
            "new": new,
            "live": live,
            "revisions": document.revisions.select_related("author").order_by("-number", "-written_at"),
            "differences": self.differences(old, new, now),
        }
        return self.render(request, document, "compare", context)

    def preview_view(self, request: HttpRequest, pk: int, revision: int) -> HttpResponse:
        """A revision as readers would see it; kept nowhere."""
        document = self._document(request, pk)
        response = self.preview(request, get_object_or_404(Revision, document=document, pk=revision))
        response["Cache-Control"] = "no-store"
        return response

    # ---- What the pages ask for ----

    def render(self, request: HttpRequest, document: Document, page: str, context: dict[str, Any]) -> HttpResponse:
        """One of the desk's pages about a document, with what all of them show."""
        now = timezone.now()
        template = self.writing_template if page == "writing" else f"admin/publishing/{page}.html"
        changes = document.live_changes.select_related(
            "revision__author", "revision__base", "by", "ends", "retirement__instead"
        )
        seen, there = list(changes.filter(at__lte=now)[:MOST_CHANGES]), course(document.pk)
        return render(
            request,
            template,
            {
                **self.admin_site.each_context(request),
                "title": capfirst(names([document], now)[document.pk]),
                "opts": self.opts,
                "original": document,
                "document": document,
                "at_work": document.revisions.open().select_related("author", "reviewer"),
                "bin": document.revisions.filter(state=State.DISCARDED).select_related("author"),
                "plans": [(each, there.behind_before(each)) for each in changes.filter(at__gt=now).order_by("at")],
                "changes": _each_with_the_one_before(seen),
                "taken_down": seen[0] if seen and seen[0].revision is None else None,
                "live_now": document.revisions.live(now).first(),
                "may_publish": Role.PUBLISHER in roles(request.user),  # type: ignore[arg-type] # signed in
                "can_preview": self.can_preview,
                "used_by": self.used_by(document),
                "tools": [*self.tools(document), *(tool(document) for tool in self.more_tools)],
                "url_of": {
                    name: f"admin:{self._name}_{name}"
                    for name in ("change", "compare", "typed", "preview", "review", "again", "plan", "retire")
                },
                "media": self.media + forms.Media(js=["js/desk.js"]),
                **context,
                "findings": self._said_of(context.get("findings", ()), context.get("typed", ())),
            },
        )

    def compared(self, old: dict[str, Any], new: dict[str, Any], at: datetime) -> list[tuple[str, list[Run]]]:
        """Each field in which two bodies differ, by the name that editors know it by."""
        before, after = (self.passages(body, at) if body else [] for body in (old, new))
        return self._placed(before, after)

    def touches(self, old: dict[str, Any], new: dict[str, Any], at: datetime) -> list[tuple[str, list[str]]]:
        """What else reads differently once one body takes the place of another: what it is, and where it stands."""
        return []

    def differences(self, old: Revision | None, new: Revision | None, at: datetime) -> dict[str, Any]:
        """How two revisions differ for readers, and in what was typed."""
        before, after = (self.rendered(revision, at) if revision else [] for revision in (old, new))
        bodies = [revision.body if revision else {} for revision in (old, new)]
        return {
            "is_read": bool(before or after),
            "read": self._placed(before, after),
            "typed": self.compared(bodies[0], bodies[1], at),
            "touches": self.touches(bodies[0], bodies[1], at),
        }

    def _placed(self, old: list[tuple[str, Words]], new: list[tuple[str, Words]]) -> list[tuple[str, list[Run]]]:
        return [(self.place(field), runs) for field, runs in compare_passages(old, new)]

    def url(self, view: str, document: Document, *more: Revision | LiveChange) -> str:
        """The address of a page about a document."""
        return reverse(f"admin:{self._name}_{view}", args=[document.pk, *(each.pk for each in more)])

    @property
    def _name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}"

    def _document(self, request: HttpRequest, pk: int) -> Document:
        # What is fetched ahead for lists would stand for all of it.
        document: Document = get_object_or_404(self.get_queryset(request).prefetch_related(None), pk=pk)
        if not self.has_view_permission(request, document):
            raise PermissionDenied
        return document

    def _for_publishers(self, request: HttpRequest, pk: int) -> Document:
        document = self._document(request, pk)
        if Role.PUBLISHER not in roles(request.user):  # type: ignore[arg-type] # signed in
            raise PermissionDenied
        return document

    def _started(self, document: Document, asked: str) -> Revision | None:
        """What an editor begins from: what is named, else the newest work, else what is live, else the last version."""
        live = document.revisions.live(timezone.now()).first()
        if asked == "live":
            return live
        if asked:
            return get_object_or_404(document.revisions, pk=number(asked))
        newest = document.revisions.order_by("-number").filter(state=State.PUBLISHED).first()
        return document.revisions.open().first() or live or newest

    def _restored(self, request: HttpRequest, document: Document) -> str:
        """What the words that are to be restored were typed over."""
        somebody: User = request.user  # type: ignore[assignment] # signed in, see admin_view
        unsaved = typing.kept(document, somebody).filter(pk=number(request.GET.get("restore"))).first()
        return typing.as_sent(unsaved).get("_started", "") if unsaved else ""

    def _said_of(self, findings: Iterable[Finding], typed: Forms = ()) -> list[tuple[str, str, str]]:
        """How grave each finding is, the sentence that says it, and the id of the field that it is about."""
        return [
            (
                each.severity.value,
                sentence(replace(each, where=self.place(each.where))),
                self.field_of(each, typed) if typed else "",
            )
            for each in findings
        ]


def _each_with_the_one_before(changes: list[LiveChange]) -> list[tuple[LiveChange, Revision | None]]:
    """Each change with the revision that readers saw last before it, newest first."""
    seen = [change.revision for change in changes]
    return [
        (change, next((revision for revision in seen[place:] if revision), None))
        for place, change in enumerate(changes, start=1)
    ]


def _named(document: Document, typed: str | None) -> Revision | None:
    return document.revisions.filter(pk=number(typed)).first()


@admin.register(ReviewPolicy)
class ReviewPolicyAdmin(Listed):
    """The one policy; administrators change it."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
