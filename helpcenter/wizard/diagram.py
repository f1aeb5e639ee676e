"""A flow as a drawing: nodes in layers, answers as lines with their keys, marked where they differ from what is live.

A line to a layer further down goes through a lane between the boxes of each layer that it passes; lines to one node
share theirs. So no line runs through a box.

Only places are worked out here; the template draws. grandalf and networkx were passed over: the one has no release for
years, the other lays out layers only if it is told which, and that is most of the work.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar
from unicodedata import east_asian_width

from helpcenter.domain.flows.changes import Edge, Mark
from helpcenter.domain.flows.graph import Flow, survey
from helpcenter.wizard.counting import Stay

BOX_WIDTH, BOX_HEIGHT = 180, 66
LANE_WIDTH = 8
GAP_ACROSS, GAP_DOWN = 30, 78
LINE_HEIGHT = 14
"""Units of the drawing."""

LETTERS, LINES = 26, 2
"""How many letters go into a box, and on how many lines; an ideograph is as wide as two."""

_PIECE = re.compile(r"[\u2e80-\uffef]\s*|[^\s\u2e80-\uffef]+\s*")
"""What stays on one line: an ideograph, a word."""

MARK_NAMES = {Mark.SAME: "same", Mark.NEW: "new", Mark.CHANGED: "changed", Mark.REMOVED: "removed"}


@dataclass(frozen=True, slots=True)
class Box:
    """A node at its place; `mark` says whether it is new or gone."""

    key: str
    words: str
    kind: str
    x: int
    y: int
    mark: Mark
    stay: Stay | None = None
    width: ClassVar[int] = BOX_WIDTH
    height: ClassVar[int] = BOX_HEIGHT

    @property
    def mark_name(self) -> str:
        """For the stylesheet."""
        return MARK_NAMES[self.mark]

    @property
    def middle(self) -> int:
        """The middle of each line of its words."""
        return self.x + BOX_WIDTH // 2

    @property
    def lines(self) -> Iterator[tuple[int, str]]:
        """Its words, shortened, each line with its height."""
        return ((self.y + 1 + LINE_HEIGHT * number, words) for number, words in enumerate(shortened(self.words), 1))

    @property
    def key_at(self) -> int:
        """The height of its key."""
        return self.y + BOX_HEIGHT - 21

    @property
    def stay_at(self) -> int:
        """The height of what is said of its readers."""
        return self.y + BOX_HEIGHT - 7


@dataclass(frozen=True, slots=True)
class Line:
    """An answer as a curve from one box to another, its key near its beginning."""

    edge: Edge
    words: str
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


def shortened(words: str) -> list[str]:
    """Words on as many lines as a box has; an ellipsis stands for what is left over."""
    lines = [""]
    for piece in _PIECE.findall(words):
        if lines[-1] and _width(lines[-1]) + _width(piece.rstrip()) > LETTERS:
            lines.append("")
        lines[-1] += piece[:LETTERS]
    lines = [line.rstrip() for line in lines]
    return lines if len(lines) <= LINES else [*lines[: LINES - 1], f"{lines[LINES - 1]}…"]


def _width(words: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in words)


def draw(
    before: Flow | None,
    after: Flow,
    edges: Sequence[Edge],
    stays: Mapping[str, Stay],
    words: Callable[[str], str],
    said: Callable[[Edge], str],
) -> Diagram:
    """The new flow with what is gone from the old one, in layers from the start down, and where readers gave up.

    `words` says what is written in the box of a node, `said` what an answer says.
    """
    nodes = {**(before.nodes if before else {}), **after.nodes}
    kinds = {key: type(node).__name__.lower() for key, node in nodes.items()}
    targets: defaultdict[str, list[str]] = defaultdict(list)
    for edge in edges:
        if edge.node in nodes and edge.target in nodes:
            targets[edge.node].append(edge.target)
    layout = _Layout.of({key: targets.get(key, []) for key in nodes}, after.start)
    boxes = {
        key: Box(key, words(key), kinds[key], *layout.at(key), _mark(key, before, after), stays.get(key))
        for key in layout.rank
    }
    lines = []
    spread: defaultdict[str, int] = defaultdict(int)
    for edge in edges:
        if edge.node in boxes and edge.target in boxes:
            lines.append(_line(edge, said(edge), boxes[edge.node], boxes[edge.target], layout, spread[edge.node]))
            spread[edge.node] += 1
    height = max((box.y for box in boxes.values()), default=0) + BOX_HEIGHT + GAP_ACROSS
    return Diagram(list(boxes.values()), lines, layout.width, height)


type _Place = tuple[str, int]
"""A node in its own layer, or in one above: the lane of the lines that lead down to it."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """The layer of each node, and how far to the right each box and lane begins."""

    rank: Mapping[str, int]
    left: Mapping[_Place, int]
    width: int

    @classmethod
    def of(cls, targets: Mapping[str, Sequence[str]], start: str) -> "_Layout":
        """Each node below all that lead to it; boxes and lanes of a layer in the order of what leads to them."""
        order = survey(targets, [key for key in (start, *targets) if key in targets]).order[::-1]
        rank = dict.fromkeys(order, 0)
        position = {key: place for place, key in enumerate(order)}
        down = [(key, target) for key in order for target in targets[key] if position[target] > position[key]]
        for key, target in down:  # what leads back, in a draft with a loop, does not count
            rank[target] = max(rank[target], rank[key] + 1)
        sources: defaultdict[_Place, list[_Place]] = defaultdict(list)
        for key, target in down:
            way = [(key, rank[key]), *((target, layer) for layer in range(rank[key] + 1, rank[target] + 1))]
            for above, below in pairwise(way):
                sources[below].append(above)
        layers: defaultdict[int, dict[_Place, None]] = defaultdict(dict)
        for place in (*((key, rank[key]) for key in order), *sources):
            layers[place[1]][place] = None
        left: dict[_Place, int] = {}
        width = 0
        for layer in sorted(layers):
            wanted = {place: _mean([left[source] for source in sources[place]]) for place in layers[layer]}
            x = GAP_ACROSS
            for place in sorted(layers[layer], key=wanted.__getitem__):
                left[place] = x
                x += (BOX_WIDTH if rank[place[0]] == layer else LANE_WIDTH) + GAP_ACROSS
            width = max(width, x)
        return cls(rank, left, width)

    def at(self, key: str) -> tuple[int, int]:
        """Where the box of a node is."""
        return self.left[key, self.rank[key]], self.top(self.rank[key])

    def top(self, layer: int) -> int:
        """Where a layer begins."""
        return GAP_ACROSS + layer * (BOX_HEIGHT + GAP_DOWN)


def _mean(numbers: Sequence[int]) -> float:
    return sum(numbers) / len(numbers) if numbers else 0.0


def _line(edge: Edge, words: str, source: Box, target: Box, layout: _Layout, number: int) -> Line:
    x1, y1 = source.x + 15 + (number * 24) % (BOX_WIDTH - 25), source.y + BOX_HEIGHT
    path, x, y = f"M{x1} {y1}", x1, y1
    for layer in range(layout.rank[source.key] + 1, layout.rank[target.key]):
        lane, top = layout.left[target.key, layer] + LANE_WIDTH // 2, layout.top(layer)
        path += f"{_curve(x, y, lane, top)}V{top + BOX_HEIGHT}"
        x, y = lane, top + BOX_HEIGHT
    path += _curve(x, y, target.middle, target.y)
    return Line(edge, words, path, x1 + 3, y1 + 13 + (number % 4) * 13)


def _curve(x1: int, y1: int, x2: int, y2: int) -> str:
    bend = max(24, abs(y2 - y1) // 2)
    return f"C{x1} {y1 + bend} {x2} {y2 - bend} {x2} {y2}"


def _mark(key: str, before: Flow | None, after: Flow) -> Mark:
    if before is None or (key in before.nodes and key in after.nodes):
        return Mark.SAME
    return Mark.NEW if key in after.nodes else Mark.REMOVED
