"""The fact sheet: each value that the provider may change stands here once, with its source and the day it was checked.

Articles insert facts by key, the refund rule reads its limits here, the wizard and the structured data too.
"""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from helpcenter.domain.findings import Finding, Refused

KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
NUMBER = re.compile(r"\d{1,12}(\.\d{1,4})?", re.ASCII)
TOKEN = re.compile(r"\{\{\s*([^{}\s]+)\s*\}\}")

CHOICES: Mapping[str, tuple[str, ...]] = {
    "combine": ("any", "all"),
    "scope": ("subscription", "lifetime"),
}
"""What a fact of kind choice may say, by the last part of its key."""


class FactKind(StrEnum):
    """What a fact's value is, which decides how it is typed by an editor and shown to a reader."""

    NUMBER = "number"
    MONEY = "money"  # US dollars: the provider charges nothing else (F16)
    DATE = "date"
    LABEL = "label"  # words as the provider's screen shows them, in any language of ours
    COMMAND = "command"
    ADDRESS = "address"
    TEXT = "text"  # words of ours, by language
    CHOICE = "choice"


type FactValue = Decimal | date | str | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Fact:
    """One value that the provider may change. `source` says where it was read, `checked_on` when."""

    key: str
    kind: FactKind
    value: FactValue
    source: str
    checked_on: date


@dataclass(frozen=True, slots=True)
class FactSheet:
    """All facts as they stand together in one version of the sheet."""

    version: int
    facts: Mapping[str, Fact]

    def __contains__(self, key: object) -> bool:
        return key in self.facts

    def __iter__(self) -> Iterator[Fact]:
        return iter(self.facts.values())

    def __getitem__(self, key: str) -> Fact:
        return self.facts[key]

    def number(self, key: str) -> Decimal:
        """The value of a number fact. A sheet that lacks a key of `REQUIRED_NUMBERS` cannot be read at all."""
        value = self.facts[key].value
        assert isinstance(value, Decimal)
        return value

    def choice(self, key: str) -> str:
        """The value of a choice fact."""
        value = self.facts[key].value
        assert isinstance(value, str)
        return value


REQUIRED_NUMBERS = (
    "refund.gpu_minutes",
    "refund.images",
    "refund.business_days",
    "provider_refund.gpu_minutes",
    "billing.margin_days",
)
WHOLE_DAYS = ("refund.business_days", "billing.margin_days")
"""Facts that days are counted by."""

MOST_DAYS = 366

REQUIRED_LABELS = ("label.cancel",)
REQUIRED_CHOICES = ("refund.combine", "refund.scope", "provider_refund.scope")


def read_sheet(body: Mapping[str, Any], *, version: int, languages: Iterable[str]) -> FactSheet:
    """The fact sheet that a revision's body (or a bundled file) describes.

    Raises Refused with a finding for each fact that cannot be read and each missing key that our rules need.
    """
    findings: list[Finding] = []
    facts: dict[str, Fact] = {}
    wanted = tuple(languages)
    rows = body.get("facts")
    if not isinstance(rows, Mapping) or not all(isinstance(row, Mapping) for row in rows.values()):
        raise Refused([Finding("facts-malformed", "facts")])
    for key, row in rows.items():
        try:
            facts[key] = _read_fact(key, row, wanted)
        except Refused as refused:
            findings += refused.findings
    for required, kind in (
        *((key, FactKind.NUMBER) for key in REQUIRED_NUMBERS),
        *((key, FactKind.CHOICE) for key in REQUIRED_CHOICES),
        *((key, FactKind.LABEL) for key in REQUIRED_LABELS),
    ):
        if required not in rows:
            findings.append(Finding("fact-missing", required))
        elif required in facts and facts[required].kind is not kind:
            findings.append(Finding("fact-kind-wrong", required, details={"kind": kind.value}))
    if findings:
        raise Refused(findings)
    return FactSheet(version, facts)


def _read_fact(key: str, row: Mapping[str, Any], languages: tuple[str, ...]) -> Fact:
    if not KEY.fullmatch(key):
        raise Refused([Finding("fact-key-malformed", key)])
    try:
        kind = FactKind(row.get("kind", ""))
    except ValueError:
        raise Refused([Finding("fact-kind-unknown", key, details={"kind": str(row.get("kind"))})]) from None
    source = str(row.get("source") or "").strip()
    if not source:
        raise Refused([Finding("fact-source-missing", key)])
    checked_on = _read_date(key, row.get("checked_on"))
    return Fact(key, kind, _read_value(key, kind, row.get("value"), languages), source, checked_on)


def _read_value(key: str, kind: FactKind, value: Any, languages: tuple[str, ...]) -> FactValue:
    match kind:
        case FactKind.NUMBER | FactKind.MONEY:
            return _read_number(key, value)
        case FactKind.DATE:
            return _read_date(key, value)
        case FactKind.TEXT:
            texts = value if isinstance(value, Mapping) else {}
            missing = [language for language in languages if not str(texts.get(language) or "").strip()]
            if missing:
                raise Refused([Finding("fact-text-missing", key, details={"languages": ", ".join(missing)})])
            return {language: str(text).strip() for language, text in texts.items()}
        case FactKind.CHOICE:
            allowed = CHOICES.get(key.rpartition(".")[2], ())
            if value not in allowed:
                raise Refused([Finding("fact-choice-unknown", key, details={"allowed": ", ".join(allowed)})])
            return str(value)
        case FactKind.ADDRESS:
            if not re.fullmatch(r"https://[A-Za-z0-9.-]+(/\S*)?", str(value)):
                raise Refused([Finding("fact-address-malformed", key)])
            return str(value)
        case FactKind.LABEL | FactKind.COMMAND:
            if not str(value or "").strip():
                raise Refused([Finding("fact-value-missing", key)])
            return str(value).strip()


def _read_number(key: str, value: Any) -> Decimal:
    if not NUMBER.fullmatch(str(value)):
        raise Refused([Finding("fact-number-malformed", key, details={"value": str(value)})])
    number = Decimal(str(value))
    if key in WHOLE_DAYS and (number % 1 or number > MOST_DAYS):
        details = {"value": str(value), "most": str(MOST_DAYS)}
        raise Refused([Finding("fact-days-malformed", key, details=details)])
    return number


def _read_date(key: str, value: Any) -> date:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise Refused([Finding("fact-date-malformed", key, details={"value": str(value)})]) from None


def fact_keys(text: str) -> tuple[str, ...]:
    """The keys of the facts that a text inserts, in order of their first use."""
    return tuple(dict.fromkeys(TOKEN.findall(text)))


def check_facts(text: str, known: Iterable[str], *, where: str) -> tuple[Finding, ...]:
    """A finding for each token in `text` whose key is not among `known`, with the key that was probably meant.

    And one for braces that are no token, which readers would see.
    """
    names = tuple(known)
    broken = re.search(r".{0,20}(\{\{|\}\}).{0,20}", TOKEN.sub("", text))
    malformed = [Finding("fact-token-malformed", where, details={"words": broken[0].strip()})] if broken else []
    unknown = (
        Finding(
            "fact-unknown",
            where,
            details={"key": key, "suggestion": next(iter(difflib.get_close_matches(key, names, 1)), "")},
        )
        for key in fact_keys(text)
        if key not in names
    )
    return (*malformed, *unknown)
