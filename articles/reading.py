"""One version of an article as a reader meets it: its text, when it went live, which version it is."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Self

from articles.texts import ArticleText, read_text
from helpcenter.domain.versions import Significance
from helpcenter.publishing.models import Revision
from helpcenter.publishing.prepared import instant

_REVISION = ("id", "document_id", "number", "translated_from_id", "significance", "note")  # in the order of its model
_ARTICLE = "document__translation__article__"

COLUMNS = (
    *(*_REVISION, "body", "live_since", "document__language"),
    *(f"{_ARTICLE}slug", f"{_ARTICLE}topic", f"{_ARTICLE}path"),
)
"""What is asked of a revision that readers see, for `Reading.told`."""


@dataclass(frozen=True, slots=True)
class More:
    """What a page says of an article beside its text: where it is live, since when, and when somebody last looked.

    `live_original`: the pk of the revision that readers of the original see.
    """

    live_in: set[str]
    published: datetime | None
    looked: datetime | None
    live_original: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A revision of an article with what a page says of it. `live_since`: when readers got this version."""

    slug: str
    topic: str
    path: str
    language: str
    number: int | None
    note: str
    significance: Significance
    live_since: datetime | None
    text: ArticleText
    revision: Revision

    @classmethod
    def of(cls, revision: Revision) -> Self:
        """The reading of a revision that was fetched by `live` or `seen_by`; a draft's has no number and no instant."""
        translation = revision.document.translation
        return cls(
            slug=translation.article.slug,
            topic=translation.article.topic,
            path=translation.article.path,
            language=translation.language,
            number=revision.number,
            note=revision.note,
            significance=Significance(revision.significance),
            live_since=getattr(revision, "live_since", getattr(revision, "first_live", None)),
            text=read_text(revision.body),
            revision=revision,
        )

    @classmethod
    def told(cls, row: Sequence[Any]) -> Self:
        """The reading of a revision whose `COLUMNS` a prepared question has told. The rest is asked for if needed."""
        of_revision = row[: len(_REVISION)]
        body, live_since, language, slug, topic, path = row[len(_REVISION) : len(COLUMNS)]
        revision = Revision.from_db("default", _REVISION, of_revision)
        return cls(
            slug=slug,
            topic=topic,
            path=path,
            language=language,
            number=revision.number,
            note=revision.note,
            significance=Significance(revision.significance),
            live_since=instant(live_since),
            text=_text(body),
            revision=revision,
        )


@lru_cache(maxsize=512)
def _text(body: str) -> ArticleText:
    return read_text(json.loads(body))
