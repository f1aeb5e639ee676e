"""docs/asvs.md has every requirement of the levels that apply, once, and the tests that it names are there."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
AT_LEVELS_1_AND_2, AT_LEVEL_3 = 253, 30
"""So many requirements ASVS 5.0.0 has: of all chapters, and of V1, V2, V3, V6 and V16."""

ROW = re.compile(r"\| (V[\d.]+(?:–\d+)?(?:, V[\d.]+(?:–\d+)?)*) \| ([123](?:/[123])*) \| .+? \| (.+) \|")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
REASONS = ("does not apply: ", "**open:** ")

ROWS = [ROW.fullmatch(line) for line in (ROOT / "docs/asvs.md").read_text("utf-8").splitlines() if line[:3] == "| V"]


def named(cell):
    """The requirements of a row: V4.4.1–4 are four."""
    for section, first, last in re.findall(r"(V\d+\.\d+)\.(\d+)(?:–(\d+))?", cell):
        yield from (f"{section}.{number}" for number in range(int(first), int(last or first) + 1))


def test_every_row_can_be_read():
    assert all(ROWS)
    assert len(ROWS) > 200


def test_every_requirement_that_applies_has_one_row():
    said = Counter(each for row in ROWS for each in named(row[1]))
    assert {each: times for each, times in said.items() if times > 1} == {}
    assert said.total() == AT_LEVELS_1_AND_2 + AT_LEVEL_3


def test_every_row_says_which_test_or_why_none():
    assert [row[0] for row in ROWS if not TEST.search(row[3]) and not row[3].startswith(REASONS)] == []


@pytest.mark.parametrize("path", sorted({path for row in ROWS for path, _name in TEST.findall(row[3])}))
def test_every_test_that_is_named_is_there(path):
    wanted = {name for row in ROWS for each, name in TEST.findall(row[3]) if each == path}
    defined = {
        each.name for each in ast.walk(ast.parse((ROOT / path).read_text("utf-8"))) if isinstance(each, ast.FunctionDef)
    }
    assert {name for name in wanted if name.startswith("test_")} == wanted <= defined
