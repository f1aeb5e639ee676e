"""What waits at the desk, as lists: its first page shows how long each is. A room adds its own when it starts."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpcenter.domain.review import Role, State, Verb
from helpcenter.publishing.behind import courses
from helpcenter.publishing.models import (
    Document,
    Event,
    Kind,
    LiveChange,
    LiveChangeQuerySet,
    Revision,
    RevisionQuerySet,
)
from helpcenter.publishing.people import four_eyes, reviewers, roles

type Words = str | Promise

ALL = slice(None)


def in_words(rows: list["Row"], somebody: User, now: datetime) -> list["Row"]:
    """What is in words already: a list that is short whatever the site's size."""
    return rows


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that waits: the words of its columns, and where to see to it."""

    words: Sequence[str]
    href: str = ""


@dataclass(frozen=True, slots=True)
class DeskList:
    """A list with its name.

    `waiting` is what waits for somebody, a query where that grows with the site; `described` puts some of it into
    words, with as many questions to the database for a hundred as for one.
    """

    key: str
    label: Words
    columns: Sequence[Words]
    waiting: Callable[[User, datetime], QuerySet[Any] | list[Any]]
    described: Callable[[Any, User, datetime], list[Row]] = in_words

    def rows(self, somebody: User, now: datetime, which: slice = ALL) -> list[Row]:
        """All that waits in words, or a part of it."""
        return self.described(list(self.waiting(somebody, now)[which]), somebody, now)

    def count(self, somebody: User, now: datetime, most: int) -> int:
        """How much waits, as far as `most`: who has so much to do reads no number more closely."""
        found = self.waiting(somebody, now)[:most]
        return len(found) if isinstance(found, list) else found.count()


LISTS: dict[str, DeskList] = {}


def register(desk_list: DeskList) -> None:
    """Show a list on the desk, after those that are there."""
    LISTS[desk_list.key] = desk_list


def names(documents: Iterable[Document], now: datetime) -> dict[int, str]:
    """Documents as editors know them, by key: a text by the title that readers see, else by that of its last draft."""
    known = {each.pk: each for each in documents}
    texts = [key for key, each in known.items() if each.kind == Kind.ARTICLE]
    titles = _titles(Revision.objects.live(now).filter(document__in=texts))
    unseen = Revision.objects.filter(document__in=[key for key in texts if key not in titles])
    titles |= _titles(unseen.order_by("written_at"))
    return {
        key: f"{titles[key]} · {each.get_language_display()}" if key in titles else _address(each)
        for key, each in known.items()
    }


def _titles(revisions: RevisionQuerySet) -> dict[int, str]:
    return {key: str(body["title"]) for key, body in revisions.values_list("document", "body") if body.get("title")}


def _address(document: Document) -> str:
    """A document by its address, as long as it has no title."""
    return str(getattr(document, "translation", document) if type(document) is Document else document)


def desk_of(document: Document) -> Any:
    """The DocumentAdmin at whose desk a document is worked on."""
    for each in admin.site._registry.values():
        if getattr(each, "kind", None) == document.kind:
            return each
    raise LookupError(document.kind)


def address(page: str, document: Document, *more: Revision | LiveChange) -> str:
    """A page of the desk about a document of whatever kind."""
    url: str = desk_of(document).url(page, document, *more)
    return url


def day_and_time(at: datetime) -> str:
    """An instant in the site's time zone."""
    return f"{localtime(at):%Y-%m-%d %H:%M}"


def _waiting_for_review(somebody: User, now: datetime) -> RevisionQuerySet:
    if Role.REVIEWER not in roles(somebody):
        return Revision.objects.none()
    for_me = Q(reviewer=somebody) | Q(reviewer=None) | ~Q(reviewer__in=reviewers())
    waiting = _open().filter(state=State.IN_REVIEW)
    if four_eyes():
        # Whoever was asked and wrote on it since may not approve it either: then it is for whoever comes first.
        wrote = Event.objects.filter(verb=Verb.SAVE, revision=OuterRef("pk"))
        waiting = waiting.exclude(Exists(wrote.filter(by=somebody)))
        for_me |= Q(Exists(wrote.filter(by=OuterRef("reviewer"))))
    return waiting.filter(for_me)


def _sent_back(somebody: User, now: datetime) -> RevisionQuerySet:
    there_and_back = Event.objects.filter(revision=OuterRef("pk"), verb__in=(Verb.SUBMIT, Verb.SEND_BACK))
    last = there_and_back.order_by("-pk")
    back = _open().annotate(last=Subquery(last.values("verb")[:1]), why=Subquery(last.values("note")[:1]))
    took_part = Event.objects.filter(revision=OuterRef("pk"), by=somebody, verb__in=(Verb.SAVE, Verb.SUBMIT))
    return back.filter(Exists(took_part), state=State.DRAFT, last=Verb.SEND_BACK)


def _with_reasons(revisions: Sequence[Revision], somebody: User, now: datetime) -> list[Row]:
    called = names((each.document for each in revisions), now)
    return [
        Row(
            [called[each.document_id], each.why],  # type: ignore[attr-defined] # see _sent_back
            f"{address('change', each.document)}?revision={each.pk}",
        )
        for each in revisions
    ]


def _approved(somebody: User, now: datetime) -> RevisionQuerySet:
    if Role.PUBLISHER not in roles(somebody):
        return Revision.objects.none()
    return _open().filter(state=State.APPROVED)


def _to_review(revisions: Sequence[Revision], somebody: User, now: datetime) -> list[Row]:
    called = names((each.document for each in revisions), now)
    return [
        Row(
            [called[each.document_id], each.note, str(each.author or "–"), day_and_time(each.written_at)],
            address("review", each.document, each),
        )
        for each in revisions
    ]


def _open() -> RevisionQuerySet:
    at_work = Revision.objects.open().filter(document__translation__article__binned_at=None)
    return at_work.select_related("document__translation__article", "author")


def _calendar(somebody: User, now: datetime) -> LiveChangeQuerySet:
    plans = LiveChange.objects.filter(at__gt=now).order_by("at")
    return plans.select_related("document__translation__article", "revision", "by")


def _this_week(somebody: User, now: datetime) -> LiveChangeQuerySet:
    return _calendar(somebody, now).filter(at__lte=now + timedelta(days=7))


def _planned(changes: Sequence[LiveChange], somebody: User, now: datetime) -> list[Row]:
    called = names((change.document for change in changes), now)
    return [_plan(change, called[change.document_id], somebody) for change in changes]


def _plan(change: LiveChange, name: str, somebody: User) -> Row:
    if change.ends_id:
        what = _("comes down, then again: %s") % (change.revision or _("nothing"))
    else:
        what = _("goes up: %s") % change.revision if change.revision else _("comes down")
    words = [day_and_time(change.at), name, what, str(change.by or "–")]
    if Role.PUBLISHER in roles(somebody):
        return Row(words, address("plan", change.document, change))
    return Row(words, f"{address('compare', change.document)}?to={change.revision_id or ''}")


def _plans_behind(somebody: User, now: datetime) -> list[LiveChange]:
    """Plans whose readers will have seen something else by then than what they were made from."""
    plans = list(_calendar(somebody, now))
    known = courses(plan.document_id for plan in plans)
    return [plan for plan in plans if known[plan.document_id].behind_before(plan)]


_TEXT = gettext_lazy("Text")
_REVIEW = (_TEXT, gettext_lazy("Change note"), gettext_lazy("Author"), gettext_lazy("Written"))
_PLAN = (gettext_lazy("When"), _TEXT, gettext_lazy("What"), gettext_lazy("Publisher"))

for _list in (
    DeskList("review", gettext_lazy("Waiting for my review"), _REVIEW, _waiting_for_review, _to_review),
    DeskList("sent-back", gettext_lazy("Sent back to me"), (_TEXT, gettext_lazy("Note")), _sent_back, _with_reasons),
    DeskList("approved", gettext_lazy("Approved, to be published"), _REVIEW, _approved, _to_review),
    DeskList("this-week", gettext_lazy("Going live this week"), _PLAN, _this_week, _planned),
    DeskList("plans-behind", gettext_lazy("Plans behind live"), _PLAN, _plans_behind, _planned),
    DeskList("calendar", gettext_lazy("Calendar"), _PLAN, _calendar, _planned),
):
    register(_list)
