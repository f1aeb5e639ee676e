"""Whether a text is still right: who looked at it when, and when it is due again. Looking makes no version."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.models import User
from django.db.models import Max
from django.utils import timezone

from articles.models import Translation, Verification
from articles.reading import Reading
from helpcenter.domain.findings import Finding, Refused
from helpcenter.domain.verification import due
from helpcenter.publishing import people
from helpcenter.publishing.models import Revision


@dataclass(frozen=True, slots=True)
class Checked:
    """When a live text was last checked, and by when it is to be checked again."""

    last: date
    due: date


def verify(
    translation: Translation, *, by: User, now: datetime, note: str = "", seen: int | None = None
) -> Verification:
    """Record that somebody found what readers see still right; `seen` is the key of the revision that they looked at.

    Raises Refused without a role, if nothing is live, or if readers see another revision by now.
    """
    if not people.roles(by):
        raise Refused([Finding("role-missing", "review")])
    live = translation.revisions.live(now).first()
    if live is None:
        raise Refused([Finding("nothing-live", "")])
    if seen not in (None, live.pk):
        raise Refused([Finding("live-changed-meanwhile", "")])
    return Verification.objects.create(translation=translation, revision=live, by=by, at=now, note=note)


def last_checked(reading: Reading, at: datetime, *, alone: bool = False) -> date:
    """When a text was last checked: as its author said, or by somebody since. `alone`: this very version."""
    return checked_on(reading, last_looked(reading, at, alone=alone))


def last_looked(reading: Reading, at: datetime, *, alone: bool = False) -> datetime | None:
    """When somebody last found a text still right; `alone`: this very version."""
    looked = Verification.objects.filter(translation=reading.revision.document_id, at__lte=at)
    if alone:
        looked = looked.filter(revision=reading.revision)
    newest: datetime | None = looked.aggregate(at=Max("at"))["at"]
    return newest


def checked_on(reading: Reading, looked: datetime | None) -> date:
    """The later of the day that its author names and the day on which somebody looked."""
    said = reading.text.checked_on
    return max(said, timezone.localdate(looked)) if looked else said


def checked(at: datetime, translations: Iterable[int] | None = None) -> Mapping[int, Checked]:
    """Each live text by its key, of these or of all. Two questions to the database, however many there are."""
    live = Revision.objects.live(at).filter(document__translation__isnull=False)
    verifications = Verification.objects.filter(at__lte=at)
    if translations is not None:
        wanted = list(translations)
        live, verifications = live.filter(document__in=wanted), verifications.filter(translation__in=wanted)
    looked = dict(verifications.values_list("translation").annotate(newest=Max("at")))
    rows = live.values_list(
        "document",
        "body",
        "document__translation__article__slug",
        "document__translation__article__check_every",
        "document__language",
    )
    found: dict[int, Checked] = {}
    for pk, body, slug, every, language in rows:
        said, newest = date.fromisoformat(body["checked_on"]), looked.get(pk)
        if newest:
            last = max(said, timezone.localdate(newest))
            found[pk] = Checked(last, due(last, every))
        else:
            found[pk] = Checked(said, due(said, every, spread_by=f"{slug} {language}"))
    return found


def overdue(at: datetime) -> list[int]:
    """The live texts (by key) that should have been checked by that day."""
    today = timezone.localdate(at)
    return [pk for pk, each in checked(at).items() if each.due < today]
