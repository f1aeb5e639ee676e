"""What waits at the desk about articles: what is overdue, what translators have to do, what leads to nothing."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from articles.models import Translation
from articles.upkeep import catch_up
from articles.verifying import checked
from articles.wording import FRESHNESS_LABELS
from helpcenter.domain.freshness import Freshness
from helpcenter.publishing.desk.lists import DeskList, Row, address, desk_of, names, register
from helpcenter.publishing.moments import today
from helpcenter.references.models import Reference


def _overdue(somebody: User, now: datetime) -> QuerySet[Translation]:
    catch_up(now)
    late = Translation.objects.filter(upkeep__due__lt=today(now)).order_by("upkeep__due", "pk")
    return late.select_related("article__owner")


def _when_due(texts: Sequence[Translation], somebody: User, now: datetime) -> list[Row]:
    called, late = names(texts, now), checked(now, [text.pk for text in texts])
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


def _behind(somebody: User, now: datetime) -> QuerySet[Translation]:
    return _standing(now, Freshness.BADLY_BEHIND, Freshness.BEHIND)


def _missing(somebody: User, now: datetime) -> QuerySet[Translation]:
    return _standing(now, Freshness.MISSING)


def _standing(now: datetime, *wanted: Freshness) -> QuerySet[Translation]:
    """The worst first, as it happens, in the order of their names."""
    catch_up(now)
    stand = Translation.objects.filter(upkeep__stands__gt="", upkeep__stands__in=wanted)
    return stand.order_by("upkeep__stands", "pk").select_related("article", "upkeep")


def _how_they_stand(texts: Sequence[Translation], somebody: User, now: datetime) -> list[Row]:
    called = names(texts, now)
    return [
        Row([called[text.pk], str(FRESHNESS_LABELS[Freshness(text.upkeep.stands)])], address("change", text))
        for text in texts
    ]


def _leading_nowhere(somebody: User, now: datetime) -> QuerySet[Reference]:
    catch_up(now)
    links = Reference.objects.filter(leads_nowhere=True).order_by("pk")
    return links.select_related("revision__document__translation__article").defer("revision__body")


def _where_they_stand(links: Sequence[Reference], somebody: User, now: datetime) -> list[Row]:
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
    stand = (text, _("Translation"))
    broken = (text, _("Version"), _("in"), _("points at"))
    register(DeskList("overdue", _("Overdue to be checked"), overdue, _overdue, _when_due))
    register(DeskList("translations-behind", _("Translations behind"), stand, _behind, _how_they_stand))
    register(DeskList("translations-missing", _("Translations missing"), stand, _missing, _how_they_stand))
    register(DeskList("broken-links", _("Broken links"), broken, _leading_nowhere, _where_they_stand))
