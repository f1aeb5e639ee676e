"""Readers answer whether a version helped: once a day for each, without a cookie, and only so many from one network."""

from datetime import datetime, timedelta

from django.core import signing
from django.http import Http404, HttpRequest
from django.utils.crypto import salted_hmac

from helpcenter.accounts.addresses import network_of
from helpcenter.feedback.models import Vote
from helpcenter.publishing.models import Revision
from helpcenter.publishing.moments import today

MOST_A_DAY = 60
"""Answers from one network on one day. A school or an office shares one; a flood comes from few."""

SPOKEN_FOR = timedelta(hours=2)
"""So long a reader may add reasons to an answer."""

_signer = signing.TimestampSigner(salt="feedback.vote")


class TooMany(Exception):
    """So many answers came from this network today that no more are counted."""


def vote(revision: Revision, *, helped: bool, request: HttpRequest, now: datetime) -> Vote:
    """Count an answer. Somebody who answers again on the same day has changed their mind: the answer changes.

    Raises TooMany.
    """
    Vote.objects.filter(at__lt=now - timedelta(days=1)).exclude(voter="").update(voter="", network="")
    voter, network = _hashes(request, now)
    known = Vote.objects.filter(revision=revision, voter=voter).exists()
    if not known and Vote.objects.exclude(network="").filter(network=network).count() >= MOST_A_DAY:
        raise TooMany
    said = {"helped": helped, "network": network, "at": now, **({"reason": ""} if helped else {})}
    answer, _new = Vote.objects.update_or_create(defaults=said, revision=revision, voter=voter)
    return answer


def token(answer: Vote) -> str:
    """What lets a reader add to an answer, and nobody else."""
    return _signer.sign(str(answer.pk))


def answer_of(said: str) -> Vote:
    """The answer that a token is for. Raises Http404 for one that is not ours or too old."""
    try:
        return Vote.objects.select_related("revision__document__translation__article").get(
            pk=_signer.unsign(said, max_age=SPOKEN_FOR)
        )
    except (signing.BadSignature, Vote.DoesNotExist) as error:
        raise Http404("answer") from error


def _hashes(request: HttpRequest, now: datetime) -> tuple[str, str]:
    """Who answers, as one browser and as one network; with a key of this day, so that no hash outlives it."""
    day, network = today(now).isoformat(), network_of(request.META)
    browser = "\n".join(request.headers.get(name, "")[:300] for name in ("User-Agent", "Accept-Language"))
    return (
        salted_hmac(f"feedback.voter.{day}", f"{network}\n{browser}", algorithm="sha256").hexdigest()[:32],
        salted_hmac(f"feedback.network.{day}", network, algorithm="sha256").hexdigest()[:32],
    )
