"""What rows are called now that the audit knows by their numbers: a few queries for all of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db.models import BinaryField, ForeignKey, JSONField, Model

from helpcenter.audit.values import name_of

type Names = Mapping[tuple[type[Model], object], str]
"""By kind and number."""


def names(asked: Iterable[tuple[type[Model], int]]) -> Names:
    """Of those rows that are still there."""
    numbers = defaultdict(set)
    for model, number in asked:
        numbers[model].add(number)
    return {(model, pk): name for model, those in numbers.items() for pk, name in _of(model, those).items()}


def _of(model: type[Model], numbers: set[int]) -> dict[int, str]:
    """A text of an article is called better than the document that it is, too."""
    found = {row.pk: name_of(row) for row in _rows(model, numbers)}
    for each in model._meta.related_objects:
        if getattr(each, "parent_link", False):
            found |= {row.pk: name_of(row) for row in _rows(each.related_model, numbers)}
    return found


def _rows(model: type[Model], numbers: set[int]) -> Iterable[Model]:
    """With the rows that may stand in their names, and without the bodies and pictures, which do not."""
    keys = [each for each in model._meta.concrete_fields if isinstance(each, ForeignKey)]
    beside = [
        f"{key.name}__{each.name}" for key in keys for each in key.related_model._meta.concrete_fields if _long(each)
    ]
    own = [each.name for each in model._meta.concrete_fields if _long(each)]
    rows = model._base_manager.select_related(*(key.name for key in keys)) if keys else model._base_manager.all()
    return rows.defer(*own, *beside).in_bulk(numbers).values()


def _long(field: object) -> bool:
    return isinstance(field, JSONField | BinaryField)
