"""Whether a refund is due: a policy read off the fact sheet, what was used, and an answer that explains itself."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from helpcenter.domain.facts import Fact, FactSheet

MAX_GPU_MINUTES = Decimal(1_000_000)
"""A slip of the finger: the largest plan includes 43,200 Fast minutes a year (F05), and one job after another, day and
night, takes 525,600."""

MAX_IMAGES = 1_000_000
"""A slip of the finger, too: an ordinary prompt takes a minute of GPU time (F10)."""

LONGEST_TYPED = 40

REFUND_FACT_KEYS = (
    "refund.gpu_minutes",
    "refund.images",
    "refund.combine",
    "refund.scope",
    "refund.business_days",
    "provider_refund.gpu_minutes",
    "provider_refund.scope",
)
"""The facts that decide about refunds."""


class Metric(StrEnum):
    """What is counted."""

    GPU_MINUTES = "gpu_minutes"
    IMAGES = "images"


class Scope(StrEnum):
    """Over what it is counted: this subscription (F46) or the whole life of the account (F47)."""

    SUBSCRIPTION = "subscription"
    LIFETIME = "lifetime"


class Combine(StrEnum):
    """Whether one condition is enough or all are needed."""

    ANY = "any"
    ALL = "all"


class Earlier(StrEnum):
    """Whether earlier subscriptions of the account used GPU time."""

    NO = "no"
    YES = "yes"
    UNSURE = "unsure"


class Verdict(StrEnum):
    """What an assessment comes to. Unknown, if it hangs on something that the reader does not know."""

    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not-eligible"
    UNKNOWN = "unknown"


class UsageReason(StrEnum):
    """What is wrong with a number."""

    EMPTY = "empty"
    MALFORMED = "malformed"
    NEGATIVE = "negative"
    NOT_FINITE = "not-finite"
    NOT_WHOLE = "not-whole"
    TOO_LARGE = "too-large"
    LIFETIME_BELOW_SUBSCRIPTION = "lifetime-below-subscription"


class UsageError(ValueError):
    """A number that cannot be what an account used. `field` is the one to mend, empty where only one number is read."""

    def __init__(self, reason: UsageReason, field: str = "") -> None:
        self.reason = reason
        self.field = field
        super().__init__(f"{field}: {reason}" if field else reason)


@dataclass(frozen=True, slots=True)
class Usage:
    """What the reader used: GPU minutes and images of this subscription, and what is known of the account before it.

    Raises UsageError for numbers that no account can have.
    """

    gpu_minutes: Decimal
    images: int
    earlier: Earlier = Earlier.UNSURE
    lifetime_gpu_minutes: Decimal | None = None

    def __post_init__(self) -> None:
        _check("gpu_minutes", self.gpu_minutes, MAX_GPU_MINUTES)
        _check("images", Decimal(self.images), Decimal(MAX_IMAGES))
        if self.lifetime_gpu_minutes is not None:
            _check("lifetime_gpu_minutes", self.lifetime_gpu_minutes, MAX_GPU_MINUTES)
            if self.lifetime_gpu_minutes < self.gpu_minutes:
                raise UsageError(UsageReason.LIFETIME_BELOW_SUBSCRIPTION, "lifetime_gpu_minutes")

    def amount(self, metric: Metric, scope: Scope) -> Decimal | None:
        """How much was used; None if it is not known."""
        match metric, scope:
            case Metric.GPU_MINUTES, Scope.SUBSCRIPTION:
                return self.gpu_minutes
            case Metric.GPU_MINUTES, Scope.LIFETIME:
                known = self.gpu_minutes if self.earlier is Earlier.NO else None
                return known if self.lifetime_gpu_minutes is None else self.lifetime_gpu_minutes
            case Metric.IMAGES, Scope.SUBSCRIPTION:
                return Decimal(self.images)
            case _:
                return Decimal(self.images) if self.earlier is Earlier.NO else None

    def at_least(self, metric: Metric) -> Decimal:
        """What was used in any case: the life of an account includes this subscription."""
        return self.gpu_minutes if metric is Metric.GPU_MINUTES else Decimal(self.images)


def _check(field: str, number: Decimal, largest: Decimal) -> None:
    if not number.is_finite():
        raise UsageError(UsageReason.NOT_FINITE, field)
    if number < 0:
        raise UsageError(UsageReason.NEGATIVE, field)
    if number > largest:
        raise UsageError(UsageReason.TOO_LARGE, field)


@dataclass(frozen=True, slots=True)
class Condition:
    """Fewer than `below` of a metric, over a scope. Strictly fewer: the limit itself does not meet it (F50)."""

    metric: Metric
    below: Decimal
    scope: Scope

    def judge(self, usage: Usage) -> "Judgement":
        """What this condition says of a usage.

        Where earlier subscriptions used GPU time and nobody knows how much, the account's total must be expected to
        be over the limit: the condition is taken as not met, and the judgement says that this was assumed.
        """
        used = usage.amount(self.metric, self.scope)
        if used is not None:
            return Judgement(self, used, used < self.below)
        if usage.at_least(self.metric) >= self.below:
            return Judgement(self, None, False)
        if usage.earlier is Earlier.YES:
            return Judgement(self, None, False, assumed=True)
        return Judgement(self, None, None)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a condition said. `used` is None where the amount is not known, `met` where that leaves it open."""

    condition: Condition
    used: Decimal | None
    met: bool | None
    assumed: bool = False

    @property
    def by(self) -> Decimal | None:
        """How far from the limit: how much was left below it, or how much it was overstepped by (0 at the limit)."""
        return None if self.used is None else abs(self.condition.below - self.used)


@dataclass(frozen=True, slots=True)
class RefundPolicy:
    """The rule: its conditions, how they combine, and the facts that it was read from (source and day checked)."""

    conditions: tuple[Condition, ...]
    combine: Combine
    sources: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class RefundAssessment:
    """The answer, with what each condition said."""

    policy: RefundPolicy
    judgements: tuple[Judgement, ...]

    @property
    def verdict(self) -> Verdict:
        """Eligible or not; unknown only if the open conditions could still turn it."""
        met = [judgement.met for judgement in self.judgements]
        enough, missing = (any, all) if self.policy.combine is Combine.ANY else (all, any)
        if enough(each is True for each in met):
            return Verdict.ELIGIBLE
        if missing(each is False for each in met):
            return Verdict.NOT_ELIGIBLE
        return Verdict.UNKNOWN

    @property
    def deciding(self) -> tuple[Judgement, ...]:
        """The judgements that the verdict rests on."""
        wanted = {Verdict.ELIGIBLE: True, Verdict.NOT_ELIGIBLE: False, Verdict.UNKNOWN: None}[self.verdict]
        return tuple(judgement for judgement in self.judgements if judgement.met is wanted)

    @property
    def would_change(self) -> tuple[Condition, ...]:
        """The conditions that would have to come out otherwise: one of them or all, as few as the policy asks for.

        Not eligible by "any": one of these would be enough. Not eligible by "all": each of these is needed.
        """
        return tuple(judgement.condition for judgement in self.deciding)


def assess(policy: RefundPolicy, usage: Usage) -> RefundAssessment:
    """Judge each condition on its own, so that the answer can say which decided it and by how much."""
    return RefundAssessment(policy, tuple(condition.judge(usage) for condition in policy.conditions))


def refund_policy(sheet: FactSheet) -> RefundPolicy:
    """The default policy (F46): by minutes or images, over this subscription, unless the sheet says otherwise."""
    scope = Scope(sheet.choice("refund.scope"))
    return RefundPolicy(
        conditions=(
            Condition(Metric.GPU_MINUTES, sheet.number("refund.gpu_minutes"), scope),
            Condition(Metric.IMAGES, sheet.number("refund.images"), scope),
        ),
        combine=Combine(sheet.choice("refund.combine")),
        sources=tuple(sheet[key] for key in REFUND_FACT_KEYS if key.startswith("refund.")),
    )


def provider_refund_policy(sheet: FactSheet) -> RefundPolicy:
    """The provider's own, stricter rule (F47): minutes only, over the whole life of the account."""
    scope = Scope(sheet.choice("provider_refund.scope"))
    minutes = Condition(Metric.GPU_MINUTES, sheet.number("provider_refund.gpu_minutes"), scope)
    sources = tuple(sheet[key] for key in REFUND_FACT_KEYS if key.startswith("provider_refund."))
    return RefundPolicy((minutes,), Combine.ANY, sources)


_NUMBER = re.compile(r"(\d+|\d{1,3}(,\d{3})+)(\.\d+)?|\.\d+", re.ASCII)
_NEGATIVE = re.compile(r"[-−‒–]\s*[\d.]", re.ASCII)


def read_decimal(typed: str) -> Decimal:
    """A number as people type it: full-width digits, a Chinese full stop as the point, commas between thousands.

    Raises UsageError with the reason; nothing else, whatever is typed.
    """
    typed = typed.strip()
    if len(typed) > LONGEST_TYPED:
        raise UsageError(UsageReason.TOO_LARGE if typed.isdigit() else UsageReason.MALFORMED)
    text = re.sub(r"(?<=\d)。(?=\d)", ".", unicodedata.normalize("NFKC", typed))
    if not text:
        raise UsageError(UsageReason.EMPTY)
    if _NEGATIVE.match(text):
        raise UsageError(UsageReason.NEGATIVE)
    if not _NUMBER.fullmatch(text):
        raise UsageError(UsageReason.MALFORMED)
    number = Decimal(text.replace(",", ""))
    if number > MAX_GPU_MINUTES:
        raise UsageError(UsageReason.TOO_LARGE)
    return number


def read_whole(typed: str) -> int:
    """A whole number as people type it. Raises UsageError; 19.0 is whole, 19.5 is not."""
    number = read_decimal(typed)
    if number != number.to_integral_value():
        raise UsageError(UsageReason.NOT_WHOLE)
    return int(number)
