"""What waits at the desk of what readers searched: what several looked for and nobody found."""

from datetime import datetime

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from helpcenter.publishing.desk.lists import DeskList, Row, day_and_time, register
from helpcenter.search.models import Question

OFTEN = 2
"""What was asked less often than this is no more than a slip of somebody's."""


def asked(question: Question) -> dict[str, str]:
    """A question as the forms that repair it are filled in."""
    return {"language": question.language, "question": question.asked_as}


def synonyms_for(question: Question) -> str:
    """The address of a form for synonyms, filled in with a question as the first of its words and as what to try."""
    filled = {**asked(question), "words": f"{question.asked_as}\n"}
    return f"{reverse('admin:search_synonym_add')}?{urlencode(filled)}"


def _in_vain(somebody: User, now: datetime) -> list[Row]:
    return [
        Row(
            [each.asked_as, each.get_language_display(), str(each.times), day_and_time(each.last_asked)],
            synonyms_for(each),
        )
        for each in Question.objects.filter(found=0, times__gte=OFTEN)
    ]


def add_to_the_desk() -> None:
    """Put the list on the desk."""
    columns = (_("question"), _("language"), _("times"), _("last asked"))
    register(DeskList("searches", _("Searched again and again, nothing found"), columns, _in_vain))
