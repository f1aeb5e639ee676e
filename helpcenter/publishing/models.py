"""Versioned documents: what was written (revisions), and what readers see from when on (live changes).

Own models, not a versioning library: django-reversion, django-simple-history and djangocms-versioning keep what was
saved, none keeps what was live, which is the question here. docs/decisions/0002-live-changes.md
"""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from helpcenter.domain.review import State, Verb
from helpcenter.domain.versions import Significance
from helpcenter.publishing.fields import BodyField


def languages_by_name() -> list[tuple[str, str]]:
    """The languages of the site. A function, so that another one needs no migration."""
    return list(settings.LANGUAGES)


class Kind(models.TextChoices):
    """What a document is; decides what its bodies look like and which checks stand before publishing."""

    ARTICLE = "article", _("article")
    FLOW = "flow", _("flow")
    FACTS = "facts", _("fact sheet")


STATE_LABELS = {
    State.DRAFT: _("draft"),
    State.IN_REVIEW: _("in review"),
    State.APPROVED: _("approved"),
    State.PUBLISHED: _("published"),
    State.DISCARDED: _("discarded"),
}

EVENT_LABELS = {
    Verb.SAVE: _("written"),
    Verb.SUBMIT: _("submitted for review"),
    Verb.TAKE_BACK: _("taken back"),
    Verb.SEND_BACK: _("sent back"),
    Verb.APPROVE: _("approved"),
    Verb.PUBLISH: _("published"),
    Verb.DISCARD: _("thrown away"),
    Verb.RESTORE: _("taken out of the bin"),
}

OPEN = (State.DRAFT, State.IN_REVIEW, State.APPROVED)
"""The states on the way to readers."""

SIGNIFICANCE_LABELS = {
    Significance.TYPO: _("Typo: no reader or translator needs to know"),
    Significance.CONTENT: _("Content: something is said that was not, or differently"),
    Significance.MAJOR: _("Major: readers who followed the old text should read it again"),
}


def kind_is(kind: str, document: str = "") -> Q:
    """The documents of a kind, or what belongs to one by way of `document__`.

    What is no article is also said to be none: among all the texts an index has the two that are something else.
    """
    found = Q(**{f"{document}kind": kind})
    return found if kind == Kind.ARTICLE else found & ~Q(**{f"{document}kind": Kind.ARTICLE})


class LiveChangeQuerySet(models.QuerySet["LiveChange"]):
    """Questions about the list of live changes."""

    def of_kind(self, kind: str) -> Self:
        """Changes of articles, of the flow or of the fact sheet."""
        return self.filter(kind_is(kind, "document__"))

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
        return self.filter(kind_is(kind, "document__"))

    def seen_by(self, at: datetime) -> Self:
        """Revisions that readers have been shown by that instant, each with the instant it first was."""
        first = LiveChange.objects.filter(revision=OuterRef("pk"), at__lte=at).order_by("at")
        return self.annotate(first_live=Subquery(first.values("at")[:1])).filter(first_live__isnull=False)

    def open(self) -> Self:
        """What is being worked on and no reader sees, newest first."""
        # None of it has a number yet: by that an index knows it among all that was ever published.
        return self.filter(number=None, state__in=OPEN).order_by("-written_at", "-pk")

    def newest_draft(self) -> "Revision | None":
        """The draft that was written last."""
        return self.open().filter(state=State.DRAFT).first()


class Document(models.Model):
    """Anything versioned: an article in one language, the wizard's flow, the fact sheet."""

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    language = models.CharField(_("language"), max_length=10, blank=True, choices=languages_by_name)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        default_permissions = ()
        permissions = [
            ("write_document", "Author: writes drafts and submits them"),
            ("review_document", "Reviewer: approves what somebody else wrote, or sends it back"),
            ("publish_document", "Publisher: publishes, plans and retires what is approved"),
        ]
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
        return super().get_queryset().filter(kind_is(self.kind))


class Revision(models.Model):
    """One state of a document. Numbered when it is published, and immutable from then on (a trigger holds it)."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="revisions", verbose_name=_("document"))
    number = models.PositiveIntegerField(_("number"), null=True, editable=False)
    base = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", verbose_name=_("made from"), editable=False
    )
    translated_from = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("translated from"),
        editable=False,
    )
    body = BodyField(_("text"))
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=[(state.value, label) for state, label in STATE_LABELS.items()],
        default=State.DRAFT.value,
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("asked to review")
    )
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
    written_at = models.DateTimeField(_("written"), default=timezone.now)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="one_revision_per_number"),
            models.CheckConstraint(
                condition=(Q(state=State.PUBLISHED.value) & Q(number__isnull=False))
                | (~Q(state=State.PUBLISHED.value) & Q(number__isnull=True)),
                name="published_is_numbered",
            ),
        ]
        indexes = [
            models.Index(fields=["-written_at", "-id"], condition=Q(number=None), name="revisions_at_work"),
        ]

    def __str__(self) -> str:
        return _("version %s") % self.number if self.number else str(self.get_state_display())

    @property
    def seen_as(self) -> str:
        """What somebody has before them: another one, and somebody has written on it or moved it on meanwhile."""
        return f"{self.pk}-{self.state}-{self.written_at.timestamp()}"


class Event(models.Model):
    """Somebody moved a revision on. The list only grows (a trigger holds it), so that who wrote it stays known."""

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="events", verbose_name=_("revision"))
    verb = models.CharField(
        _("what happened"), max_length=10, choices=[(verb.value, label) for verb, label in EVENT_LABELS.items()]
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"), default=timezone.now)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.get_verb_display()}: {self.revision}"


class Unsaved(models.Model):
    """What somebody has typed and not saved, as the browser sent it, so that a crash or a closed tab loses nothing."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="+", verbose_name=_("document"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("by"))
    tab = models.CharField(max_length=32)
    fields = models.JSONField(_("fields"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("typed and not saved")
        verbose_name_plural = _("typed and not saved")
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["document", "by", "tab"], name="one_unsaved_text_per_tab")]

    def __str__(self) -> str:
        return f"{self.document} @ {self.at:%Y-%m-%d %H:%M}"


class ReviewPolicy(models.Model):
    """How strict the desk is. One row; the database's triggers read it too."""

    four_eyes = models.BooleanField(
        _("four eyes"),
        default=True,
        help_text=_("Nobody approves what they wrote themselves, administrators included."),
    )

    class Meta:
        verbose_name = _("review policy")
        verbose_name_plural = _("review policy")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_review_policy")]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


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
    note = models.CharField(_("reason"), max_length=300, blank=True)
    ends = models.OneToOneField(
        "self", models.CASCADE, null=True, related_name="end", verbose_name=_("end of the plan"), editable=False
    )

    objects = LiveChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("live change")
        verbose_name_plural = _("live changes")
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["document", "at"], name="one_live_change_per_instant")]
        indexes = [models.Index(fields=["at"])]  # the next change of anything, and the newest

    def __str__(self) -> str:
        return f"{self.document}: {self.revision or _('retired')} @ {self.at:%Y-%m-%d %H:%M}"
