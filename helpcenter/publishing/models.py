"""Versioned documents: what was written (revisions), and what readers see from when on (live changes).

Own models, not a versioning library: django-reversion, django-simple-history and djangocms-versioning keep what was
saved, none keeps what was live, which is the question here. docs/decisions/0002-live-changes.md
"""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from helpcenter.domain.versions import Significance


class Kind(models.TextChoices):
    """What a document is; decides what its bodies look like and which checks stand before publishing."""

    ARTICLE = "article", _("article")
    FLOW = "flow", _("flow")
    FACTS = "facts", _("fact sheet")


class State(models.TextChoices):
    """A draft may be changed; what was published never again. Retired is not a state: the live changes say it."""

    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")


SIGNIFICANCE_LABELS = {
    Significance.TYPO: _("Typo: no reader or translator needs to know"),
    Significance.CONTENT: _("Content: something is said that was not, or differently"),
    Significance.MAJOR: _("Major: readers who followed the old text should read it again"),
}


class DocumentQuerySet(models.QuerySet["Document"]):
    """Questions about documents."""

    def in_language(self, language: str) -> Self:
        """Documents of which readers of that language see the text."""
        return self.filter(language=language)


class LiveChangeQuerySet(models.QuerySet["LiveChange"]):
    """Questions about the list of live changes."""

    def up_to(self, at: datetime) -> Self:
        """What has happened by that instant, newest first."""
        return self.filter(at__lte=at).order_by("-at")

    def next_after(self, at: datetime) -> datetime | None:
        """The instant of the next planned change of anything; until then, what is live stays as it is."""
        return self.filter(at__gt=at).order_by("at").values_list("at", flat=True).first()


class RevisionQuerySet(models.QuerySet["Revision"]):
    """Questions about revisions."""

    def live(self, at: datetime) -> Self:
        """What readers see at that instant, one revision per live document, each with `live_since`."""
        newest = LiveChange.objects.up_to(at).filter(document=OuterRef("document"))
        return self.annotate(
            live_revision=Subquery(newest.values("revision")[:1]),
            live_since=Subquery(newest.values("at")[:1]),
        ).filter(pk=F("live_revision"))

    def of_kind(self, kind: str) -> Self:
        """Revisions of articles, of the flow or of the fact sheet."""
        return self.filter(document__kind=kind)

    def seen_by(self, at: datetime) -> Self:
        """Revisions that readers have been shown by that instant, each with the instant it first was."""
        first = LiveChange.objects.filter(revision=OuterRef("pk"), at__lte=at).order_by("at")
        return self.annotate(first_live=Subquery(first.values("at")[:1])).filter(first_live__isnull=False)

    def newest_draft(self) -> "Revision | None":
        """The draft that an editor goes on with."""
        return self.filter(number__isnull=True).order_by("-written_at", "-pk").first()


class Document(models.Model):
    """Anything versioned: an article in one language, the wizard's flow, the fact sheet."""

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    language = models.CharField(_("language"), max_length=10, blank=True, choices=settings.LANGUAGES)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        permissions = [("publish_document", "Can publish and retire documents")]
        constraints = [
            models.UniqueConstraint(fields=["kind"], condition=~Q(kind=Kind.ARTICLE), name="one_flow_and_one_sheet")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.language}".strip()


class OfKind(models.Manager["Document"]):
    """The documents of one kind: kinds share a table, and each kind's desk shows its own."""

    def __init__(self, kind: Kind) -> None:
        super().__init__()
        self.kind = kind

    def get_queryset(self) -> models.QuerySet["Document"]:
        """Only these."""
        return super().get_queryset().filter(kind=self.kind)


class Revision(models.Model):
    """One state of a document. Numbered when it is published, and immutable from then on (a trigger holds it)."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="revisions", verbose_name=_("document"))
    number = models.PositiveIntegerField(_("number"), null=True, editable=False)
    body = models.JSONField(_("text"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    significance = models.CharField(
        _("significance"),
        max_length=10,
        choices=[(s.value, label) for s, label in SIGNIFICANCE_LABELS.items()],
        default=Significance.CONTENT.value,
    )
    note = models.CharField(_("change note"), max_length=300, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("author")
    )
    written_at = models.DateTimeField(_("written"), auto_now=True)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="one_revision_per_number"),
            models.CheckConstraint(
                condition=Q(state=State.DRAFT, number__isnull=True) | Q(state=State.PUBLISHED, number__isnull=False),
                name="published_is_numbered",
            ),
        ]

    def __str__(self) -> str:
        return _("version %s") % self.number if self.number else str(_("draft"))


class LiveChange(models.Model):
    """From `at` on, readers see `revision` of `document`; nothing, if it is null. The past is never edited."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="live_changes", verbose_name=_("document"))
    revision = models.ForeignKey(
        Revision, models.PROTECT, null=True, related_name="live_changes", verbose_name=_("revision")
    )
    at = models.DateTimeField(_("live from"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("publisher")
    )
    recorded_at = models.DateTimeField(_("recorded"))

    objects = LiveChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("live change")
        verbose_name_plural = _("live changes")
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["document", "at"], name="one_live_change_per_instant")]

    def __str__(self) -> str:
        return f"{self.document}: {self.revision or _('retired')} @ {self.at:%Y-%m-%d %H:%M}"
