"""What waits at the desk about articles: what is overdue, what translators have to do, what leads to nothing."""

from collections.abc import Collection
from datetime import datetime

from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

from articles.dangling import dangling
from articles.models import Translation
from articles.translating import standings
from articles.verifying import checked
from articles.wording import FRESHNESS_LABELS
from helpcenter.domain.freshness import Freshness
from helpcenter.publishing.desk.lists import DeskList, Row, address, desk_of, names, register
from helpcenter.publishing.moments import today


def _overdue(somebody: User, now: datetime) -> list[Row]:
    late = {pk: each for pk, each in checked(now).items() if each.due < today(now)}
    texts = Translation.objects.filter(pk__in=late).select_related("article__owner")
    called = names(texts, now)
    return [
        Row(
            [
                called[text.pk],
                str(text.article.owner or "–"),
                late[text.pk].last.isoformat(),
                late[text.pk].due.isoformat(),
            ],
            address("verify", text),
        )
        for text in texts
    ]


def _standing(now: datetime, wanted: Collection[Freshness]) -> list[Row]:
    stands = {pk: each for pk, each in standings(now).items() if each in wanted}
    texts = Translation.objects.filter(pk__in=stands).select_related("article")
    called = names(texts, now)
    return [Row([called[text.pk], str(FRESHNESS_LABELS[stands[text.pk]])], address("change", text)) for text in texts]


def _behind(somebody: User, now: datetime) -> list[Row]:
    return _standing(now, (Freshness.BEHIND, Freshness.BADLY_BEHIND))


def _missing(somebody: User, now: datetime) -> list[Row]:
    return _standing(now, (Freshness.MISSING,))


def _dangling(somebody: User, now: datetime) -> list[Row]:
    links = list(dangling(now))
    called = names((each.revision.document for each in links), now)
    return [
        Row(
            [
                called[each.revision.document_id],
                str(each.revision),
                desk_of(each.revision.document).place(each.where),
                each.target,
            ],
            f"{address('change', each.revision.document)}?revision={each.revision_id}",
        )
        for each in links
    ]


def add_lists() -> None:
    """Put these lists on the desk."""
    text = _("Text")
    overdue = (text, _("owner"), _("Last checked"), _("check due"))
    register(DeskList("overdue", _("Overdue to be checked"), overdue, _overdue))
    register(DeskList("translations-behind", _("Translations behind"), (text, _("Translation")), _behind))
    register(DeskList("translations-missing", _("Translations missing"), (text, _("Translation")), _missing))
    register(DeskList("broken-links", _("Broken links"), (text, _("Version"), _("in"), _("points at")), _dangling))
