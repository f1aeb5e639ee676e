"""What the audit keeps of a row, and what it must not."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Model
from django.db.models.fields.json import KT

type Values = dict[str, Any]

UNWATCHED = {
    "articles.Looked": "derived from texts",
    "articles.Touched": "notes for what is derived",
    "articles.Upkeep": "derived from texts",
    "audit.Entry": "itself",
    "auth.Permission": "made by migrations",
    "delivery.Epoch": "a number that triggers move",
    "delivery.Touched": "notes that triggers make",
    "publishing.Event": "a list that only grows, itself",
    "publishing.Unsaved": "typed and not saved; every few seconds",
    "references.Reference": "derived from revisions",
    "search.Entry": "derived from live changes",
    "search.Spelling": "derived from live changes",
    "search.Term": "derived from live changes",
    "wizard.Passage": "counts of readers",
}
"""Models of the site that the audit says nothing of, and why."""

SECRET = {"auth.User": {"password"}}
"""That they changed is kept; not what they were, nor what they are."""

UNKEPT = {
    "articles.MissingPage": {"path", "times", "last_asked"},
    "articles.Rendition": {"content"},
    "auth.User": {"last_login"},
    "feedback.Vote": {"comment", "voter", "network"},
    "mfa.Authenticator": {"data", "last_used_at"},
    "search.Question": {"words", "asked_as", "times", "found", "clicked", "last_asked"},
}
"""Readers' words and what tells them apart, keys of second factors, pictures' bytes, and what counts by itself."""

KEPT_OF = {"mfa.Authenticator": {"name": KT("data__name")}}
"""What is kept of a field that else is not: what somebody calls a passkey."""

NAMELESS = ("articles.MissingPage", "search.Question")
"""What these are called is what a reader typed; an editor deletes them because they say too much."""

KEPT_THERE = {"publishing.Revision": {"body"}}
"""A new one has its words itself; afterwards the words that changed are kept."""


def stored(row: Model) -> Values:
    """What the database says of a row, but for what the audit must not know."""
    label = label_of(row)
    model = type(row)._meta.concrete_model
    assert model is not None
    names = [each.attname for each in model._meta.concrete_fields if each.name not in UNKEPT.get(label, ())]
    found = model._base_manager.filter(pk=row.pk).values(*names, **KEPT_OF.get(label, {})).first() or {}
    return dict(_leaf for name, value in found.items() for _leaf in _leaves(name, value))


def changed(label: str, before: Values, after: Values) -> Values:
    """By field what it was and what it is, where that differs. Of what is new only what it has."""
    unsaid, secret = (set() if before else KEPT_THERE.get(label, set())), SECRET.get(label, set())
    found: Values = {}
    for name in [*before, *(each for each in after if each not in before)]:
        was, now = before.get(name), after.get(name)
        if was != now and name.partition(".")[0] not in unsaid:
            found[name] = [None, None] if name in secret else [was, now]
    return found


def name_of(row: Model) -> str:
    """What a row is called, as far as that may be known."""
    return "" if label_of(row) in NAMELESS else str(row)


def label_of(row: Model) -> str:
    """The kind of a row. Documents of several kinds share a table, and each says which it is."""
    return row._meta.label


def _leaves(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """A value by the name of its field; of a text that is put together each part by its own name."""
    match value:
        case dict() if value:
            for key, part in value.items():
                yield from _leaves(f"{name}.{key}", part)
        case list() if value:
            for place, part in enumerate(value, start=1):
                yield from _leaves(f"{name}.{place}", part)
        case _:
            yield name, value
