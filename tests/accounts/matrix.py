"""Who may open what, as docs/security.md says it: its table is read here, and asked of every address of the desk."""

import re
from pathlib import Path

from helpcenter.domain.review import Role
from tests.promises.test_leaks import desk_routes, filled

GUIDE = Path(__file__).parents[2] / "docs" / "security.md"
FIELDS = {"nothing": "that a form knows"}
PLACE = {"document": 1, "revision": 1, "plan": 1, "state": "draft", "slug": "a", "day": "2026-01-01"}

COLUMNS = {
    "no role": (),
    "author": (Role.AUTHOR,),
    "reviewer": (Role.AUTHOR, Role.REVIEWER),
    "publisher": (Role.AUTHOR, Role.PUBLISHER),
    "administrator": tuple(Role),
    "superuser": tuple(Role),
}
"""The columns of the table, and the groups behind them."""


def addresses():
    """Every address of the desk, with rows that may not be there."""
    return sorted({filled(route, PLACE) for route in desk_routes()})


def table():
    """From the guide: for each address, as a pattern, what each column says."""
    section = GUIDE.read_text("utf-8").partition("## Who may do what")[2].partition("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line.startswith("| `")
    ]
    return [(re.findall(r"`([^`]+)`", row[0]), dict(zip(COLUMNS, row[1:], strict=True))) for row in rows]
