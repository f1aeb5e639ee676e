"""A draft is shown to somebody without an account by a signed link: to one revision, for some days, until revoked."""

from datetime import datetime

from django.core.signing import BadSignature, Signer
from django.http import Http404
from django.urls import reverse

from articles.models import Share
from helpcenter.domain.review import State

_signer = Signer(salt="articles.share")


class Ended(Exception):
    """The link was good once: it has expired, was revoked, or its text was thrown away."""


def link(share: Share) -> str:
    """The address of a shared draft. Nobody can make up one."""
    return reverse("shared", args=[_signer.sign(str(share.pk))])


def opened(token: str, now: datetime) -> Share:
    """What a link shows. Raises Http404 for one that is no link of ours, Ended for one that shows nothing any more."""
    try:
        share = Share.objects.select_related("revision__document__translation__article").get(pk=_signer.unsign(token))
    except (BadSignature, Share.DoesNotExist) as error:
        raise Http404("shared") from error
    if not is_open(share, now):
        raise Ended
    return share


def is_open(share: Share, now: datetime) -> bool:
    """Whether a link still shows something."""
    return share.revoked_at is None and share.expires_at > now and share.revision.state != State.DISCARDED
