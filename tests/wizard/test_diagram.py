"""The flow as a drawing: words in boxes, lines beside them."""

import re

import pytest

from helpcenter.domain.flows.changes import edges
from helpcenter.wizard.diagram import LETTERS, draw, shortened
from tests.wizard.table import LANGUAGES, bundled_flow

NUMBER = r"(-?[\d.]+)"


def drawn(language="en"):
    flow = bundled_flow()
    titles = {key: getattr(node, "title", {}).get(language, key) for key, node in flow.nodes.items()}
    return draw(None, flow, list(edges(flow)), {}, titles.__getitem__, str)


def points(path):
    """Points along a path, close to each other; its beginning and its end touch boxes and are left out."""
    x, y = map(float, re.match(rf"M{NUMBER} {NUMBER}", path).groups())
    found = []
    for letter, numbers in re.findall(r"([CV])([^CV]*)", path):
        if letter == "V":
            found += [(x, y + (float(numbers) - y) * n / 20) for n in range(1, 20)]
            y = float(numbers)
            continue
        x1, y1, x2, y2, x3, y3 = map(float, numbers.split())
        for n in range(1, 40):
            t, u = n / 40, 1 - n / 40
            across = u**3 * x + 3 * u * u * t * x1 + 3 * u * t * t * x2 + t**3 * x3
            found.append((across, u**3 * y + 3 * u * u * t * y1 + 3 * u * t * t * y2 + t**3 * y3))
        x, y = x3, y3
    return found


def test_no_line_runs_through_a_box_and_no_box_over_another():
    diagram = drawn()
    assert len(diagram.boxes) == len(bundled_flow().nodes)
    for box in diagram.boxes:
        right, bottom = box.x + box.width, box.y + box.height
        assert right < diagram.width
        assert bottom < diagram.height
        crossed = [
            line.edge
            for line in diagram.lines
            for x, y in points(line.path)
            if box.x <= x <= right and box.y < y < bottom
        ]
        assert crossed == [], box.key
        others = [each for each in diagram.boxes if each is not box and each.y == box.y]
        assert all(each.x > right or each.x + each.width < box.x for each in others)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_box_says_what_it_asks(language):
    box = next(box for box in drawn(language).boxes if box.key == "biller")
    assert "".join(words for _y, words in box.lines).replace(" ", "") == box.words.replace(" ", "")
    assert box.words == bundled_flow().nodes["biller"].title[language]


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("", [""]),
        ("Who?", ["Who?"]),
        (
            "Cancel it directly on the subscription page. Did that work?",
            ["Cancel it directly on the", "subscription page. Did…"],
        ),
        ("您現在能登入 Midjourney 網站嗎？", ["您現在能登入 Midjourney 網", "站嗎？"]),
        ("x" * 99, ["x" * LETTERS]),
    ],
)
def test_long_words_are_shortened_to_two_lines(words, lines):
    assert shortened(words) == lines
