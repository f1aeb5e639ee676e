"""The index is derived: written anew whenever readers will see something else.

It has every version that readers see or will see by a plan, so that a plan is found from its first second on.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.http import Http404
from django.utils import timezone
from tqdm import tqdm

from articles.markdown import sections
from articles.models import Translation
from articles.page import ArticlePage
from articles.reading import Reading
from helpcenter.domain.facts import FactSheet
from helpcenter.domain.findings import Refused
from helpcenter.facts.sheets import sheet_at, sheet_of
from helpcenter.publishing.models import Document, Kind, LiveChange, Revision
from helpcenter.references.models import Reference, Target
from helpcenter.search.engines import merge
from helpcenter.search.models import EVERY_ENTRY, FIELDS, Entry, Spelling, Term
from helpcenter.search.words import Word, slips, sound, words

SHORTEST_SLIP = 4
"""A slip is forgiven in a Latin word of so many letters: of shorter ones too many are a slip apart."""


def live_change_made(instance: LiveChange, **kwargs: object) -> None:
    """Readers see something else now, or will."""
    if instance.document.kind == Kind.ARTICLE:
        refresh([instance.document_id], timezone.now())
    elif instance.document.kind == Kind.FACTS and instance.revision:
        refresh(_texts_with_other_facts(instance.revision), timezone.now())


def _texts_with_other_facts(revision: Revision) -> list[int]:
    """The documents in whose words a new sheet has another value than the one before."""
    before = LiveChange.objects.filter(document=revision.document_id).exclude(revision=revision).up_to(timezone.now())
    newest = before.select_related("revision").first()
    was = newest.revision.body.get("facts", {}) if newest and newest.revision else {}
    facts = revision.body.get("facts", {})
    changed = [key for key, row in facts.items() if was.get(key) != row]
    uses = Reference.objects.to(Target.FACT, *changed).filter(revision__document__kind=Kind.ARTICLE)
    return list(uses.values_list("revision__document", flat=True).distinct())


@transaction.atomic
def refresh(documents: Iterable[int], now: datetime) -> None:
    """Index these articles' texts anew."""
    texts = Translation.objects.filter(pk__in=list(documents))
    sheets = list(_sheets(now))
    counts: dict[str, Counter[str]] = {}
    for text in texts:
        count = counts.setdefault(text.language, Counter())
        for entry in Entry.objects.filter(revision__document=text.pk):
            count.subtract(distinct(entry))
            entry.delete()
        for revision in _seen_from(text, now) if sheets else ():
            try:
                entry, said = _entry(revision, sheets)
            except Refused:
                continue  # bundled words that are not right: their loader says so, once all are there
            entry.save()
            count.update(distinct(entry))
            learn_spellings(text.language, said)
    for language, count in counts.items():
        count_words(language, count)


@transaction.atomic
def rebuild(now: datetime, *, quiet: bool = True) -> int:
    """Index everything anew. How many entries there are."""
    for model in (Entry, Term, Spelling):
        model.objects.all().delete()
    documents = list(Translation.objects.values_list("pk", flat=True))
    for document in tqdm(documents, desc="indexing", disable=quiet):
        refresh([document], now)
    merge()
    return Entry.objects.count()


def _sheets(now: datetime) -> Iterator[FactSheet]:
    """The sheet that speaks now and those that are planned: what they say is found from the first second on."""
    try:
        yield sheet_at(now)
    except (Http404, Refused):
        return  # without facts readers see no text
    for change in LiveChange.objects.of_kind(Kind.FACTS).filter(at__gt=now).select_related("revision"):
        if change.revision:
            yield sheet_of(change.revision)


def _seen_from(document: Document, now: datetime) -> list[Revision]:
    """What readers see of a document from now on, by plans too."""
    live = document.revisions.live(now)
    planned = Revision.objects.filter(document=document, live_changes__at__gt=now)
    wanted = {*live.values_list("pk", flat=True), *planned.values_list("pk", flat=True)}
    return list(Revision.objects.filter(pk__in=wanted).select_related("document__translation__article"))


def _entry(revision: Revision, sheets: list[FactSheet]) -> tuple[Entry, list[Word]]:
    """What can be found of a revision: a line for each heading, step or section. With the words as they are spelled."""
    reading = Reading.of(revision)
    said: dict[str, list[str]] = {field: [] for field in FIELDS}
    for sheet in sheets:
        page = ArticlePage(reading, sheet)
        for field, lines in passages(page).items():
            known = said[field]
            known += [""] * (len(lines) - len(known))
            for place, line in enumerate(lines):
                if line not in known[place].split("\f"):
                    known[place] = "\f".join(filter(None, (known[place], line)))
    earlier = Revision.objects.seen_by(timezone.now()).filter(document=revision.document).exclude(pk=revision.pk)
    titles = {str(each.get("title", "")) for each in earlier.values_list("body", flat=True)} - {reading.text.title}
    said["former"] = [*sorted(titles), *(slug.replace("-", " ") for slug in _article(revision).slugs)]
    found = {field: [list(words(line)) for line in lines] for field, lines in said.items()}
    fields = {field: "\n".join(" ".join(word.text for word in line) for line in found[field]) for field in FIELDS}
    entry = Entry(revision=revision, language=reading.language, **fields)
    return entry, [word for lines in found.values() for line in lines for word in line]


def passages(page: ArticlePage) -> dict[str, list[str]]:
    """A page's words by field: of steps and sections the same place in each list is the same step or section.

    `body` begins with what stands before all sections; `asked` ends with questions that are no heading.
    """
    plain = dict(page.plain_texts())
    steps = [f"steps.{step.key}" for step in page.reading.text.steps]
    glance = [words for field, words in plain.items() if field.startswith("at_a_glance.")]
    cut = [page.plain(markdown) for _, markdown in sections(page.reading.text.text)]
    return {
        "title": [plain["title"]],
        "asked": [*(words for _, words in page.contents), *page.reading.text.questions],
        "steps": ["\n".join(plain[f"{step}.{part}"] for part in ("title", "text", "see")) for step in steps],
        "trouble": [plain[f"{step}.if_not"] for step in steps],
        "body": ["\n".join([plain["summary"], *glance, cut[0]]), *cut[1:]],
    }


def _article(revision: Revision) -> Any:
    return revision.document.translation.article


def distinct(entry: Entry) -> set[str]:
    """The words of an entry, each once, with the one that every entry has."""
    return {EVERY_ENTRY, *(word for field in FIELDS for word in getattr(entry, field).split())}


def count_words(language: str, count: Counter[str]) -> None:
    """Add to how many entries have each word; in one order, so that two who do so at once do not wait in a circle."""
    rows = [(language, text, uses) for text, uses in sorted(count.items()) if uses]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO search_term (language, text, uses) VALUES (%s, %s, %s)"
            " ON CONFLICT (language, text) DO UPDATE SET uses = search_term.uses + excluded.uses",
            rows,
        )


def learn_spellings(language: str, said: list[Word]) -> None:
    """Remember how each word may be mistyped."""
    meant = {word.spelled: word for word in said if word.is_han or len(word.spelled) >= SHORTEST_SLIP}
    known = set(Spelling.objects.filter(language=language, meant__in=meant).values_list("meant", flat=True))
    rows = [
        Spelling(language=language, typed=typed, meant=spelled)
        for spelled, word in sorted(meant.items())
        if spelled not in known
        for typed in sorted({sound(spelled)} if word.is_han else slips(spelled))
    ]
    Spelling.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
