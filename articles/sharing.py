"""A draft is shown to somebody without an account by a signed link: these words, for some days, until revoked."""

import hashlib
import json
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.core.signing import BadSignature, Signer
from django.http import Http404
from django.urls import reverse

from articles.models import Article, Share
from helpcenter.domain.review import Verb
from helpcenter.publishing.models import Revision

_signer = Signer(salt="articles.share")


class Ended(Exception):
    """The link was good once: it has expired, was revoked, its words were changed, or lie in the bin."""


def share(revision: Revision, *, by: User, days: int, now: datetime) -> Share:
    """Let whoever has the link read a draft as it stands now. What is written on it later is not shown."""
    expires = now + timedelta(days=days)
    return Share.objects.create(revision=revision, words=_words(revision), by=by, made_at=now, expires_at=expires)


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
    thrown_away = share.revision.events.filter(verb=Verb.DISCARD, at__gte=share.made_at)
    lasts = share.revoked_at is None and share.expires_at > now and share.words == _words(share.revision)
    binned = Article.objects.filter(translations=share.revision.document_id, binned_at__isnull=False)
    return lasts and not thrown_away.exists() and not binned.exists()


def _words(revision: Revision) -> str:
    return hashlib.sha256(json.dumps(revision.body, ensure_ascii=False).encode()).hexdigest()
