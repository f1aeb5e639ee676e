"""What a check says about a text, a flow or a fact sheet: where, what is wrong, how to mend it.

A finding is a code with its details, not a sentence: editors read it in their own language, so the words
are made where it is shown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """An error blocks publishing; a warning is shown and lets it pass."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found.

    `code` names the rule that was broken, `where` the place (a field, a node of the flow, a fact key),
    `details` what the sentence about it needs.
    """

    code: str
    where: str
    severity: Severity = Severity.ERROR
    details: Mapping[str, str] = field(default_factory=dict)


class Refused(Exception):
    """Something could not be read into the domain; `findings` say why, all of them, not only the first."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("; ".join(f"{f.where}: {f.code} {dict(f.details)}" for f in self.findings))


def errors(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Only the findings that block publishing."""
    return tuple(finding for finding in findings if finding.severity is Severity.ERROR)
