"""What changed, as the desk says it: fields and values by the names that editors know, in their language."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.db.models import BooleanField, DateTimeField, Field, ForeignKey, Model
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpcenter.audit.models import Entry
from helpcenter.audit.names import Names, names
from helpcenter.publishing.admin import DocumentAdmin
from helpcenter.publishing.models import Revision

type Change = tuple[str, str, str]
"""What a field is called, what it was, what it is."""

UNSAID = "•••"
"""What is said of a value that the audit must not know: that it changed is all there is of it."""

NOTHING: tuple[object, ...] = (None, "", [])
"""From one of these to another nothing has changed."""

NAMES = {
    "mfa.Authenticator": gettext_lazy("second factor"),
    "mfa.Authenticator.name": gettext_lazy("Name"),
}
"""What is called nothing, or only English, where it is made."""

type Place = Callable[[str], str]


def in_words(entries: Iterable[Entry]) -> dict[int, list[Change]]:
    """By entry what it changed."""
    rows = list(entries)
    places = _places(each.key for each in rows if each.kind == Revision._meta.label)
    called = names(_led_to(rows))
    return {row.pk: list(_changes(row, places.get(row.key, str), called)) for row in rows}


def _changes(entry: Entry, place: Place, called: Names) -> Iterable[Change]:
    model = model_of(entry)
    label: Callable[[str], str] = partial(_label, model, place) if model else str
    value = partial(_value, model, called) if model else _plain
    for name, (was, now) in entry.changes.items():
        before, after = (value(name, each) for each in (was, now))
        if was is now is None:
            yield label(name), UNSAID, UNSAID
        elif name == "id" or (was in NOTHING and now in NOTHING):
            continue
        elif before == after:  # in words: seconds, where one of a list ends
            yield label(name), json.dumps(was, ensure_ascii=False), json.dumps(now, ensure_ascii=False)
        else:
            yield label(name), before, after


def model_of(entry: Entry) -> type[Model] | None:
    """What it is about; nothing, if the site has no such thing any more."""
    try:
        return apps.get_model(entry.kind)
    except LookupError:
        return None


def kind_of(model: type[Model]) -> str:
    """What a thing like this is."""
    return str(NAMES.get(model._meta.label, model._meta.verbose_name))


def _led_to(entries: Iterable[Entry]) -> Iterator[tuple[type[Model], int]]:
    """The rows that foreign keys of these name."""
    for entry in entries:
        model = model_of(entry)
        for name, values in entry.changes.items():
            field = _field(model, name) if model else None
            if isinstance(field, ForeignKey):
                yield from ((field.related_model, each) for each in values if isinstance(each, int))


def _places(keys: Iterable[str]) -> Mapping[str, Place]:
    """By revision how the desk of its kind calls a part of its body."""
    desks = {str(each.kind): each for each in admin.site._registry.values() if isinstance(each, DocumentAdmin)}
    found = Revision.objects.filter(pk__in=[*keys]).values_list("pk", "document__kind")
    return {str(pk): desks[kind].place for pk, kind in found if kind in desks}


def _label(model: type[Model], place: Place, name: str) -> str:
    first, _dot, part = name.partition(".")
    if part:
        named = place(part)
        head, _dot, rest = part.partition(".")
        return named if named != part else f"{place(head)} {rest}".strip()
    field, desk = _field(model, first), admin.site._registry.get(model)
    asked = getattr(getattr(desk and desk.form, "_meta", None), "labels", None) or {}
    return str(
        capfirst(
            asked.get(first) or NAMES.get(f"{model._meta.label}.{first}") or (field.verbose_name if field else first)
        )
    )


def _value(model: type[Model], called: Names, name: str, value: object) -> str:
    field = _field(model, name)
    if value is None or field is None:
        return _plain(name, value)
    if isinstance(field, ForeignKey):
        return called.get((field.related_model, value)) or _plain(name, value)
    if isinstance(field, BooleanField):
        return _("yes") if value else _("no")
    if isinstance(field, DateTimeField):
        with suppress(ValueError, OverflowError):  # a day alone, or after the last that there is here
            return f"{localtime(datetime.fromisoformat(str(value))):%Y-%m-%d %H:%M}"
    return str(next((label for kept, label in field.flatchoices if kept == value), _plain(name, value)))


def _field(model: type[Model], name: str) -> "Field[Any, Any] | None":
    try:
        return model._meta.get_field(name)  # type: ignore[return-value] # what was stored is no relation from elsewhere
    except FieldDoesNotExist:
        return None


def _plain(_name: str, value: object) -> str:
    match value:
        case _ if value in NOTHING:
            return "–"
        case list():
            return ", ".join(map(str, value))
        case _:
            return str(value)
