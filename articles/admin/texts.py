"""Articles at the editors' desk: a form for the words, a row per step, preview on the reader's page."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from articles.admin.forms import RetiringArticleForm, SharingForm, StepFormSet, TextForm, VerifyingForm
from articles.history import used_facts
from articles.models import Article, Picture, Retirement, Share, Translation
from articles.page import ArticlePage
from articles.reading import Reading
from articles.redirects import led_by
from articles.sharing import is_open, link, share
from articles.texts import GLANCE, read_text
from articles.translating import original_of, standings
from articles.upkeep import catch_up, standing
from articles.verifying import Checked, checked, verify
from articles.views import preview
from articles.wording import FRESHNESS_LABELS, place
from helpcenter.domain.findings import Refused
from helpcenter.domain.freshness import Freshness
from helpcenter.facts.sheets import sheet_at
from helpcenter.publishing.admin import DocumentAdmin, Forms
from helpcenter.publishing.comparing import Words
from helpcenter.publishing.desk.forms import in_order, number
from helpcenter.publishing.desk.planning import ask
from helpcenter.publishing.desk.tables import MOST_LISTED
from helpcenter.publishing.models import Document, Kind, LiveChange, Revision
from helpcenter.publishing.moments import today
from helpcenter.references.models import Reference


class OverdueFilter(admin.SimpleListFilter):
    """Texts that should have been checked by now."""

    title = _("check")
    parameter_name = "check"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("overdue", _("overdue"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() is None:
            return queryset
        now = timezone.now()
        catch_up(now)
        return queryset.filter(upkeep__due__lt=today(now))


class StandingFilter(admin.SimpleListFilter):
    """Translations by how they stand to their original."""

    title = _("translation")
    parameter_name = "translation"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(stands.value, label) for stands, label in FRESHNESS_LABELS.items()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        try:
            wanted = Freshness(self.value() or "")
        except ValueError:
            return queryset
        catch_up(timezone.now())
        return queryset.filter(standing(wanted))


@admin.register(Translation)
class TranslationAdmin(DocumentAdmin):
    """The texts, a row for each article and language."""

    list_display = ("title", "__str__", "live_version", "work", "standing", "due", "live_since")
    list_display_links = ("title", "__str__")
    list_filter = ("language", StandingFilter, OverdueFilter, "article__owner", "article__topic", "article__path")
    list_select_related = ("article",)
    ordering = ("article__order", "article__slug", "-language")  # along the shelves, for which there is an index
    search_fields = ("article__slug",)
    search_help_text = _("The first of an address, words that readers search for, or words of a draft.")
    kind = Kind.ARTICLE
    more_tools: list[Any] = []
    finds: list[Callable[[str, datetime], set[int]]] = []
    """How rooms find texts (their keys) by words that know more of words than this one."""

    can_preview = True

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # every article has a text in each language from the beginning

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(article__binned_at=None)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """By the beginning of an article's slug, by what readers would find, by the words of what is at work.

        Nothing of it reads all texts.
        """
        if not search_term.strip():
            return queryset, False
        now = timezone.now()
        found = {pk for finds in self.finds for pk in finds(search_term, now)}
        named = Article.objects.filter(slug__startswith=search_term.strip())[:MOST_LISTED]
        found |= {*Translation.objects.filter(article__in=[each.pk for each in named]).values_list("pk", flat=True)}
        at_work = Revision.objects.open().filter(body__icontains=search_term)[:MOST_LISTED]
        found |= {*at_work.values_list("document", flat=True)}
        return queryset.filter(pk__in=found), False

    def prepare(self, rows: list[Any]) -> None:
        """How each stands to its original, and when it is due to be checked."""
        now = timezone.now()
        stands, looked = standings(now, {text.article_id for text in rows}), checked(now, [text.pk for text in rows])
        for text in rows:
            text.stands, text.checked = stands.get(text.pk), looked.get(text.pk)

    @admin.display(description=_("Translation"))
    def standing(self, document: Document) -> str:
        """How it stands to its original."""
        stands: Freshness | None = document.stands  # type: ignore[attr-defined] # see prepare
        return str(FRESHNESS_LABELS[stands]) if stands else "–"

    @admin.display(description=_("check due"))
    def due(self, document: Document) -> date | None:
        """By when somebody looks whether it is still right."""
        looked: Checked | None = document.checked  # type: ignore[attr-defined] # see prepare
        return looked.due if looked else None

    @admin.display(description=_("Title"))
    def title(self, document: Document) -> str:
        """The title that readers see, else that of what is being written."""
        live = [change.revision for change in list(document.live_changes.all())[:1] if change.revision]
        newest = next(iter([*live, *document.at_work]), None)  # type: ignore[attr-defined] # prefetched
        return str(newest.body.get("title", "")) if newest else ""

    def forms_for(self, body: dict[str, Any], data: Any = None) -> Forms:
        initial = {
            **{key: body.get(key, "") for key in ("title", "summary", "text")},
            **{f"glance_{key}": (body.get("at_a_glance") or {}).get(key, "") for key in GLANCE},
            "questions": "\n".join(body.get("questions") or []),
            "sources": "\n".join(body.get("sources") or []),
            "checked_on": body.get("checked_on") or timezone.localdate(),
        }
        return (
            TextForm(data, initial=initial),
            StepFormSet(data, initial=None if data else body.get("steps") or [], prefix="steps"),
        )

    def body_from(self, forms: Forms, body: dict[str, Any]) -> dict[str, Any]:
        words, steps = forms
        typed = words.cleaned_data
        glance = {key: _typed(typed[f"glance_{key}"]) for key in GLANCE}
        written: dict[str, Any] = {
            **body,
            **{key: _typed(typed[key]) for key in ("title", "summary", "text")},
            "at_a_glance": glance if any(glance.values()) else None,
            "steps": [_step(row) for row in in_order(steps)],
            "questions": _lines(typed["questions"]),
            "sources": _lines(typed["sources"]),
            "checked_on": typed["checked_on"].isoformat(),
        }
        return {key: value for key, value in written.items() if value or key == "text"}

    def passages(self, body: dict[str, Any], at: datetime) -> list[tuple[str, Words]]:
        try:
            text = read_text(body)
        except Refused:
            return [(key, str(value)) for key, value in body.items()]
        return [
            *text.passages(),
            ("steps", {step.key: step.key for step in text.steps}),
            *((f"steps.{step.key}.drawing", step.drawing) for step in text.steps if step.drawing),
            *((f"steps.{step.key}.picture", step.picture) for step in text.steps if step.picture),
            *((f"steps.{step.key}.alt", step.alt) for step in text.steps if step.alt),
            ("facts", {key: key for key in sorted(used_facts(text))}),
            ("questions", "\n".join(text.questions)),
            ("sources", "\n".join(text.sources)),
            ("checked_on", text.checked_on.isoformat()),
        ]

    def rendered(self, revision: Revision, at: datetime) -> list[tuple[str, Words]]:
        try:
            return list(ArticlePage(Reading.of(revision), sheet_at(at)).plain_passages())
        except Refused:
            return []

    def differences(self, old: Revision | None, new: Revision | None, at: datetime) -> dict[str, Any]:
        """With the pictures that steps show now and did not show before: whoever reviews one looks at it."""
        before, after = (_pictures(revision) for revision in (old, new))
        changed = {step: key for step, key in after.items() if before.get(step) != key}
        there = Picture.objects.prefetch_related("renditions").in_bulk([*changed.values()], field_name="key")
        pictures = [(self.place(f"steps.{step}"), there[key]) for step, key in changed.items() if key in there]
        return {**super().differences(old, new, at), "pictures": pictures}

    def original(self, document: Document) -> Document | None:
        return original_of(document)

    def place(self, where: str) -> str:
        named = place(where)
        return named if named != where else super().place(where)

    def retiring_form(self, document: Document, sent: Any) -> forms.Form:
        return RetiringArticleForm(sent, article=Article.objects.get(translations=document.pk))

    def retired(self, change: LiveChange, asked: dict[str, Any]) -> None:
        if asked["instead"]:
            Retirement.objects.create(change=change, instead=asked["instead"])

    def used_by(self, document: Document) -> list[str]:
        article = Article.objects.get(translations=document.pk)
        now = timezone.now()
        uses = Reference.objects.in_use(now).to_article(article.slugs_at(now)).outside(document)
        near = uses.filter(revision__document__language__in=(document.language, ""))
        links = [f"{use.text} ({use.revision})" for use in near]
        return list(dict.fromkeys([*links, *led_by(article, document.language, now)]))

    def tools(self, document: Document) -> list[tuple[str, str]]:
        live = document.revisions.live(timezone.now()).exists()
        tools = [(gettext("Still correct"), self.url("verify", document))] if live else []
        if document.revisions.open().exists():
            tools.append((gettext("Share"), self.url("share", document)))
        return tools

    def get_urls(self) -> Any:
        verify_view = self.admin_site.admin_view(self.verify_view)
        share_view = self.admin_site.admin_view(self.share_view)
        return [
            path("<key:pk>/verify/", verify_view, name="articles_translation_verify"),
            path("<key:pk>/share/", share_view, name="articles_translation_share"),
            *super().get_urls(),
        ]

    def verify_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say that what readers see is still right."""
        document = self._document(request, pk)
        text = Translation.objects.get(pk=document.pk)

        def act(somebody: User, asked: dict[str, Any]) -> str:
            verify(text, by=somebody, now=timezone.now(), **asked)
            return gettext("Noted: it is still correct. Readers see today as the day of the last check.")

        context: dict[str, Any] = {
            "title": gettext("Is everything in it still correct?"),
            "button": gettext("Yes, still correct"),
        }
        context["looked"] = text.verifications.select_related("by", "revision")[:20]
        live = document.revisions.live(timezone.now()).first()
        form = VerifyingForm(request.POST or None, initial={"seen": live.pk if live else 0})
        return ask(self, request, document, form, act, context)

    def share_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make a link to what is being written, or revoke one."""
        document, now = self._document(request, pk), timezone.now()
        shares = Share.objects.filter(revision__document=document).select_related("revision", "by")
        form = SharingForm(request.POST or None, revisions=document.revisions.open().select_related("author"))
        if "_revoke" in request.POST:
            for revoked in shares.filter(pk=number(request.POST["_revoke"]), revoked_at=None):
                revoked.revoked_at = now
                revoked.save(update_fields=["revoked_at"])
            return HttpResponseRedirect(self.url("share", document))
        if request.method == "POST" and form.is_valid():
            somebody: User = request.user  # type: ignore[assignment] # signed in, see admin_view
            share(form.cleaned_data["revision"], by=somebody, days=form.cleaned_data["days"], now=now)
            return HttpResponseRedirect(self.url("share", document))
        rows = [(each, request.build_absolute_uri(link(each)), is_open(each, now)) for each in shares]
        context = {"form": form, "shares": rows, "title": gettext("Share a draft")}
        return self.render(request, document, "share", context)

    def preview(self, request: HttpRequest, revision: Revision) -> HttpResponse:
        translation = revision.document.translation
        with override(translation.language):
            try:
                return preview(request, revision)
            except Refused as refused:
                return HttpResponse(str(refused), content_type="text/plain; charset=utf-8")

    def about(self, document: Document, body: dict[str, Any]) -> dict[str, Any]:
        sheet = sheet_at(timezone.now())
        return {"known_facts": [(fact.key, fact.value) for fact in sheet]}


def _pictures(revision: Revision | None) -> dict[str, str]:
    """The picture of each step that has one."""
    steps = (revision.body.get("steps") or []) if revision else []
    return {str(step.get("key")): str(step["picture"]) for step in steps if step.get("picture")}


def _lines(typed: str) -> list[str]:
    return [line.strip() for line in typed.splitlines() if line.strip()]


def _step(row: dict[str, Any]) -> dict[str, str]:
    words = {key: _typed(row[key]) for key in ("key", "title", "text", "see", "if_not", "drawing", "picture", "alt")}
    return {key: value for key, value in words.items() if value}


def _typed(text: str) -> str:
    """Browsers send line ends as CR LF; the text has LF."""
    return text.replace("\r\n", "\n").strip()
