"""Articles at the editors' desk: a form for the words, a row per step, preview on the reader's page."""

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from articles.history import used_facts
from articles.models import Article, MissingPage, Picture, Redirect, Retirement, Share, Translation
from articles.page import ArticlePage
from articles.pictures import Encoded, encode
from articles.reading import Reading
from articles.redirects import rename
from articles.sharing import is_open, link
from articles.steps import DRAWINGS, KEY
from articles.texts import GLANCE, read_text
from articles.translating import begin_in_all_languages, original_of, standings
from articles.verifying import Checked, checked, overdue, verify
from articles.views import show
from articles.wording import FIELD_LABELS, FRESHNESS_LABELS, GLANCE_LABELS, STEP_LABELS, place
from helpcenter.domain.findings import Refused
from helpcenter.domain.freshness import Freshness
from helpcenter.domain.review import Role
from helpcenter.facts.sheets import languages, sheet_at
from helpcenter.publishing import verbs
from helpcenter.publishing.admin import DocumentAdmin, Forms, ForTheDesk
from helpcenter.publishing.comparing import Words
from helpcenter.publishing.desk.forms import RetiringForm, in_order, line, number
from helpcenter.publishing.desk.planning import ask
from helpcenter.publishing.models import Document, Kind, LiveChange, Revision
from helpcenter.references.models import Reference, Target

KEY_MALFORMED = _("Lower-case letters, digits and hyphens only, such as open-page.")


def area(rows: int, **kwargs: Any) -> forms.CharField:
    """A field for a longer text."""
    return forms.CharField(widget=forms.Textarea(attrs={"rows": rows, "class": "vLargeTextField"}), **kwargs)


class TextForm(forms.Form):
    """The words of an article but for its steps."""

    title = forms.CharField(
        label=FIELD_LABELS["title"], max_length=120, widget=forms.TextInput(attrs={"class": "vTextField"})
    )
    summary = area(3, label=FIELD_LABELS["summary"], help_text=_("The answer first, in two or three sentences."))
    text = area(
        24,
        label=FIELD_LABELS["text"],
        required=False,
        help_text=_(
            "Markdown. Above each heading {#its-id} on a line of its own, the same in every language. "
            "Facts by key: {{refund.gpu_minutes}}. Links: [words](cancel-email#no-mail), [words](wizard)."
        ),
    )
    sources = area(
        4, label=FIELD_LABELS["sources"], help_text=_("One on each line: the page, its site, who read it when.")
    )
    checked_on = forms.DateField(
        label=FIELD_LABELS["checked_on"], widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key in GLANCE:
            self.fields[f"glance_{key}"] = area(2, label=GLANCE_LABELS[key], required=False)
        self.order_fields(["title", "summary", *(f"glance_{key}" for key in GLANCE)])


class StepForm(forms.Form):
    """One step. Its key stands in the wizard's addresses: it stays when the words change."""

    key = forms.RegexField(
        rf"^{KEY.pattern}\Z",
        label=STEP_LABELS["key"],
        help_text=_("Stays the same for ever, in every language."),
        error_messages={"invalid": KEY_MALFORMED},
    )
    title = forms.CharField(label=STEP_LABELS["title"], widget=forms.TextInput(attrs={"class": "vTextField"}))
    text = area(3, label=STEP_LABELS["text"])
    see = area(2, label=STEP_LABELS["see"])
    if_not = area(3, label=STEP_LABELS["if_not"])
    drawing = forms.ChoiceField(
        label=STEP_LABELS["drawing"], required=False, choices=[("", "–"), *((name, name) for name in DRAWINGS)]
    )
    picture = forms.ChoiceField(label=STEP_LABELS["picture"], required=False)
    alt = forms.CharField(
        label=STEP_LABELS["alt"], required=False, widget=forms.TextInput(attrs={"class": "vTextField"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keys = Picture.objects.values_list("key", flat=True)
        self.fields["picture"].choices = [("", "–"), *((key, key) for key in keys)]  # type: ignore[attr-defined]


class PictureForm(forms.ModelForm):
    """A picture to upload."""

    file = forms.FileField(
        label=_("File"), help_text=_("PNG, JPEG, WebP or AVIF, up to 10 MB. Where it was taken is not kept.")
    )

    class Meta:
        model = Picture
        fields = ("key",)

    def clean_file(self) -> list[Encoded]:
        """Its sizes; what is wrong with it stands beside the field."""
        file = self.cleaned_data["file"]
        return encode(file, file.size)


class VerifyingForm(forms.Form):
    """What is said when something is still right."""

    note = line(label=_("Note"), required=False, help_text=_("For the desk: what did you compare it with?"))


class SharingForm(forms.Form):
    """What is asked before a draft is shown to somebody without an account."""

    revision = forms.ModelChoiceField(Revision.objects.none(), label=_("Text"), empty_label=None)
    days = forms.IntegerField(
        label=_("Days"), min_value=1, max_value=30, initial=7, help_text=_("After that the link shows nothing.")
    )

    def __init__(self, *args: Any, revisions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["revision"].queryset = revisions  # type: ignore[attr-defined]


class RetiringArticleForm(RetiringForm):
    """What is asked before an article is taken down."""

    instead = forms.ModelChoiceField(
        Article.objects.none(),
        label=_("Send readers to"),
        required=False,
        empty_label=_("nothing: they are told that it is gone"),
    )
    field_order = ("note", "instead", "at", "zone")

    def __init__(self, *args: Any, article: Article, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["instead"].queryset = Article.objects.exclude(pk=article.pk)  # type: ignore[attr-defined]


StepFormSet = forms.formset_factory(StepForm, extra=1, can_order=True, can_delete=True)


@admin.register(Article)
class ArticleAdmin(ForTheDesk):
    """The topics: address, shelf, path."""

    list_display = ("slug", "topic", "path", "owner", "check_every", "order")
    list_filter = ("topic", "path")
    search_fields = ("slug",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            rename(obj, obj.slug, now=timezone.now())
        else:
            super().save_model(request, obj, form, change)
        begin_in_all_languages(obj)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """A new article has no words yet: go on to write the original."""
        original = obj.translations.get(language=languages()[0])
        return HttpResponseRedirect(reverse("admin:articles_translation_change", args=[original.pk]))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """An address that readers know is changed by publishers; the one before it keeps leading there."""
        seen = obj and Revision.objects.filter(document__translation__article=obj, number__isnull=False).exists()
        fixed = seen and Role.PUBLISHER not in verbs.roles(request.user)  # type: ignore[arg-type] # signed in
        return (*(("slug",) if fixed else ()), "before", "used")

    @admin.display(description=_("former addresses"))
    def before(self, article: Article) -> str:
        """The slugs that lead here, too."""
        return ", ".join(article.slugs[1:]) if article.pk else "–"

    @admin.display(description=_("used in"))
    def used(self, article: Article) -> str:
        """What points here, and would take one step more if the address changed."""
        uses = Reference.objects.in_use(timezone.now()).to_article(article.slugs) if article.pk else ()
        return ", ".join(dict.fromkeys(use.text for use in uses)) or "–"

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.name == "slug":
            field.error_messages["invalid"] = KEY_MALFORMED
        return field


class OverdueFilter(admin.SimpleListFilter):
    """Texts that should have been checked by now."""

    title = _("check")
    parameter_name = "check"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("overdue", _("overdue"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(pk__in=overdue(timezone.now())) if self.value() else queryset


class StandingFilter(admin.SimpleListFilter):
    """Translations by how they stand to their original."""

    title = _("translation")
    parameter_name = "translation"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(stands.value, label) for stands, label in FRESHNESS_LABELS.items()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() is None:
            return queryset
        stands = standings(timezone.now())
        return queryset.filter(pk__in=[pk for pk, freshness in stands.items() if freshness == self.value()])


@admin.register(Translation)
class TranslationAdmin(DocumentAdmin):
    """The texts, a row for each article and language."""

    list_display = ("__str__", "title", "live_version", "live_since", "standing", "due", "work")
    list_filter = ("language", StandingFilter, OverdueFilter, "article__owner", "article__topic", "article__path")
    list_select_related = ("article",)
    search_fields = ("article__slug", "revisions__body")
    kind = Kind.ARTICLE
    can_preview = True

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # every article has a text in each language from the beginning

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
            "sources": [line.strip() for line in typed["sources"].splitlines() if line.strip()],
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
            ("sources", "\n".join(text.sources)),
            ("checked_on", text.checked_on.isoformat()),
        ]

    def rendered(self, revision: Revision, at: datetime) -> list[tuple[str, Words]]:
        try:
            return list(ArticlePage(Reading.of(revision), sheet_at(at)).plain_passages())
        except Refused:
            return []

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
        slugs = Article.objects.get(translations=document.pk).slugs
        uses = Reference.objects.in_use(timezone.now()).to_article(slugs).outside(document)
        near = uses.filter(revision__document__language__in=(document.language, ""))
        return list(dict.fromkeys(f"{use.text} ({use.revision})" for use in near))

    def tools(self, document: Document) -> list[tuple[str, str]]:
        return [
            (gettext("Still correct"), self.url("verify", document)),
            (gettext("Share"), self.url("share", document)),
        ]

    def get_urls(self) -> Any:
        verify_view = self.admin_site.admin_view(self.verify_view)
        share_view = self.admin_site.admin_view(self.share_view)
        return [
            path("<int:pk>/verify/", verify_view, name="articles_translation_verify"),
            path("<int:pk>/share/", share_view, name="articles_translation_share"),
            *super().get_urls(),
        ]

    def verify_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say that what readers see is still right."""
        document = self._document(request, pk)
        text = Translation.objects.get(pk=document.pk)

        def act(somebody: User, asked: dict[str, Any]) -> str:
            verify(text, by=somebody, now=timezone.now(), note=asked["note"])
            return gettext("Noted: it is still correct. Readers see today as the day of the last check.")

        context: dict[str, Any] = {
            "title": gettext("Is everything in it still correct?"),
            "button": gettext("Yes, still correct"),
        }
        context["looked"] = text.verifications.select_related("by", "revision")[:20]
        return ask(self, request, document, VerifyingForm(request.POST or None), act, context)

    def share_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make a link to what is being written, or revoke one."""
        document, now = self._document(request, pk), timezone.now()
        shares = Share.objects.filter(revision__document=document).select_related("revision", "by")
        form = SharingForm(request.POST or None, revisions=document.revisions.open())
        if "_revoke" in request.POST:
            shares.filter(pk=number(request.POST["_revoke"]), revoked_at=None).update(revoked_at=now)
            return HttpResponseRedirect(self.url("share", document))
        if request.method == "POST" and form.is_valid():
            expires = now + timedelta(days=form.cleaned_data["days"])
            revision = form.cleaned_data["revision"]
            somebody: User = request.user  # type: ignore[assignment] # signed in, see admin_view
            Share.objects.create(revision=revision, by=somebody, made_at=now, expires_at=expires)
            return HttpResponseRedirect(self.url("share", document))
        rows = [(each, request.build_absolute_uri(link(each)), is_open(each, now)) for each in shares]
        context = {"form": form, "shares": rows, "title": gettext("Share a draft")}
        return self.render(request, document, "share", context)

    def preview(self, request: HttpRequest, revision: Revision) -> HttpResponse:
        translation = revision.document.translation
        with override(translation.language):
            try:
                return show(request, Reading.of(revision), timezone.now(), preview=True)
            except Refused as refused:
                return HttpResponse(str(refused), content_type="text/plain; charset=utf-8")

    def about(self, document: Document, body: dict[str, Any]) -> dict[str, Any]:
        sheet = sheet_at(timezone.now())
        return {"known_facts": [(fact.key, fact.value) for fact in sheet]}


@admin.register(Picture)
class PictureAdmin(ForTheDesk):
    """Uploaded pictures. One that any version shows is not deleted."""

    form = PictureForm
    list_display = ("key", "thumbnail", "size", "used", "by", "at")
    search_fields = ("key",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("by").prefetch_related("renditions")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # another picture is another upload

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request) and (obj is None or not obj.is_used())

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("key", "thumbnail", "size", "used", "by", "at") if obj else ("key", "file")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.get_fields(request, obj) if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.by, obj.at = request.user, timezone.now()
        with transaction.atomic():
            obj.save()
            for each in form.cleaned_data["file"]:
                obj.renditions.create(width=each.width, height=each.height, digest=each.digest, content=each.content)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for each in queryset:
            if not each.is_used():
                each.delete()

    @admin.display(description=_("Picture"))
    def thumbnail(self, picture: Picture) -> str:
        """The smallest size."""
        smallest = picture.renditions.all()[0]
        return format_html('<img src="{}" width="120" alt="">', smallest.href)

    @admin.display(description=_("size"))
    def size(self, picture: Picture) -> str:
        """Width and height of the largest."""
        return f"{picture.largest.width} × {picture.largest.height}"

    @admin.display(description=_("used in"))
    def used(self, picture: Picture) -> str:
        """The texts that show it, of every version."""
        uses = Reference.objects.to(Target.PICTURE, picture.key).select_related(
            "revision__document__translation__article"
        )
        return ", ".join(dict.fromkeys(f"{use.text} ({use.revision})" for use in uses)) or "–"


@admin.register(Redirect)
class RedirectAdmin(ForTheDesk):
    """Addresses that lead somewhere although nothing is there. Kept by publishers."""

    list_display = ("path", "article")
    search_fields = ("path", "article__slug")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return Role.PUBLISHER in verbs.roles(request.user)  # type: ignore[arg-type] # signed in

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        MissingPage.objects.filter(path=obj.path).delete()


@admin.register(MissingPage)
class MissingPageAdmin(ForTheDesk):
    """What readers looked for and did not find, the most wanted first."""

    list_display = ("path", "times", "last_asked", "lead")
    list_display_links = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return Role.PUBLISHER in verbs.roles(request.user)  # type: ignore[arg-type] # signed in

    @admin.display(description="")
    def lead(self, missing: MissingPage) -> str:
        """To a redirect from here."""
        query = urlencode({"path": missing.path})
        return format_html(
            '<a href="{}?{}">{}</a>', reverse("admin:articles_redirect_add"), query, _("Make a redirect")
        )


def _step(row: dict[str, Any]) -> dict[str, str]:
    words = {key: _typed(row[key]) for key in ("key", "title", "text", "see", "if_not", "drawing", "picture", "alt")}
    return {key: value for key, value in words.items() if value}


def _typed(text: str) -> str:
    """Browsers send line ends as CR LF; the text has LF."""
    return text.replace("\r\n", "\n").strip()
