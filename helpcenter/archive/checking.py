"""Whether what an import has written is what the site can show, before it counts: the dry run asks the same."""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Q
from django.utils import timezone
from PIL import Image

from articles.models import Article, Redirect, Rendition
from articles.texts import read_text
from helpcenter.domain.facts import read_sheet
from helpcenter.domain.findings import Refused
from helpcenter.domain.review import State
from helpcenter.facts.sheets import in_every_language, languages
from helpcenter.feedback.models import Vote
from helpcenter.publishing.desk.lists import desk_of
from helpcenter.publishing.models import Event, Kind, LiveChange, Revision
from helpcenter.references.models import OutboundHost
from helpcenter.search.models import Pin, Synonym
from helpcenter.wizard.flows import published_flow

READ: dict[str, Callable[[Any], object]] = {
    Kind.ARTICLE: read_text,
    Kind.FACTS: lambda body: read_sheet(in_every_language(body, languages()), version=1, languages=languages()),
    Kind.FLOW: published_flow,
}


def wrong() -> Iterator[str]:
    """What is wrong with the content of the database, each in a line."""
    for model in (Article, Redirect, OutboundHost, Event, Synonym, Pin, Vote):
        there = [field.name for field in model._meta.fields if field.is_relation]  # the database sees to those
        for row in model._default_manager.all():
            try:
                row.clean_fields(exclude=there)
            except ValidationError as error:
                yield f"{row}: {error.message_dict}"
    for change in LiveChange.objects.exclude(revision=None).exclude(
        revision__state=State.PUBLISHED, revision__document=F("document")
    ):
        yield f"{change}: what is not published would be live"
    for end in LiveChange.objects.filter(ends__at__gte=F("at")):
        yield f"{end}: would end before it began"
    now = timezone.now()
    live, planned = Revision.objects.live(now), Revision.objects.filter(live_changes__at__gt=now)
    seen = Q(translations__revisions__in=live.values("pk")) | Q(translations__revisions__in=planned)
    for article in Article.objects.filter(seen, binned_at__isnull=False).distinct():
        yield f"{article}: is in the bin, and readers would see it"
    revisions = Revision.objects.select_related("document__translation__article")
    for revision in revisions.iterator(chunk_size=500):
        try:
            revision.clean_fields(exclude=["document", "base", "translated_from", "author", "reviewer", "body"])
            _read(revision)
        except (Refused, ValidationError) as error:
            yield f"{_name(revision)}: {error}"
    for rendition in Rendition.objects.select_related("picture").iterator(chunk_size=20):
        if not _is_webp(rendition):
            yield f"{rendition.picture.key}-{rendition.width}.webp: is no such picture"


def _read(revision: Revision) -> None:
    """Raises Refused or ValidationError for a body that cannot be shown, to readers or to whoever writes on it."""
    kind = revision.document.kind
    if revision.state == State.PUBLISHED:
        READ[kind](revision.body)
    else:
        try:
            list(map(str, desk_of(revision.document).forms_for(revision.body)))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValidationError(f"cannot be opened at the desk: {error!r}") from error


def _name(revision: Revision) -> str:
    return f"{getattr(revision.document, 'translation', revision.document)}, {revision}"


def _is_webp(rendition: Rendition) -> bool:
    content = bytes(rendition.content)
    if int.from_bytes(content[4:8], "little") + 8 != len(content):  # something stands behind the picture
        return False
    try:
        with Image.open(BytesIO(content), formats=["WEBP"]) as image:
            return image.size == (rendition.width, rendition.height)
    except OSError:
        return False
