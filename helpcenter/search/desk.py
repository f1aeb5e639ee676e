"""The desk's share of the search: what several readers looked for and nobody found; and how texts are found there."""

from datetime import datetime

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from articles.admin.texts import TranslationAdmin
from helpcenter.facts.sheets import languages
from helpcenter.publishing.desk.lists import DeskList, Row, day_and_time, register
from helpcenter.publishing.models import Revision
from helpcenter.search.asking import cleaned, search
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


def texts_that_answer(typed: str, now: datetime) -> set[int]:
    """The texts (by key) that readers of each language would find. To read all texts took the longer the more."""
    found = (search(cleaned(typed), language, now) for language in languages())
    hits = [hit.entry.revision_id for each in found for hit in each.hits]
    return set(Revision.objects.filter(pk__in=hits).values_list("document", flat=True))


def add_to_the_desk() -> None:
    """Put the list on the desk, and let its list of texts find by readers' index."""
    TranslationAdmin.finds.append(texts_that_answer)
    columns = (_("question"), _("language"), _("times"), _("last asked"))
    register(DeskList("searches", _("Searched again and again, nothing found"), columns, _in_vain))
