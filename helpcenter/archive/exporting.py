"""The whole content with its versions as plain files in a folder. docs/operating.md describes them."""

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from tqdm import tqdm

from articles.models import Article, Picture, Redirect, Retirement, Translation, Verification
from helpcenter.feedback.models import Vote
from helpcenter.publishing.models import Document, Event, LiveChange, ReviewPolicy, Revision
from helpcenter.references.models import OutboundHost
from helpcenter.search.models import Pin, Synonym

FORMAT = 2
"""Rises when the files say something in another way."""


def export(folder: Path, *, quiet: bool = False) -> int:
    """Write everything into an empty folder. How many versions and drafts there are.

    Not among it: passwords, sessions, what is typed and not saved, links to drafts, addresses that were not found.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(folder)
    with TemporaryDirectory(prefix=".", dir=folder) as part, _at_one_instant():  # what fails leaves the folder empty
        count = write_all(Path(part), quiet=quiet)
        for each in list(Path(part).iterdir()):
            each.rename(folder / each.name)
    return count


@contextmanager
def _at_one_instant() -> Iterator[None]:
    """Everything is read as it stands now, whatever somebody writes meanwhile."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost and connection.vendor == "postgresql":  # SQLite's transactions are like this
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def write_all(folder: Path, *, quiet: bool) -> int:
    """Write everything as it stands; whoever calls sees to it that nothing changes meanwhile, or takes it all back."""
    names = _names()
    _write(folder / "site.json", _site())
    _write(folder / "articles.json", [_article(each) for each in Article.objects.select_related("owner")])
    for rendition in (each for picture in Picture.objects.all() for each in picture.renditions.all()):
        path = folder / "pictures" / f"{rendition.picture.key}-{rendition.width}.webp"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(bytes(rendition.content))
    places = _places()
    whats = _by_document()
    for document in tqdm(Document.objects.order_by("pk"), desc="documents", disable=quiet):
        home = folder / names[document.pk]
        _write(home / "document.json", whats[document.pk])
    for revision in tqdm(_revisions(), desc="versions", total=len(places), disable=quiet):
        name, number = places[revision.pk]
        _write(folder / name / f"{number}.json", _revision(revision, places))
    return len(places)


def stamp(at: datetime) -> str:
    """An instant, the same on every database."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _names() -> dict[int, str]:
    """The folder of each document: articles/cancel-web/en, flow, facts."""
    texts = Translation.objects.select_related("article")
    articles = {text.pk: f"articles/{text.article.slug}/{text.language}" for text in texts}
    return {pk: articles.get(pk, kind) for pk, kind in Document.objects.values_list("pk", "kind")}


def _places() -> dict[int, tuple[str, int]]:
    """Each revision as its document's folder and its number there, in the order in which they were begun."""
    names, counts, places = _names(), defaultdict[int, int](int), {}
    for pk, document in Revision.objects.order_by("pk").values_list("pk", "document"):
        counts[document] += 1
        places[pk] = (names[document], counts[document])
    return places


def _revisions() -> Iterator[Revision]:
    return Revision.objects.order_by("pk").select_related("author", "reviewer").iterator(chunk_size=500)


def _revision(revision: Revision, places: dict[int, tuple[str, int]]) -> dict[str, Any]:
    origin = places[revision.translated_from_id] if revision.translated_from_id else None
    return {
        "number": revision.number,
        "state": revision.state,
        "note": revision.note,
        "significance": revision.significance,
        "author": revision.author.username if revision.author else None,
        "reviewer": revision.reviewer.username if revision.reviewer else None,
        "written_at": stamp(revision.written_at),
        "base": places[revision.base_id][1] if revision.base_id else None,
        "translated_from": f"{origin[0]}/{origin[1]}" if origin else None,
        "body": revision.body,
    }


def _by_document() -> dict[int, dict[str, Any]]:
    """What happened to each document: events, live changes, checks, votes; each row by its revision's number there."""
    places = _places()
    whats: defaultdict[int, dict[str, Any]] = defaultdict(
        lambda: {"events": [], "live": [], "verified": [], "votes": []}
    )
    for event in Event.objects.order_by("pk").select_related("by", "revision"):
        row = {"revision": places[event.revision_id][1], "verb": event.verb, "by": event.by.username}
        whats[event.revision.document_id]["events"].append({**row, "at": stamp(event.at), "note": event.note})
    instead = dict(Retirement.objects.values_list("change", "instead__slug"))
    for change in LiveChange.objects.order_by("at").select_related("by", "ends"):
        whats[change.document_id]["live"].append(
            {
                "at": stamp(change.at),
                "revision": places[change.revision_id][1] if change.revision_id else None,
                "by": change.by.username if change.by else None,
                "recorded_at": stamp(change.recorded_at),
                "note": change.note,
                "ends": stamp(change.ends.at) if change.ends else None,
                "instead": instead.get(change.pk),
            }
        )
    for looked in Verification.objects.order_by("pk").select_related("by"):
        row = {"revision": places[looked.revision_id][1], "by": looked.by.username, "at": stamp(looked.at)}
        whats[looked.translation_id]["verified"].append({**row, "note": looked.note})
    for vote in Vote.objects.order_by("at", "pk").select_related("revision"):
        row = {"revision": places[vote.revision_id][1], "at": stamp(vote.at), "helped": vote.helped}
        more = {"reason": vote.reason, "comment": vote.comment, "seen_to": vote.seen_to}
        whats[vote.revision.document_id]["votes"].append({**row, **more})
    return whats


def _article(article: Article) -> dict[str, Any]:
    former = article.former_slugs.order_by("slug", "until")
    return {
        "slug": article.slug,
        "topic": article.topic,
        "path": article.path,
        "order": article.order,
        "owner": article.owner.username if article.owner else None,
        "check_every": article.check_every,
        "binned_at": stamp(article.binned_at) if article.binned_at else None,
        "former_slugs": [{"slug": each.slug, "until": stamp(each.until)} for each in former],
    }


def _site() -> dict[str, Any]:
    pictures: QuerySet[Picture] = Picture.objects.select_related("by").prefetch_related("renditions")
    return {
        "format": FORMAT,
        "four_eyes": ReviewPolicy.objects.get().four_eyes,
        "outbound_hosts": [{"host": each.host, "reason": each.reason} for each in OutboundHost.objects.all()],
        "synonyms": [{"language": each.language, "words": each.words} for each in Synonym.objects.order_by("pk")],
        "pins": [
            {"language": each.language, "question": each.question, "article": each.article.slug}
            for each in Pin.objects.order_by("pk").select_related("article")
        ],
        "redirects": [
            {
                "path": each.path,
                "article": each.article.slug if each.article else None,
                "binned_at": stamp(each.binned_at) if each.binned_at else None,
            }
            for each in Redirect.objects.select_related("article")
        ],
        "pictures": [
            {
                "key": each.key,
                "by": each.by.username,
                "at": stamp(each.at),
                "sizes": [[size.width, size.height] for size in each.renditions.all()],
            }
            for each in pictures
        ],
    }


def _write(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
