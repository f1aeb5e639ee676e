"""An article is a topic; what readers read of it is its translation, a versioned document in one language."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import ProtectedError, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from articles.addresses import ROOMS
from articles.querysets import ArticleQuerySet
from helpcenter.domain.paths import CancellationPath
from helpcenter.publishing.models import Document, Kind, LiveChange, Revision
from helpcenter.references.models import Reference, Target

PATH_LABELS = {
    CancellationPath.WEB: _("On the website"),
    CancellationPath.DISCORD: _("In Discord"),
    CancellationPath.EMAIL: _("From a billing email"),
}


def not_a_room(slug: str) -> None:
    """Refuse a slug under which a link would lead elsewhere."""
    if slug in ROOMS:
        raise ValidationError(_("In texts a link to “%s” leads elsewhere. Choose another.") % slug)


class Topic(models.TextChoices):
    """The shelf on which the list of articles shows it."""

    CANCEL = "cancel", pgettext_lazy("shelf of articles", "Cancel")
    REFUND = "refund", _("Refunds")
    TROUBLE = "trouble", _("Something is in the way")
    AFTER = "after", _("Afterwards")
    PLANS = "plans", _("Plans and billing")


class Article(models.Model):
    """One topic, whatever its language; has a slug and perhaps a cancellation path."""

    slug = models.SlugField(
        _("slug"),
        unique=True,
        validators=[not_a_room],
        help_text=_("Its address. Lower-case letters, digits and hyphens."),
    )
    topic = models.CharField(_("topic"), max_length=10, choices=Topic)
    path = models.CharField(
        _("cancellation path"),
        max_length=10,
        blank=True,
        choices=[(path.value, label) for path, label in PATH_LABELS.items()],
    )
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("owner"),
        help_text=_("Who sees to it that it stays right."),
    )
    check_every = models.PositiveSmallIntegerField(
        _("check every"),
        default=180,
        validators=[MinValueValidator(1), MaxValueValidator(3650)],
        help_text=_("Days after which somebody looks whether it is still right."),
    )
    binned_at = models.DateTimeField(_("in the bin since"), null=True, editable=False)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["order", "slug"]
        indexes = [
            models.Index(fields=["order", "slug"]),
            models.Index(fields=["topic", "order", "slug"]),
            models.Index(fields=["order", "slug"], condition=Q(path__gt=""), name="articles_of_a_path"),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def slugs(self) -> list[str]:
        """Its slug and those that it had before."""
        return list(dict.fromkeys([self.slug, *self.former_slugs.values_list("slug", flat=True)]))

    def slugs_at(self, at: datetime) -> list[str]:
        """Its slug and those of before under which readers find it at an instant."""
        led_to = Article.objects.led_to(at, self.slugs)
        return [slug for slug in self.slugs if led_to.get(slug) == self.slug]

    @property
    def first_slug(self) -> str:
        """The slug under which it was made."""
        former = self.former_slugs.first()
        return former.slug if former else self.slug

    def slug_at(self, at: datetime) -> str:
        """The slug that it had at an instant."""
        former = self.former_slugs.filter(until__gt=at).first()
        return former.slug if former else self.slug


class Translation(Document):
    """An article in one language: the document whose revisions readers read."""

    article = models.ForeignKey(Article, models.PROTECT, related_name="translations", verbose_name=_("article"))

    class Meta:
        verbose_name = _("article text")
        verbose_name_plural = _("article texts")
        ordering = ["article__order", "-language"]

    def __str__(self) -> str:
        return f"{self.article.slug} · {self.get_language_display()}"

    def clean(self) -> None:
        """An article has one text in each language."""
        others = Translation.objects.filter(article=self.article_id, language=self.language).exclude(pk=self.pk)
        if others.exists():
            raise ValidationError(_("This article already has a text in this language."))

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A translation is a document of kind article, always."""
        self.kind = Kind.ARTICLE
        super().save(*args, **kwargs)


class Verification(models.Model):
    """Somebody looked at what readers see and found it still right. Makes no version; the list only grows."""

    translation = models.ForeignKey(
        Translation, models.PROTECT, related_name="verifications", verbose_name=_("article text")
    )
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="+", verbose_name=_("revision"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"))
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.translation} @ {self.at:%Y-%m-%d}"


class Picture(models.Model):
    """An uploaded picture. It never changes: another one is another picture, and old versions keep theirs."""

    key = models.CharField(
        _("key"),
        max_length=50,
        unique=True,
        validators=[RegexValidator(r"^[a-z][a-z0-9-]*\Z", _("Lower-case letters, digits and hyphens only."))],
        help_text=_("Its name for the texts, such as cancel-button-2026."),
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["key"]

    def __str__(self) -> str:
        return self.key

    @property
    def largest(self) -> "Rendition":
        """What is shown where nothing smaller fits."""
        return list(self.renditions.all())[-1]

    @property
    def srcset(self) -> str:
        """Its sizes as a browser chooses among them."""
        return ", ".join(f"{each.href} {each.width}w" for each in self.renditions.all())

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete it, if nothing shows it. Raises ProtectedError."""
        if self.is_used():
            raise ProtectedError(f"{self.key} is shown", set(Reference.objects.to(Target.PICTURE, self.key)))
        return super().delete(*args, **kwargs)

    def is_used(self) -> bool:
        """Whether any version or draft shows it, those in the bin included."""
        return Reference.objects.to(Target.PICTURE, self.key).exists()


class Rendition(models.Model):
    """A picture in one size."""

    picture = models.ForeignKey(Picture, models.CASCADE, related_name="renditions")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    digest = models.CharField(max_length=16, db_index=True)
    content = models.BinaryField()

    class Meta:
        verbose_name = _("size of a picture")
        verbose_name_plural = _("sizes of pictures")
        ordering = ["width"]

    def __str__(self) -> str:
        return f"{self.picture} {self.width}"

    @property
    def href(self) -> str:
        """Its address, which is another one for other bytes."""
        return reverse("picture", args=[self.digest])


class Share(models.Model):
    """A link to a text that readers do not see, for somebody without an account, until it expires or is revoked."""

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="+", verbose_name=_("revision"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    words = models.CharField(_("fingerprint of the words"), max_length=64, default="", editable=False)
    made_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True)

    class Meta:
        verbose_name = _("shared draft")
        verbose_name_plural = _("shared drafts")
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.revision} → {self.expires_at:%Y-%m-%d}"


class FormerSlug(models.Model):
    """An address that an article had until then. Leads to the article that had it last: one step, no loop."""

    slug = models.SlugField(_("slug"))
    article = models.ForeignKey(
        Article, models.CASCADE, related_name="former_slugs", verbose_name=_("article"), editable=False
    )
    until = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("former address")
        verbose_name_plural = _("former addresses")
        ordering = ["until"]
        constraints = [models.UniqueConstraint(fields=["slug", "until"], name="one_article_has_a_slug_until_then")]

    def __str__(self) -> str:
        return self.slug


class Retirement(models.Model):
    """Where readers of a text that was taken down are sent; to nothing, if there is none."""

    change = models.OneToOneField(
        LiveChange, models.CASCADE, related_name="retirement", verbose_name=_("live change"), editable=False
    )
    instead = models.ForeignKey(Article, models.PROTECT, related_name="+", verbose_name=_("instead"))

    class Meta:
        verbose_name = _("retirement")
        verbose_name_plural = _("retirements")

    def __str__(self) -> str:
        return f"{self.change} → {self.instead}"


class Redirect(models.Model):
    """An address that readers ask for and that never was, or is no more: where it leads. A page that is there wins."""

    path = models.CharField(
        _("address"),
        max_length=200,
        unique=True,
        validators=[RegexValidator(r"^/(?!/)([^?#\x00-\x1f]*[^?#\s])?\Z")],
        help_text=_("From the first slash on, such as /en/how-to-cancel/."),
    )
    article = models.ForeignKey(
        Article,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("article"),
        help_text=_("Empty: readers are told that it is gone."),
    )
    binned_at = models.DateTimeField(_("in the bin since"), null=True, editable=False)

    class Meta:
        verbose_name = _("redirect")
        verbose_name_plural = _("redirects")
        ordering = ["path"]

    def __str__(self) -> str:
        return f"{self.path} → {self.article or _('gone')}"


class MissingPage(models.Model):
    """An address that readers asked for and did not find. Only the first few hundred are kept."""

    path = models.CharField(_("address"), max_length=200, unique=True, editable=False)
    times = models.PositiveIntegerField(_("times"), default=1, editable=False)
    last_asked = models.DateTimeField(_("last asked"), editable=False)

    class Meta:
        verbose_name = _("address not found")
        verbose_name_plural = _("addresses not found")
        ordering = ["-times", "path"]

    def __str__(self) -> str:
        return self.path


class Upkeep(models.Model):
    """What the desk's lists ask of a text, kept so that none of them reads all texts. Derived: articles/upkeep.py."""

    translation = models.OneToOneField(
        Translation, models.CASCADE, primary_key=True, related_name="upkeep", verbose_name=_("article text")
    )
    due = models.DateField(null=True)  # by when it is to be checked again; none for what readers do not see
    stands = models.CharField(max_length=12, blank=True)  # to its original; empty where there is nothing to do
    slugs = models.JSONField(default=list)  # under which readers find it
    parts = models.JSONField(default=list)  # of its page, as references name them: #id, /step

    class Meta:
        verbose_name = _("article text")
        verbose_name_plural = _("article texts")
        indexes = [
            models.Index(fields=["due"]),
            models.Index(fields=["stands", "translation"], condition=Q(stands__gt=""), name="texts_not_up_to_date"),
        ]

    def __str__(self) -> str:
        return str(self.translation)


class Touched(models.Model):
    """A document whose upkeep may have changed; none where it is what all texts share. Written by triggers alone."""

    document = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return str(self.document)


class Looked(models.Model):
    """Up to when the upkeep of all texts is known. One row; without it, all of it is found anew."""

    at = models.DateTimeField()
    shared = models.JSONField(default=list)  # what any text can point at: facts, pictures, hosts

    def __str__(self) -> str:
        return str(self.at)
