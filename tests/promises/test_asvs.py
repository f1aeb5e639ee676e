"""docs/asvs.md has every requirement of the levels that apply, once, and the tests that it names are there."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
LEVELS = """
V1 1:22 2:1111122223 3:112222222223 4:222 5:123
V2 1:122 2:112 3:12223 4:23
V3 1:3 2:113 3:12223 4:11222233 5:11122333 6:3 7:22333
V4 1:12233 2:23333 3:22 4:1222
V5 1:2 2:112333 3:113 4:222
V6 1:122 2:111111112222 3:11223333 4:112233 5:22222333 6:2223 7:33 8:2222
V7 1:222 2:1111 3:22 4:11222 5:223 6:22
V8 1:1233 2:1123 3:133 4:23
V9 1:111 2:1222
V10 1:22 2:223 3:22223 4:1111122222233333 5:22222 6:22 7:222
V11 1:2233 2:22233 3:11233 4:1222 5:23 6:23 7:33
V12 1:12233 2:11 3:22223
V13 1:2333 2:222223 3:2233 4:1222233
V14 1:22 2:12223333 3:122
V15 1:12233 2:12233 3:1222222 4:3333
V16 1:2 2:22222 3:2222 4:222 5:2223
V17 1:23 2:22223333 3:22
"""
"""Of each section of ASVS 5.0.0 the levels of its requirements, from the first on."""

TO_LEVEL_3 = ("V1", "V2", "V3", "V6", "V16")
"""Encoding, validation, front end, authentication, logging; of the others what has level 1 or 2."""

ROW = re.compile(r"\| (V[\d.]+(?:–\d+)?(?:, V[\d.]+(?:–\d+)?)*) \| ([123](?:/[123])*) \| .+? \| (.+) \|")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
REASONS = ("does not apply: ", "**decided:** ", "**open:** ")

ROWS = [ROW.fullmatch(line) for line in (ROOT / "docs/asvs.md").read_text("utf-8").splitlines() if line[:3] == "| V"]


def named(cell):
    """The requirements of a row: V4.4.1–4 are four."""
    for section, first, last in re.findall(r"(V\d+\.\d+)\.(\d+)(?:–(\d+))?", cell):
        yield from (f"{section}.{number}" for number in range(int(first), int(last or first) + 1))


def test_every_row_can_be_read():
    assert all(ROWS)
    assert len(ROWS) > 200


def asked_for():
    """The requirements of the levels that apply, each with its level."""
    for line in LEVELS.split("\n"):
        chapter, *sections = line.split() or [""]
        for section, levels in (each.split(":") for each in sections):
            for number, level in enumerate(levels, start=1):
                if level < "3" or chapter in TO_LEVEL_3:
                    yield f"{chapter}.{section}.{number}", level


def test_every_requirement_that_applies_has_one_row():
    said = Counter(each for row in ROWS for each in named(row[1]))
    assert {each: times for each, times in said.items() if times > 1} == {}
    assert set(said) == {each for each, _level in asked_for()}


def test_every_row_says_the_levels_of_its_requirements():
    levels = dict(asked_for())
    assert {row[1]: row[2] for row in ROWS} == {
        row[1]: "/".join(sorted({levels[each] for each in named(row[1])})) for row in ROWS
    }


def test_every_row_says_which_test_or_why_none():
    assert [row[0] for row in ROWS if not TEST.search(row[3]) and not row[3].startswith(REASONS)] == []


@pytest.mark.parametrize("path", sorted({path for row in ROWS for path, _name in TEST.findall(row[3])}))
def test_every_test_that_is_named_is_there(path):
    wanted = {name for row in ROWS for each, name in TEST.findall(row[3]) if each == path}
    defined = {
        each.name for each in ast.walk(ast.parse((ROOT / path).read_text("utf-8"))) if isinstance(each, ast.FunctionDef)
    }
    assert {name for name in wanted if name.startswith("test_")} == wanted <= defined
