"""The generated articles as others search them, beside their entries."""

import re
from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone

from helpcenter.delivery.generating import Wanted, generate, settle
from helpcenter.delivery.inventing import Length
from helpcenter.facts.sheets import strings
from helpcenter.search.models import FIELDS, Entry
from tests.search.bench.models import Text

LENGTH = Length(
    title=4, summary=20, question=4, sections=2, heading=2, section=50, steps=2, step=12, trouble=10
)  # the figures in docs/performance.md are of texts as long as these
BATCH = 1000
MARKUP = re.compile(r"\]\([^)]*\)|\{#[^}]*\}")
"""Where links lead, and the ids of headings."""


def fill(size) -> None:
    """So many articles in each language, for the search and for what it is compared with."""
    now = timezone.now()
    generate(Wanted(size, versions=1, seed=2, length=LENGTH), since=now - timedelta(days=1), now=now, quiet=False)
    texts = map(said, Entry.objects.select_related("revision").iterator(BATCH))
    Text.objects.bulk_create(texts, BATCH)
    call_command("rebuild_modelsearch_index", chunk_size=10_000, verbosity=0)
    settle()


def said(entry) -> Text:
    """What an entry was made of, folded as far as LIKE on PostgreSQL needs it."""
    body = {field: words for field, words in entry.revision.body.items() if field not in ("sources", "checked_on")}
    plain = MARKUP.sub("", "\n".join(words for _, words in strings(body)).lower())
    title, *others = (getattr(entry, field).replace("\n", " ") for field in FIELDS)
    return Text(revision_id=entry.revision_id, language=entry.language, plain=plain, title=title, body=" ".join(others))
