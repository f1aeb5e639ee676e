"""The wizard's state is its address: the page in the path, the answers in the query in the order of the path.

Each state has one address. Whatever else is asked for is redirected to it.
"""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from helpcenter.domain.flows.graph import Graph, Outcome, Timeline
from helpcenter.domain.flows.replay import Position

DATES = {
    Timeline.PERIOD_END: ("start", "interval"),
    Timeline.RENEWAL: ("start", "interval"),
    Timeline.REFUND: ("country",),
    Timeline.NONE: (),
}
"""What an outcome may be asked beside the answers, to work out its dates."""


def single(query: QueryDict) -> dict[str, str]:
    """What is given once. A question that is answered twice is not answered."""
    return {key: values[0] for key, values in query.lists() if len(values) == 1}


def address(graph: Graph, position: Position, given: Mapping[str, str] | None = None, *, base: str = "") -> str:
    """The one address of a position, with what `given` says about the dates of the outcome that its answers reach.

    From there one goes back and comes again, and finds them as they were typed.
    `base` is where the wizard stands if not where readers find it: an editor tries a draft out elsewhere.
    """
    key = position.node.key
    path = (base or reverse("wizard:start")) + ("" if key == graph.start else f"{key}/")
    query, reached = list(position.canonical), position.furthest
    if isinstance(reached, Outcome) and given:
        query += [(name, given[name]) for name in DATES[reached.timeline] if name in given]
    return f"{path}?{urlencode(query)}" if query else path
