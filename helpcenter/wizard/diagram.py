"""A flow as a drawing: nodes in layers, answers as lines with their keys, marked where they differ from what is live.

Only places are worked out here; the template draws. grandalf and networkx were passed over: the one has no release for
years, the other lays out layers only if it is told which, and that is most of the work.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from helpcenter.domain.flows.changes import Edge, Mark
from helpcenter.domain.flows.graph import Flow, Outcome, Question, survey
from helpcenter.wizard.counting import Stay

BOX_WIDTH, BOX_HEIGHT = 150, 44
GAP_ACROSS, GAP_DOWN = 40, 78
"""Units of the drawing."""

MARK_NAMES = {Mark.SAME: "same", Mark.NEW: "new", Mark.CHANGED: "changed", Mark.REMOVED: "removed"}


@dataclass(frozen=True, slots=True)
class Box:
    """A node at its place; `mark` says whether it is new or gone."""

    key: str
    kind: str
    x: int
    y: int
    mark: Mark
    stay: Stay | None = None

    @property
    def mark_name(self) -> str:
        """For the stylesheet."""
        return MARK_NAMES[self.mark]

    @property
    def middle(self) -> tuple[int, int]:
        """Where its words stand."""
        return self.x + BOX_WIDTH // 2, self.y + BOX_HEIGHT // 2 - 2

    @property
    def below(self) -> int:
        """Where the line below its words stands."""
        return self.y + BOX_HEIGHT - 9


@dataclass(frozen=True, slots=True)
class Line:
    """An answer as a curve from one box to another, its words near its beginning."""

    edge: Edge
    path: str
    x: int
    y: int

    @property
    def mark_name(self) -> str:
        """For the stylesheet."""
        return MARK_NAMES[self.edge.mark]


@dataclass(frozen=True, slots=True)
class Diagram:
    """All boxes and lines, and how large the drawing is."""

    boxes: list[Box]
    lines: list[Line]
    width: int
    height: int


def draw(before: Flow | None, after: Flow, edges: Sequence[Edge], stays: Mapping[str, Stay]) -> Diagram:
    """The new flow with what is gone from the old one, in layers from the start down, and where readers gave up."""
    nodes = {**(before.nodes if before else {}), **after.nodes}
    kinds = {key: type(node).__name__.lower() for key, node in nodes.items()}
    targets: defaultdict[str, list[str]] = defaultdict(list)
    for edge in edges:
        if edge.node in nodes and edge.target in nodes:
            targets[edge.node].append(edge.target)
    places = _places(nodes, targets, after.start)
    boxes = {
        key: Box(key, kinds[key], x, y, _mark(key, before, after), stays.get(key)) for key, (x, y) in places.items()
    }
    lines = []
    spread: defaultdict[str, int] = defaultdict(int)
    for edge in edges:
        if edge.node in boxes and edge.target in boxes:
            lines.append(_line(edge, boxes[edge.node], boxes[edge.target], spread[edge.node]))
            spread[edge.node] += 1
    width = max((box.x for box in boxes.values()), default=0) + BOX_WIDTH + GAP_ACROSS
    height = max((box.y for box in boxes.values()), default=0) + BOX_HEIGHT + GAP_ACROSS
    return Diagram(list(boxes.values()), lines, width, height)


def _places(
    nodes: Mapping[str, Question | Outcome | object], targets: Mapping[str, list[str]], start: str
) -> dict[str, tuple[int, int]]:
    """Each node below all that lead to it, and near the middle of them."""
    known = {key: targets.get(key, []) for key in nodes}
    order = survey(known, [key for key in (start, *nodes) if key in nodes]).order[::-1]
    rank = dict.fromkeys(order, 0)
    position = {key: place for place, key in enumerate(order)}
    sources: defaultdict[str, list[str]] = defaultdict(list)
    for key in order:
        for target in known[key]:
            if position[target] > position[key]:  # what leads back, in a draft with a loop, does not count
                rank[target] = max(rank[target], rank[key] + 1)
                sources[target].append(key)
    layers: defaultdict[int, list[str]] = defaultdict(list)
    for key in order:
        layers[rank[key]].append(key)
    across: dict[str, float] = {}
    for layer in range(len(layers)):
        above = {
            key: sum(across[source] for source in sources[key]) / len(sources[key]) if sources[key] else 0.0
            for key in layers[layer]
        }
        for place, key in enumerate(sorted(layers[layer], key=lambda key: above[key])):
            across[key] = float(place)
    return {
        key: (
            GAP_ACROSS + int(across[key]) * (BOX_WIDTH + GAP_ACROSS),
            GAP_ACROSS + rank[key] * (BOX_HEIGHT + GAP_DOWN),
        )
        for key in order
    }


def _line(edge: Edge, source: Box, target: Box, number: int) -> Line:
    x1 = source.x + 15 + (number * 24) % (BOX_WIDTH - 25)
    y1, x2, y2 = source.y + BOX_HEIGHT, target.x + BOX_WIDTH // 2, target.y
    bend = max(24, abs(y2 - y1) // 2)
    return Line(edge, f"M{x1} {y1}C{x1} {y1 + bend} {x2} {y2 - bend} {x2} {y2}", x1 + 3, y1 + 13 + (number % 4) * 13)


def _mark(key: str, before: Flow | None, after: Flow) -> Mark:
    if before is None or (key in before.nodes and key in after.nodes):
        return Mark.SAME
    return Mark.NEW if key in after.nodes else Mark.REMOVED
