"""An exported folder into a database without content: everything is read and looked at first, then written at once."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from tqdm import tqdm

from articles.models import (
    Article,
    FormerSlug,
    Picture,
    Redirect,
    Rendition,
    Retirement,
    Translation,
    Verification,
)
from helpcenter.archive.checking import wrong
from helpcenter.archive.exporting import FORMAT, write_all
from helpcenter.facts.sheets import languages
from helpcenter.feedback.models import Vote
from helpcenter.publishing import triggers
from helpcenter.publishing.models import Document, Event, Kind, LiveChange, ReviewPolicy, Revision
from helpcenter.references.indexing import index
from helpcenter.references.models import OutboundHost
from helpcenter.search.indexing import rebuild
from helpcenter.search.models import Pin, Synonym

SLUG = re.compile(r"[A-Za-z0-9_-]+")
BATCH = 500
UNEXPECTED = (KeyError, TypeError, ValueError, AttributeError, AssertionError, ValidationError, DatabaseError)
"""What Python and Django say of rows that are not as an export writes them."""


class ArchiveError(Exception):
    """The folder cannot be imported: the file and the reason."""


@dataclass(slots=True)
class Contents:
    """Everything that a folder says, read and looked at."""

    site: dict[str, Any]
    articles: list[dict[str, Any]]
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    revisions: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    pictures: dict[tuple[str, int], bytes] = field(default_factory=dict)

    @property
    def people(self) -> set[str]:
        """Everybody who is named."""
        rows: list[Mapping[str, Any]] = [*self.articles, *self.site["pictures"], *self.revisions.values()]
        for document in self.documents.values():
            rows += [*document["events"], *document["live"], *document["verified"]]
        return {str(row[role]) for row in rows for role in ("owner", "by", "author", "reviewer") if row.get(role)}


def read(folder: Path, *, quiet: bool = False) -> Contents:
    """The contents of an exported folder. Raises ArchiveError for anything that is not as an export writes it."""
    root = folder.resolve()
    site, articles = _json(root, "site.json"), _json(root, "articles.json")
    try:
        if site["format"] != FORMAT:
            raise ArchiveError(f"site.json: format {site['format']} is not {FORMAT}")
        contents = Contents(site, articles)
        for picture in site["pictures"]:
            for width, _height in picture["sizes"]:
                name = f"pictures/{_slug(picture['key'], 'site.json')}-{int(width)}.webp"
                contents.pictures[picture["key"], width] = _file(root, name).read_bytes()
        names = [f"articles/{_slug(row['slug'], 'articles.json')}/{code}" for row in articles for code in languages()]
        for name in tqdm([*names, Kind.FLOW.value, Kind.FACTS.value], desc="reading", disable=quiet):
            if (root / name).exists():
                contents.documents[name] = _json(root, f"{name}/document.json")
                count = sum(1 for each in (root / name).iterdir() if each.name[0] in "123456789")
                for number in range(1, count + 1):
                    contents.revisions[name, number] = _json(root, f"{name}/{number}.json")
        _nothing_else(root, contents)
        _look(contents)
    except UNEXPECTED as error:
        raise ArchiveError(f"not as an export writes it: {error!r}") from error
    return contents


def _nothing_else(root: Path, contents: Contents) -> None:
    """Raises ArchiveError for a file that no other one names: what is in it would be lost in silence."""
    known = {"site.json", "articles.json", *(f"{name}/document.json" for name in contents.documents)}
    known |= {f"{name}/{number}.json" for name, number in contents.revisions}
    known |= {f"pictures/{key}-{width}.webp" for key, width in contents.pictures}
    files = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file() and path.name[0] != "."}
    if unknown := sorted(files - known):
        raise ArchiveError(f"{unknown[0]}: nothing speaks of it")


def _look(contents: Contents) -> None:
    """That what is named is there, before anything is written."""
    slugs = {row["slug"] for row in contents.articles}
    for name, document in contents.documents.items():
        for row in (*document["events"], *document["live"], *document["verified"], *document["votes"]):
            if row["revision"] is not None and (name, row["revision"]) not in contents.revisions:
                raise ArchiveError(f"{name}/document.json: there is no version {row['revision']}")
            if row.get("instead") and row["instead"] not in slugs:
                raise ArchiveError(f"{name}/document.json: there is no article {row['instead']}")
    for (name, number), revision in contents.revisions.items():
        origin = revision["translated_from"]
        if revision["base"] and not 1 <= revision["base"] < number:
            raise ArchiveError(f"{name}/{number}.json: there is no version {revision['base']} before it")
        if origin and _place(origin) not in contents.revisions:
            raise ArchiveError(f"{name}/{number}.json: there is no {origin}")


def write(contents: Contents, *, quiet: bool = False, dry_run: bool = False) -> None:
    """Write it all in one transaction into a database without content; `dry_run` takes all of it back at the end.

    Raises ArchiveError if there is some content, or if the site could not show what was written. The triggers that
    keep the past step aside until it is there.
    """
    if Document.objects.exists() or Article.objects.exists():
        raise ArchiveError("this database has content already; nothing was changed")
    editor = connection.schema_editor()  # not entered: SQLite's would want no transaction around it
    with transaction.atomic():
        triggers.remove(None, editor)
        try:
            with tqdm(total=len(contents.revisions) + 1, desc="writing", disable=quiet) as bar:
                _write(contents, bar)
        except UNEXPECTED as error:
            raise ArchiveError(f"not as an export writes it: {error!r}") from error
        for line in (*wrong(), *_differences(contents)):
            raise ArchiveError(line)
        triggers.install(None, editor)
        transaction.set_rollback(dry_run)


def _differences(contents: Contents) -> Iterator[str]:
    """Files that an export of what was written would not have like this: something in them was lost, or changed."""
    with TemporaryDirectory() as folder:
        write_all(Path(folder), quiet=True)
        again = read(Path(folder), quiet=True)
    said, says = dict(_named(contents)), dict(_named(again))
    for name in said:
        if said[name] != says.get(name):
            yield f"{name}: not as an export writes it"


def _named(contents: Contents) -> Iterator[tuple[str, Any]]:
    yield from (("site.json", contents.site), ("articles.json", contents.articles))
    yield from ((f"{name}/document.json", document) for name, document in contents.documents.items())
    yield from ((f"{name}/{number}.json", revision) for (name, number), revision in contents.revisions.items())


def _write(contents: Contents, bar: Any) -> None:
    people = _people(contents.people)
    articles = _articles(contents, people)
    _site(contents, articles, people)
    documents = {name: _document(name, articles) for name in contents.documents}
    revisions = _revisions(contents, documents, people, bar)
    for name, document in contents.documents.items():
        _happened(name, document, documents[name], revisions, articles, people)
    index(Revision.objects.select_related("document").iterator(chunk_size=BATCH))
    rebuild(timezone.now())
    bar.update()


def _people(names: set[str]) -> dict[str | None, User | None]:
    """Everybody who is named, as closed accounts where there is none: an administrator opens them again."""
    for name in sorted(names):
        if not User.objects.filter(username=name).exists():
            person = User(username=name, is_active=False)
            person.set_unusable_password()
            person.clean_fields()
            person.save()
    return {None: None, **{person.username: person for person in User.objects.filter(username__in=names)}}


def _articles(contents: Contents, people: Mapping[str | None, User | None]) -> dict[str, Article]:
    articles = {}
    for row in contents.articles:
        plain = {name: row[name] for name in ("slug", "topic", "path", "order", "check_every")}
        plain["binned_at"] = _time(row["binned_at"]) if row["binned_at"] else None
        articles[row["slug"]] = article = Article.objects.create(**plain, owner=people[row["owner"]])
        for former in row["former_slugs"]:
            FormerSlug.objects.create(article=article, slug=former["slug"], until=_time(former["until"]))
    return articles


def _site(contents: Contents, articles: Mapping[str, Article], people: Mapping[str | None, User | None]) -> None:
    site = contents.site
    ReviewPolicy.objects.update(four_eyes=site["four_eyes"])
    OutboundHost.objects.all().delete()
    OutboundHost.objects.bulk_create(OutboundHost(**row) for row in site["outbound_hosts"])
    Synonym.objects.all().delete()
    Synonym.objects.bulk_create(Synonym(**row) for row in site["synonyms"])
    Pin.objects.bulk_create(Pin(**{**row, "article": articles[row["article"]]}) for row in site["pins"])
    for row in site["redirects"]:
        Redirect.objects.create(
            path=row["path"],
            article=articles[row["article"]] if row["article"] else None,
            binned_at=_time(row["binned_at"]) if row["binned_at"] else None,
        )
    for row in site["pictures"]:
        by = people[row["by"]]
        assert by is not None
        picture = Picture.objects.create(key=row["key"], by=by, at=_time(row["at"]))
        for width, height in row["sizes"]:
            content = contents.pictures[row["key"], width]
            digest = sha256(content).hexdigest()[:16]
            Rendition.objects.create(picture=picture, width=width, height=height, digest=digest, content=content)


def _document(name: str, articles: Mapping[str, Article]) -> Document:
    if name in (Kind.FLOW, Kind.FACTS):
        return Document.objects.create(kind=name)
    _, slug, language = name.split("/")
    return Translation.objects.create(article=articles[slug], language=language)


def _revisions(
    contents: Contents, documents: Mapping[str, Document], people: Mapping[str | None, User | None], bar: Any
) -> dict[tuple[str, int], Revision]:
    revisions = {
        (name, number): Revision(
            document_id=documents[name].pk,
            number=row["number"],
            state=row["state"],
            note=row["note"],
            significance=row["significance"],
            author=people[row["author"]],
            reviewer=people[row["reviewer"]],
            written_at=_time(row["written_at"]),
            body=row["body"],
        )
        for (name, number), row in contents.revisions.items()
    }
    for batch in _batches(list(revisions.values())):
        Revision.objects.bulk_create(batch)
        bar.update(len(batch))
    linked = []
    for (name, number), row in contents.revisions.items():
        if row["base"] or row["translated_from"]:
            revision = revisions[name, number]
            revision.base = revisions[name, row["base"]] if row["base"] else None
            revision.translated_from = revisions[_place(row["translated_from"])] if row["translated_from"] else None
            linked.append(revision)
    for batch in _batches(linked):
        Revision.objects.bulk_update(batch, ["base", "translated_from"])
    return revisions


def _happened(
    name: str,
    what: Mapping[str, Any],
    document: Document,
    revisions: Mapping[tuple[str, int], Revision],
    articles: Mapping[str, Article],
    people: Mapping[str | None, User | None],
) -> None:
    def found(row: Mapping[str, Any]) -> dict[str, Any]:
        revision = revisions[name, row["revision"]] if row["revision"] else None
        return {"revision": revision, "by": people[row["by"]], "at": _time(row["at"]), "note": row["note"]}

    Event.objects.bulk_create(Event(**found(row), verb=row["verb"]) for row in what["events"])
    changes = {
        row["at"]: LiveChange(**found(row), document_id=document.pk, recorded_at=_time(row["recorded_at"]))
        for row in what["live"]
    }
    # All at once, without signals: the index is made when all of it is there. A plan stands before its end.
    LiveChange.objects.bulk_create(changes[row["at"]] for row in what["live"] if not row["ends"])
    ends = [row for row in what["live"] if row["ends"]]
    for row in ends:
        changes[row["at"]].ends = changes[row["ends"]]
    LiveChange.objects.bulk_create(changes[row["at"]] for row in ends)
    for row in what["live"]:
        if row["instead"]:
            Retirement.objects.create(change=changes[row["at"]], instead=articles[row["instead"]])
    Vote.objects.bulk_create(
        Vote(**{**row, "revision": revisions[name, row["revision"]], "at": _time(row["at"])}) for row in what["votes"]
    )
    Verification.objects.bulk_create(Verification(**found(row), translation_id=document.pk) for row in what["verified"])


def _json(root: Path, name: str) -> Any:
    try:
        return json.loads(_file(root, name).read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ArchiveError(f"{name}: {error}") from error


def _file(root: Path, name: str) -> Path:
    """A file of the folder: really in it, whatever links it goes through."""
    path = (root / name).resolve()
    if not path.is_relative_to(root):
        raise ArchiveError(f"{name}: lies outside the folder")
    if not path.is_file():
        raise ArchiveError(f"{name}: is not there")
    return path


def _slug(value: Any, where: str) -> str:
    if not (isinstance(value, str) and SLUG.fullmatch(value)):
        raise ArchiveError(f"{where}: {value!r} is no name of a folder")
    return value


def _place(name: str) -> tuple[str, int]:
    home, _, number = name.rpartition("/")
    return home, int(number)


def _time(said: str) -> datetime:
    return datetime.fromisoformat(said)


def _batches[Row](rows: list[Row]) -> Iterator[list[Row]]:
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]
