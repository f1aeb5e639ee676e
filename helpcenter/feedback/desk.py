"""What waits at the desk of what readers said: comments that nobody has seen to."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from helpcenter.feedback.models import Vote
from helpcenter.publishing.desk.lists import DeskList, Row, day_and_time, names, register


def unseen() -> QuerySet[Vote]:
    """Comments that nobody has seen to, newest first."""
    return Vote.objects.exclude(comment="").filter(seen_to=False)


def _comments(somebody: User, now: datetime) -> QuerySet[Vote]:
    return unseen().select_related("revision__document__translation__article")


def _as_said(said: Sequence[Vote], somebody: User, now: datetime) -> list[Row]:
    called = names((each.revision.document for each in said), now)
    return [
        Row(
            [
                called[each.revision.document_id],
                str(each.revision),
                str(each),
                each.comment,
                day_and_time(each.at),
            ],
            reverse("admin:feedback_vote_text", args=[each.revision.document_id]),
        )
        for each in said
    ]


def add_to_the_desk() -> None:
    """Put the list on the desk."""
    columns = (_("Text"), _("version"), _("helped"), _("comment"), _("when"))
    register(DeskList("comments", _("Readers' comments"), columns, _comments, _as_said))
