"""What is typed is kept while it is typed, and offered again after a crash; saving it clears it away."""

from datetime import datetime
from secrets import token_hex

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import QueryDict

from helpcenter.publishing.models import Document, Unsaved

TAB = "_tab"
"""The hidden field that tells one open page from another."""

NEVER_KEPT = ("csrfmiddlewaretoken",)


def new_tab() -> str:
    """A name for a page that is being opened."""
    return token_hex(16)


def keep(document: Document, somebody: User, sent: QueryDict, now: datetime) -> None:
    """Remember what a page holds by now."""
    fields = {name: values for name, values in sent.lists() if name not in NEVER_KEPT}
    tab = sent.get(TAB, "")[:32]
    Unsaved.objects.update_or_create(
        document_id=document.pk, by=somebody, tab=tab, defaults={"fields": fields, "at": now}
    )


def forget(document: Document, somebody: User, tab: str) -> None:
    """It is saved, or thrown away."""
    kept(document, somebody).filter(tab=tab).delete()


def kept(document: Document, somebody: User) -> QuerySet[Unsaved]:
    """What somebody has typed of a document and not saved, newest first."""
    return Unsaved.objects.filter(document=document.pk, by=somebody)


def as_sent(unsaved: Unsaved) -> QueryDict:
    """The fields as a browser would send them."""
    sent = QueryDict(mutable=True)
    for name, values in unsaved.fields.items():
        sent.setlist(name, values)
    return sent
