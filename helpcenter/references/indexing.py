"""The table of references is derived: written anew from a revision's body whenever one is saved.

A kind of document registers what its bodies point at when its app starts.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from helpcenter.publishing.models import Revision
from helpcenter.references.models import Reference, Target

type Found = tuple[Target, str, str]
"""What is pointed at, and where in the body."""

_extracts: dict[str, Callable[[dict[str, Any]], Iterable[Found]]] = {}


def register(kind: str, extract: Callable[[dict[str, Any]], Iterable[Found]]) -> None:
    """Ask `extract` for what the bodies of a kind of document point at."""
    _extracts[kind] = extract


def references(revision: Revision) -> Iterator[Reference]:
    """What a revision points at, each once for each place."""
    extract = _extracts.get(revision.document.kind)
    for kind, target, where in dict.fromkeys(extract(revision.body)) if extract else ():
        yield Reference(revision=revision, kind=kind, target=target[:500], where=where[:200])


def index_saved(instance: Revision, **kwargs: object) -> None:
    """A revision was saved."""
    index([instance])


def index(revisions: Iterable[Revision]) -> int:
    """Write the references of these revisions anew. How many there are."""
    revisions = list(revisions)
    Reference.objects.filter(revision__in=revisions).delete()
    return len(Reference.objects.bulk_create([each for revision in revisions for each in references(revision)]))
