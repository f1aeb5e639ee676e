"""The public history of an article: every moment at which what readers see changed, by its own text or by a fact."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from urllib.parse import urlencode

from django.urls import reverse

from articles.markdown import plain
from articles.reading import Reading
from articles.texts import ArticleText
from helpcenter.domain.facts import Fact, FactSheet, FactValue, fact_keys
from helpcenter.facts.sheets import sheet_of
from helpcenter.publishing.models import Document, Kind, LiveChange, kind_is


@dataclass(frozen=True, slots=True)
class Entry:
    """From `at` on readers saw this reading with this sheet; `facts` are those that changed under the same text."""

    at: datetime
    reading: Reading | None
    sheet: FactSheet
    facts: tuple[tuple[str, Fact | None, Fact | None], ...] = ()


def used_facts(text: ArticleText) -> tuple[str, ...]:
    """The keys of all facts that an article inserts."""
    return fact_keys("\n".join(words for _, words in text.passages()))


def first_published(reading: Reading) -> datetime | None:
    """When readers first got this article in its language, in whatever version; None for what is only a draft."""
    return reading.revision.document.live_changes.order_by("at").values_list("at", flat=True).first()


def history(reading: Reading, at: datetime) -> list[Entry]:
    """What readers have seen of an article up to that instant, newest first."""
    own = Document.objects.filter(pk=reading.revision.document_id)
    both = own.union(Document.objects.filter(kind_is(Kind.FACTS)))  # OR would have every change looked at
    changes = LiveChange.objects.filter(document__in=both.values("pk")).up_to(at)
    found = changes.select_related("document", "revision__document__translation__article")
    return list(_entries(reversed(list(found))))[::-1]


def _entries(changes: Iterator[LiveChange]) -> Iterator[Entry]:
    reading: Reading | None = None
    sheet: FactSheet | None = None
    for at, together in groupby(changes, key=lambda change: change.at):
        before, text_changed = sheet, False
        for change in together:
            if change.document.kind == Kind.FACTS:
                sheet = sheet_of(change.revision) if change.revision else sheet
            else:
                reading, text_changed = Reading.of(change.revision) if change.revision else None, True
        if sheet is None:
            continue  # without facts readers see no text
        if text_changed or (before is None and reading):
            yield Entry(at, reading, sheet)
        elif reading and before and (changed := _changed(reading, before, sheet)):
            yield Entry(at, reading, sheet, changed)


def _changed(reading: Reading, before: FactSheet, after: FactSheet) -> tuple[tuple[str, Fact | None, Fact | None], ...]:
    pairs = [(key, _get(before, key), _get(after, key)) for key in used_facts(reading.text)]
    return tuple(pair for pair in pairs if _value(pair[1]) != _value(pair[2]))


@dataclass(frozen=True, slots=True)
class Row:
    """An entry with its addresses, for a table; `facts` are key, old and new value in words."""

    entry: Entry
    href: str
    compare: str
    facts: list[tuple[str, str, str]]


def rows(entries: list[Entry]) -> list[Row]:
    """The entries as a table's rows, each to be compared with the readable one before it."""
    return [_row(entry, entries[place + 1 :]) for place, entry in enumerate(entries)]


def _row(entry: Entry, older: list[Entry]) -> Row:
    if entry.reading is None:
        return Row(entry, "", "", [])
    reading, language = entry.reading, entry.reading.language
    before = next((each for each in older if each.reading), None)
    compare = ""
    if before and before.reading:
        query = {
            "from": before.reading.number,
            "to": reading.number,
            "facts_from": before.sheet.version,
            "facts_to": entry.sheet.version,
        }
        compare = f"{reverse('articles:compare', args=[reading.slug])}?{urlencode(query)}"
    changed = [
        (key, plain(old, language) if old else "–", plain(new, language) if new else "–")
        for key, old, new in entry.facts
    ]
    href = f"{reverse('articles:version', args=[reading.slug, reading.number])}?facts={entry.sheet.version}"
    return Row(entry, href, compare, changed)


def _get(sheet: FactSheet, key: str) -> Fact | None:
    return sheet.facts.get(key)


def _value(fact: Fact | None) -> FactValue | None:
    return fact.value if fact else None
