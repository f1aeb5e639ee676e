"""Whether a version would undo what went live since it was made: behind live, and so to be brought up to date first."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from helpcenter.publishing.models import LiveChange, Revision

_JUST_BEFORE = timedelta(microseconds=1)


@dataclass(slots=True)
class Course:
    """What readers of one document saw and will see, in the order of time, and what each version was made from."""

    changes: list[LiveChange] = field(default_factory=list)
    bases: dict[int, int | None] = field(default_factory=dict)

    def behind(self, revision: Revision, at: datetime) -> bool:
        """Whether readers see something else at that instant than what a revision was made from.

        What was made from a plan builds on what readers will see: it is behind only if that plan is.
        """
        return self._behind(revision.pk, revision.base_id, at)

    def would_undo(self, revision: Revision, at: datetime, now: datetime) -> bool:
        """Whether to show a revision from `at` on would undo what went live meanwhile.

        A version that readers have seen was chosen for what it is: to go back is no accident. One that was planned and
        called off was never seen.
        """
        seen = revision.pk is not None and any(each.revision_id == revision.pk for each in self._up_to(now))
        return not seen and self.behind(revision, now) and self.behind(revision, max(at - _JUST_BEFORE, now))

    def behind_before(self, plan: LiveChange) -> bool:
        """Whether readers will see something else just before a plan than what its revision was made from.

        An earlier version that is planned to be shown again was chosen for what it is, so it is never behind; nor is
        the end of a plan.
        """
        if plan.revision is None or plan.ends_id:
            return False
        before = plan.at - _JUST_BEFORE
        shown_again = any(each.revision_id == plan.revision_id for each in self._up_to(before))
        return not shown_again and self.behind(plan.revision, before)

    def _behind(self, revision: int | None, base: int | None, at: datetime) -> bool:
        before = self._up_to(at)
        live = before[-1].revision_id if before else None
        if live is None or live in (revision, base):
            return False
        planned = any(each.revision_id == base and each.at > at and not each.ends_id for each in self.changes)
        return base is None or not planned or self._behind(base, self.bases[base], at)

    def _up_to(self, at: datetime) -> list[LiveChange]:
        return [each for each in self.changes if each.at <= at]


def courses(documents: Iterable[int]) -> Mapping[int, Course]:
    """The course of each of these documents, in two queries however many they are."""
    wanted = set(documents)
    found: defaultdict[int, Course] = defaultdict(Course)
    for change in LiveChange.objects.filter(document__in=wanted).order_by("at"):
        found[change.document_id].changes.append(change)
    for document, key, base in Revision.objects.filter(document__in=wanted).values_list("document", "pk", "base"):
        found[document].bases[key] = base
    return found


def course(document: int) -> Course:
    """The course of one document."""
    return courses([document])[document]
