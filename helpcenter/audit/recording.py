"""Writes down what is written at the desk, in the transaction that writes it.

By Django's signals, which each way of writing a single row sends; `update()` and `bulk_create()` do not, so that the
desk does without them (tests/audit holds it). docs/decisions/0023-audit.md
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Any

import structlog
from django.apps import apps
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Model
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save
from django.http import HttpRequest, HttpResponse

from helpcenter.accounts.addresses import DESK, PASSWORDS
from helpcenter.audit.models import LONGEST_NAME, Act, Entry
from helpcenter.audit.values import UNWATCHED, Values, changed, label_of, name_of, stored

log = structlog.get_logger(__name__)

OURS = ("helpcenter", "articles", "django.contrib.auth", "allauth.mfa")
"""Whose models are watched."""

READING = ("GET", "HEAD", "OPTIONS")

type GetResponse = Callable[[HttpRequest], HttpResponse]


@dataclass(slots=True)
class _Writing:
    """A request to the desk, and what was there before what it is just writing."""

    request: HttpRequest
    before: dict[tuple[int, object], Values] = field(default_factory=dict)


_writing: ContextVar[_Writing | None] = ContextVar("writing", default=None)


def recorded(get_response: GetResponse) -> GetResponse:
    """Middleware: what a request to the desk writes is done whole or not at all, and its entries with it.

    But for the pages that ask for a password: what those write is whole by itself (accounts/adapters.py).
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(DESK):
            return get_response(request)
        with _at_the_desk(request):
            if request.method in READING:
                return get_response(request)
            _ = request.POST  # first: who sends slowly holds a thread, but not the database
            if request.path.startswith(PASSWORDS):
                return get_response(request)
            with transaction.atomic():
                response = get_response(request)
                if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                    transaction.set_rollback(True)
                return response

    return middleware


@contextmanager
def _at_the_desk(request: HttpRequest) -> Iterator[None]:
    token = _writing.set(_Writing(request))
    try:
        yield
    finally:
        _writing.reset(token)


def record(act: Act, row: Model, by: User | None, *, changes: Values | None = None, page: str = "") -> None:
    """Add an entry about a row, and a line of the log without words: it may go where nobody of here can change it."""
    entry = Entry.objects.create(
        act=act,
        by=by,
        kind=label_of(row),
        key=str(row.pk),
        name=name_of(row)[:LONGEST_NAME],
        changes=changes or {},
        page=page[:200],
    )
    said = {"entry": entry.pk, "act": act.value, "kind": entry.kind, "key": entry.key, "by": by.pk if by else None}
    transaction.on_commit(partial(log.info, "audit", **said))


def watch() -> None:
    """Listen to what happens to every model that the audit is about."""
    for model in watched():
        pre_save.connect(_remember, sender=model, dispatch_uid="audit")
        pre_delete.connect(_remember, sender=model, dispatch_uid="audit")
        post_save.connect(_saved, sender=model, dispatch_uid="audit")
        post_delete.connect(_deleted, sender=model, dispatch_uid="audit")
        for each in model._meta.local_many_to_many:
            m2m_changed.connect(_joined, sender=each.remote_field.through, dispatch_uid="audit")


def watched() -> list[type[Model]]:
    """The models that the audit is about."""
    there = [
        model for config in apps.get_app_configs() if config.name.startswith(OURS) for model in config.get_models()
    ]
    return [model for model in there if model._meta.label not in UNWATCHED]


def _remember(instance: Model, **kwargs: Any) -> None:
    if writing := _writing.get():
        writing.before[id(instance), None] = stored(instance) if instance.pk else {}


def _saved(instance: Model, **kwargs: Any) -> None:
    if writing := _writing.get():
        before = writing.before.pop((id(instance), None), {})
        _write_down(writing, Act.CHANGE if before else Act.ADD, instance, before, stored(instance))


def _deleted(instance: Model, **kwargs: Any) -> None:
    if writing := _writing.get():
        _write_down(writing, Act.DELETE, instance, writing.before.pop((id(instance), None), {}), {})


def _joined(sender: type[Model], instance: Model, action: str, reverse: bool, **kwargs: Any) -> None:
    """What is joined to a row: the groups of somebody, the permissions of a group."""
    writing = _writing.get()
    if not writing:
        return
    (name,) = (
        str(each.remote_field.get_accessor_name()) if reverse else each.name
        for each in (kwargs["model"] if reverse else type(instance))._meta.many_to_many
        if each.remote_field.through is sender
    )
    now = {name: sorted("/".join(map(str, each.natural_key())) for each in getattr(instance, name).all())}
    if action.startswith("pre_"):
        writing.before[id(instance), name] = now
    else:
        _write_down(writing, Act.CHANGE, instance, writing.before.pop((id(instance), name), {}), now)


def _write_down(writing: _Writing, act: Act, row: Model, before: Values, after: Values) -> None:
    changes = changed(label_of(row), before, after)
    if changes or act is not Act.CHANGE:
        somebody: Any = writing.request.user
        record(act, row, somebody if somebody.is_authenticated else None, changes=changes, page=writing.request.path)
