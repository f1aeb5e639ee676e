"""What readers say of a version: whether it helped, why not, and in their words. Nothing says who they are."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from helpcenter.publishing.models import Revision


class Reason(models.TextChoices):
    """Why it did not help."""

    DIFFERENT = "different", _("What I see is different")
    UNCLEAR = "unclear", _("I do not understand it")
    MISSING = "missing", _("Something is missing")
    OTHER_CASE = "other-case", _("It is not about my case")


MOST_LETTERS = 1000


class Vote(models.Model):
    """One reader's answer about one version.

    `voter` and `network` are hashes with a key of that day: they tell that two answers of a day come from one place,
    never from which, and are forgotten on the next day.
    """

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="votes", verbose_name=_("version"))
    helped = models.BooleanField(_("helped"))
    reason = models.CharField(_("reason"), max_length=12, choices=Reason, blank=True)
    comment = models.TextField(_("comment"), max_length=MOST_LETTERS, blank=True)
    seen_to = models.BooleanField(_("seen to"), default=False)
    at = models.DateTimeField(_("when"))
    voter = models.CharField(max_length=32, blank=True, editable=False)
    network = models.CharField(max_length=32, blank=True, editable=False)

    class Meta:
        verbose_name = _("reader's answer")
        verbose_name_plural = _("readers' answers")
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "voter"], condition=~models.Q(voter=""), name="one_answer_of_a_reader_a_day"
            )
        ]
        # Of today's answers only: every answer asks for them, however many there are from before.
        indexes = [
            models.Index(fields=["network"], condition=~models.Q(network=""), name="answers_of_a_network_today"),
            models.Index(fields=["at"], condition=~models.Q(voter=""), name="answers_not_yet_forgotten"),
            models.Index(
                fields=["-at"], condition=~models.Q(comment="") & models.Q(seen_to=False), name="comments_unseen"
            ),
        ]

    def __str__(self) -> str:
        return str(_("helped") if self.helped else _("did not help"))
