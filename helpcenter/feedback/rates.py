"""What readers said of a text, version by version: as numbers, and where each stands in a chart."""

from dataclasses import dataclass

from django.db.models import Count, Q

from helpcenter.domain.helpfulness import Edition, Rate, editions
from helpcenter.domain.versions import Significance
from helpcenter.publishing.models import Document, Revision

WIDTH, HEIGHT = 56, 100
"""Of a bar with its space, and of the whole chart, in units of the drawing: one unit of height is one percent."""


def editions_of(document: Document) -> list[Edition]:
    """The editions of a text that readers have seen or will see, oldest first."""
    counted = Revision.objects.filter(document=document, number__isnull=False).annotate(
        helped=Count("votes", Q(votes__helped=True)), total=Count("votes")
    )
    rows = counted.order_by("number").values_list("number", "significance", "helped", "total")
    return editions((number or 0, Significance(grade), Rate(helped, total)) for number, grade, helped, total in rows)


@dataclass(frozen=True, slots=True)
class Bar:
    """An edition in the chart: how high it reaches, and from where to where it may really lie."""

    edition: Edition
    x: int

    @property
    def middle(self) -> int:
        """Where the line of its interval stands."""
        return self.x + WIDTH // 2

    @property
    def top(self) -> float:
        """The upper end of the bar; the chart counts from above."""
        return round(HEIGHT * (1 - self.edition.rate.share), 1)

    @property
    def height(self) -> float:
        """How high the bar is."""
        return round(HEIGHT * self.edition.rate.share, 1)

    @property
    def low(self) -> float:
        """The lower end of the interval, counted from above."""
        return round(HEIGHT * (1 - self.edition.rate.interval[0]), 1)

    @property
    def high(self) -> float:
        """The upper end of the interval, counted from above."""
        return round(HEIGHT * (1 - self.edition.rate.interval[1]), 1)


def bars(found: list[Edition]) -> list[Bar]:
    """The editions beside each other. Where there are too few answers, there is a place and no bar."""
    return [Bar(edition, place * WIDTH) for place, edition in enumerate(found)]
