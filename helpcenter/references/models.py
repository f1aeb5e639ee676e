"""Where things are used: one table of what every text, flow and fact sheet points at."""

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from django.core.validators import RegexValidator
from django.db import connection, models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from helpcenter.publishing.models import OPEN, Document, LiveChange, Revision


class Target(models.TextChoices):
    """What is pointed at, and how `target` names it."""

    FACT = "fact", _("fact")  # refund.images
    ARTICLE = "article", _("article")  # cancel-web, cancel-web#no-plan
    STEP = "step", _("step")  # cancel-web/sign-in
    PICTURE = "picture", _("picture")  # cancel-button-2026
    OUTBOUND = "outbound", _("outbound link")  # https://docs.midjourney.com/…


def _is_live(at: datetime) -> Q:
    newest = LiveChange.objects.up_to(at).filter(document=OuterRef("revision__document"))
    return Q(revision=Subquery(newest.values("revision")[:1]))


class ReferenceQuerySet(models.QuerySet["Reference"]):
    """Questions about references. Old versions point at much that is gone; only what counts now is asked for."""

    def in_use(self, at: datetime) -> Self:
        """Of what readers see at that instant, what is planned, what is being written; not of what is in the bin."""
        planned = LiveChange.objects.filter(revision=OuterRef("revision"), at__gt=at)
        return self.filter(  # asked of each row, so that who wants a page of them reads no more than it
            _is_live(at) | Q(Exists(planned)) | Q(revision__state__in=OPEN),
            revision__document__translation__article__binned_at=None,
        ).select_related("revision__document__translation__article")

    def live(self, at: datetime) -> Self:
        """Of what readers see at that instant."""
        return self.filter(_is_live(at))

    def targets(self, kind: Target) -> set[str]:
        """Everything of a kind that any version points at: from one to the next along the index, however many do."""
        table = self.model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(
                f"""WITH RECURSIVE found (target) AS (
                    SELECT min(target) FROM {table} WHERE kind = %s
                    UNION ALL
                    SELECT (SELECT min(target) FROM {table} WHERE kind = %s AND target > found.target)
                    FROM found WHERE found.target IS NOT NULL
                ) SELECT target FROM found WHERE target IS NOT NULL""",  # noqa: S608
                [kind.value, kind.value],
            )
            return {target for (target,) in cursor.fetchall()}

    def to(self, kind: Target, *targets: str) -> Self:
        """To any of these."""
        return self.filter(kind=kind, target__in=targets)

    def to_article(self, slugs: Iterable[str]) -> Self:
        """To an article, by any of its slugs, or to a part of it."""
        within = Q(pk__in=[])
        for slug in slugs:
            within |= Q(target=slug) | Q(target__startswith=f"{slug}#") | Q(target__startswith=f"{slug}/")
        return self.filter(within, kind__in=(Target.ARTICLE, Target.STEP))

    def outside(self, document: Document) -> Self:
        """From other documents than this one."""
        return self.exclude(revision__document=document.pk)


class Reference(models.Model):
    """A revision points at something. Derived from its body whenever that is saved."""

    revision = models.ForeignKey(
        Revision, models.CASCADE, related_name="references", verbose_name=_("revision"), editable=False
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Target, editable=False)
    target = models.CharField(_("points at"), max_length=500, editable=False)
    where = models.CharField(_("in"), max_length=200, editable=False)
    leads_nowhere = models.BooleanField(default=False, editable=False)  # derived: articles/upkeep.py

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("reference")
        verbose_name_plural = _("where used")
        ordering = ["kind", "target", "revision"]
        indexes = [
            models.Index(fields=["kind", "target", "revision"]),  # in the order of the list, a page without the others
            models.Index(fields=["id"], condition=Q(leads_nowhere=True), name="references_that_lead_nowhere"),
        ]

    def __str__(self) -> str:
        return f"{self.text} · {self.where} → {self.target}"

    @property
    def text(self) -> str:
        """The document that points, as editors know it."""
        document = self.revision.document
        return str(getattr(document, "translation", document))


class OutboundHost(models.Model):
    """A host that texts may link to. Administrators keep the list."""

    host = models.CharField(
        _("host"),
        max_length=253,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9-]+(\.[a-z0-9-]+)+\Z")],
        help_text=_("As it stands in addresses, such as docs.midjourney.com."),
    )
    reason = models.CharField(_("reason"), max_length=300, help_text=_("Why readers may be sent there."))

    class Meta:
        verbose_name = _("outbound host")
        verbose_name_plural = _("outbound hosts")
        ordering = ["host"]

    def __str__(self) -> str:
        return self.host
