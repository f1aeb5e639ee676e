"""The gate before publishing: each kind of document brings its checks, and nothing goes live past them.

A kind of document registers its check when its app starts. A check gets the body and the instant at which it
would go live, so that it is judged against what will then be live beside it.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from helpcenter.domain.findings import Finding
from helpcenter.publishing.models import Document, Revision

type Check = Callable[[Document, dict[str, Any], datetime], Iterable[Finding]]

_checks: dict[str, list[Check]] = {}


type RetiringCheck = Callable[[Document, datetime], Iterable[Finding]]

_retiring: list[RetiringCheck] = []


def register(kind: str, check: Check) -> None:
    """Run `check` whenever a document of that kind is about to be published."""
    _checks.setdefault(kind, []).append(check)


def check(document: Document, body: dict[str, Any], at: datetime) -> tuple[Finding, ...]:
    """All that is wrong with a body if it went live at that instant."""
    return tuple(finding for one in _checks.get(document.kind, ()) for finding in one(document, body, at))


type LossCheck = Callable[[Revision, datetime], Iterable[Finding]]

_losses: list[LossCheck] = []


def register_lost(check: LossCheck) -> None:
    """Run `check` whenever a translation is submitted or published."""
    _losses.append(check)


def lost(revision: Revision, at: datetime) -> tuple[Finding, ...]:
    """What a translation has lost of its original. Blocks it as well, unless somebody says why it is left out."""
    return tuple(finding for one in _losses for finding in one(revision, at))


type BetweenCheck = Callable[[datetime], Iterable[Finding]]

_between: list[BetweenCheck] = []


def register_between(check: BetweenCheck) -> None:
    """Run `check` for every instant at which another change of plans may leave documents that do not fit."""
    _between.append(check)


def between(at: datetime) -> tuple[Finding, ...]:
    """Where documents that are live at that instant do not fit each other, whatever each was checked against."""
    return tuple(finding for one in _between for finding in one(at))


def register_retiring(check: RetiringCheck) -> None:
    """Run `check` whenever readers are no longer to see an article."""
    _retiring.append(check)


def check_retiring(document: Document, at: datetime) -> tuple[Finding, ...]:
    """What would point at nothing if readers no longer saw the document from that instant on."""
    return tuple(finding for one in _retiring for finding in one(document, at))
