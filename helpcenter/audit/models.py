"""Who did what at the desk, when, and what was there before and after. The list only grows (triggers hold it)."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LONGEST_NAME = 200


class Act(models.TextChoices):
    """What was done."""

    ADD = "add", _("added")
    CHANGE = "change", _("changed")
    DELETE = "delete", _("deleted")
    SIGN_IN = "sign-in", _("signed in")
    SIGN_OUT = "sign-out", _("signed out")
    REFUSED = "refused", _("sign-in refused")
    LOCKED_OUT = "locked-out", _("locked out")
    SIGNED_OUT = "ended", _("sessions ended")
    ONE_ENDED = "one-ended", _("one session ended")


class Entry(models.Model):
    """One row that somebody at the desk has written, or one sign-in.

    What is said of a revision (who submitted, approved, published it) is its list of events, which only grows as
    well; it is not said here again.
    """

    at = models.DateTimeField(_("when"), default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    act = models.CharField(_("what happened"), max_length=10, choices=Act)
    kind = models.CharField(_("kind"), max_length=60)
    key = models.CharField(_("number"), max_length=40, blank=True)
    name = models.CharField(_("what it is called"), max_length=LONGEST_NAME, blank=True)
    changes = models.JSONField(_("before and after"), default=dict, encoder=DjangoJSONEncoder)
    page = models.CharField(_("page"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("entry of the audit")
        verbose_name_plural = _("audit")
        ordering = ["-pk"]
        default_permissions = ("view",)
        indexes = [models.Index(fields=["at"]), models.Index(fields=["kind", "key"])]

    def __str__(self) -> str:
        return f"{self.get_act_display()}: {self.name or self.kind}"
