"""An assessment in words and bars: what a template shows of it."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpcenter.domain.facts import Fact
from helpcenter.domain.refunds import (
    Combine,
    Condition,
    Judgement,
    Metric,
    RefundAssessment,
    Scope,
    Verdict,
)

LIMIT_AT = 60
"""Where the limit stands on a bar, in percent of its length."""


FACT_LABELS = {
    "refund.gpu_minutes": gettext_lazy("Limit of GPU minutes"),
    "refund.images": gettext_lazy("Limit of images"),
    "refund.combine": gettext_lazy("How the two limits work together"),
    "refund.scope": gettext_lazy("What they are counted over"),
    "refund.business_days": gettext_lazy("Business days until a refund shows"),
    "provider_refund.gpu_minutes": gettext_lazy("Midjourney's limit of GPU minutes"),
    "provider_refund.scope": gettext_lazy("What Midjourney counts over"),
}
"""The facts that decide, in a reader's words."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A judgement as a sentence and a bar: `used` is how long the used part is, in percent, beside the limit."""

    judgement: Judgement
    used: int
    limit_at: int = LIMIT_AT

    @classmethod
    def of(cls, judgement: Judgement) -> "Bar":
        """Drawn to scale up to the end of the bar; what goes beyond is cut off there."""
        limit = judgement.condition.below or Decimal(1)
        return cls(judgement, min(100, round((judgement.used or 0) / limit * LIMIT_AT)))

    @property
    def sentence(self) -> str:
        """What was used against the limit, and by how much it is below, at or over it."""
        judgement = self.judgement
        used, below = judgement.used, judgement.condition.below
        if used is None:
            return _("%(metric)s: not known, the limit is %(limit)s.") % {
                "metric": _name(judgement.condition),
                "limit": typed(below),
            }
        values = {
            "metric": _name(judgement.condition),
            "used": typed(used),
            "limit": typed(below),
            "by": typed(judgement.by or Decimal(0)),
        }
        if used < below:
            return _("%(metric)s: %(used)s used, %(by)s below the limit of %(limit)s. Condition met.") % values
        if used == below:
            return (
                _("%(metric)s: %(used)s used, exactly the limit. It has to be fewer than %(limit)s. Condition not met.")
                % values
            )
        return _("%(metric)s: %(used)s used, %(by)s over the limit of %(limit)s. Condition not met.") % values


@dataclass(frozen=True, slots=True)
class Answer:
    """What the check answers: by the default policy, and by the provider's stricter rule."""

    default: RefundAssessment
    provider: RefundAssessment

    @property
    def bars(self) -> list[Bar]:
        """The default policy's conditions."""
        return [Bar.of(judgement) for judgement in self.default.judgements]

    @property
    def agree(self) -> bool:
        """Whether both rules come to the same verdict."""
        return self.default.verdict == self.provider.verdict

    @property
    def decided_by(self) -> list[tuple[Promise, Fact]]:
        """The facts that both rules were read from, each with what it is."""
        return [(FACT_LABELS[fact.key], fact) for fact in (*self.default.policy.sources, *self.provider.policy.sources)]

    @property
    def combined(self) -> str:
        """How the conditions work together."""
        if self.default.policy.combine is Combine.ANY:
            return _("One of the two is enough.")
        return _("Both are needed.")

    @property
    def change(self) -> str:
        """What would turn the verdict, where it is against the reader."""
        if self.default.verdict is not Verdict.NOT_ELIGIBLE:
            return ""
        limits = [
            _("%(metric)s below %(limit)s") % {"metric": _name(condition), "limit": typed(condition.below)}
            for condition in self.default.would_change
        ]
        joined = _(" or ") if self.default.policy.combine is Combine.ANY else _(" and ")
        return _("It would be otherwise with: %(limits)s.") % {"limits": joined.join(limits)}

    @property
    def provider_sentence(self) -> str:
        """What the provider's own rule says of this usage, and why."""
        judgement = self.provider.judgements[0]
        limit = {"limit": typed(judgement.condition.below)}
        scope = (
            _("It counts every GPU minute that the account ever used, and minutes only.")
            if judgement.condition.scope is Scope.LIFETIME
            else _("It counts GPU minutes only.")
        )
        match judgement.met, judgement.assumed:
            case True, _any:
                verdict = _("By that rule you can get a refund: the total is below %(limit)s minutes.") % limit
            case False, True:
                verdict = (
                    _("Expect no refund: earlier use counts too, and the total has to be below %(limit)s minutes.")
                    % limit
                )
            case False, False:
                verdict = _("By that rule there is no refund: the total is not below %(limit)s minutes.") % limit
            case _any:
                verdict = (
                    _("It depends on earlier subscriptions: only if the account's total is below %(limit)s minutes.")
                    % limit
                )
        return _("%(scope)s %(verdict)s") % {"scope": scope, "verdict": verdict}


def _name(condition: Condition) -> str:
    match condition.metric:
        case Metric.GPU_MINUTES:
            return _("GPU minutes")
        case Metric.IMAGES:
            return _("Images")


def typed(number: Decimal) -> str:
    """A number as a person would type it."""
    return f"{number:f}".rstrip("0").rstrip(".") if "." in f"{number:f}" else f"{number:f}"
