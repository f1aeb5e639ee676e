"""Which fact sheet speaks at an instant, which texts use a fact, and what stands in the way of a new sheet."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import Http404
from django.utils import timezone

from helpcenter.domain.facts import FactKind, FactSheet, check_facts, read_sheet
from helpcenter.domain.findings import Finding, Refused, Severity
from helpcenter.publishing.models import Document, Kind, Revision
from helpcenter.references.hosts import check_hosts
from helpcenter.references.indexing import Found
from helpcenter.references.models import Reference, Target


def languages() -> tuple[str, ...]:
    """The languages that texts are wanted in, the first of them the original."""
    return tuple(code for code, _ in settings.LANGUAGES)


def sheet_at(at: datetime) -> FactSheet:
    """The fact sheet that is live at that instant. Raises Http404 before the first one."""
    revision = Revision.objects.of_kind(Kind.FACTS).live(at).first()
    if revision is None:
        raise Http404("fact sheet")
    return sheet_of(revision)


def sheet_numbered(number: int, *, at: datetime) -> FactSheet:
    """One published version of the sheet for ever. Raises Http404 if readers have not seen it by that instant."""
    revision = Revision.objects.of_kind(Kind.FACTS).seen_by(at).filter(number=number).first()
    if revision is None:
        raise Http404("fact sheet")
    return sheet_of(revision)


def sheet_of(revision: Revision) -> FactSheet:
    """The sheet that a published revision says."""
    return _read(revision.number, json.dumps(revision.body, sort_keys=True), languages())


@lru_cache(maxsize=64)
def _read(number: int, body: str, spoken: tuple[str, ...]) -> FactSheet:
    return read_sheet(in_every_language(json.loads(body), spoken), version=number, languages=spoken)


def in_every_language(value: Any, spoken: tuple[str, ...]) -> Any:
    """A body that may be older than a language of the site: where one is missing, the original's words.

    Whoever writes on it is asked for the words; what readers see goes on meanwhile.
    """
    match value:
        case dict() if isinstance(value.get(spoken[0]), str) and value.keys() <= {*spoken}:
            return {language: value.get(language) or value[spoken[0]] for language in spoken}
        case dict():
            return {key: in_every_language(inner, spoken) for key, inner in value.items()}
        case list():
            return [in_every_language(inner, spoken) for inner in value]
        case _:
            return value


def addresses(body: dict[str, Any]) -> Iterator[Found]:
    """The pages elsewhere that a sheet points at."""
    facts = body.get("facts")
    for key, row in facts.items() if isinstance(facts, dict) else ():
        if isinstance(row, dict) and row.get("kind") == FactKind.ADDRESS:
            yield Target.OUTBOUND, str(row.get("value")), f"{key}.value"


def check_sheet(document: Document, body: dict[str, Any], at: datetime) -> Iterator[Finding]:
    """What is wrong with a sheet, and each text in use that inserts a fact which it would take away."""
    try:
        sheet = read_sheet(body, version=0, languages=languages())
    except Refused as refused:
        yield from refused.findings
        return
    for fact in sheet:
        if fact.checked_on > timezone.localdate(at):
            details = {"day": fact.checked_on.isoformat()}
            yield Finding("fact-checked-later", fact.key, Severity.WARNING, details=details)
    before = document.revisions.live(at - timedelta(microseconds=1)).first()
    gone = {key for key in before.body["facts"] if key not in sheet} if before else set()
    for use in Reference.objects.in_use(at).to(Target.FACT, *gone):
        yield Finding("fact-in-use", use.target, details={"text": use.text})
    yield from check_hosts((where, link) for _, link, where in addresses(body))


def check_text(body: dict[str, Any], at: datetime) -> Iterator[Finding]:
    """A finding for each fact that a text inserts and that the sheet, live at that instant, does not have."""
    try:
        known = [fact.key for fact in sheet_at(at)]
    except Http404:
        known = []
    for field, text in strings(body):
        yield from check_facts(text, known, where=field)


def check_inserted(at: datetime) -> Iterator[Finding]:
    """Each text that readers see at that instant without a fact which it inserts."""
    try:
        gone = Reference.objects.targets(Target.FACT) - {fact.key for fact in sheet_at(at)}
    except Http404:
        return  # before there is a sheet no page speaks
    missing = Reference.objects.live(at).to(Target.FACT, *gone)
    for use in missing.select_related("revision__document__translation__article"):
        yield Finding("fact-in-use", use.target, details={"text": use.text})


def strings(value: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Every text inside a body, with the place it stands in."""
    match value:
        case str():
            yield where, value
        case dict():
            for key, inner in value.items():
                yield from strings(inner, f"{where}.{key}".lstrip("."))
        case list():
            for number, inner in enumerate(value, start=1):
                yield from strings(inner, f"{where}.{number}".lstrip("."))
