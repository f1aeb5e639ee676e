"""How often each page of the wizard was reached and each answer given, per day; of nobody in particular."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from django.db import transaction
from django.db.models import F, Sum

from helpcenter.domain.flows.graph import Graph, Step
from helpcenter.domain.flows.replay import Position
from helpcenter.wizard.models import Passage

KEPT_FOR = timedelta(days=180)

REACHED = ""
"""Stands where an answer stands: the page was reached."""


@dataclass(frozen=True, slots=True)
class Stay:
    """Of those who reached a page, how many went on from it."""

    reached: int = 0
    went_on: int = 0

    @property
    def left(self) -> int:
        """How many did not. Whoever comes back and answers again went on twice, so it is never below none."""
        return max(0, self.reached - self.went_on)

    @property
    def percent_left(self) -> int:
        """The share that did not, in percent."""
        return round(100 * self.left / self.reached) if self.reached else 0

    def then(self, other: Self) -> "Stay":
        """Two pages one after the other, as one: who reached the first, and how many were lost on neither."""
        return Stay(self.reached, self.reached - self.left - other.left)


@transaction.atomic
def count(position: Position, day: date) -> None:
    """Count that a page was reached, and the answer that led to it."""
    Passage.objects.filter(day__lt=day - KEPT_FOR).delete()
    counted = [(position.node.key, REACHED)]
    if position.trail:
        last = position.trail[-1]
        counted.append((last.node.key, last.choice.key))
    for page, choice in counted:
        row, _new = Passage.objects.get_or_create(day=day, page=page, choice=choice)
        Passage.objects.filter(pk=row.pk).update(times=F("times") + 1)


def stays(graph: Graph, since: date) -> Mapping[str, Stay]:
    """How many went on from each page since a day; a walk's pages also together, under the walk's key."""
    rows = Passage.objects.filter(day__gte=since).values_list("page", "choice").annotate(Sum("times"))
    reached, went_on = Counter[str](), Counter[str]()
    for page, choice, times in rows:
        (reached if choice == REACHED else went_on)[page] += times
    found = {key: Stay(reached[key], went_on[key]) for key in graph.nodes if reached[key]}
    for key, node in graph.nodes.items():
        if isinstance(node, Step) and key in found:
            found[node.walk] = found[node.walk].then(found[key]) if node.walk in found else found[key]
    return found
