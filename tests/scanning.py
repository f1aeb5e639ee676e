"""Looking for what a reader brought: in every column of every table, in files, in what was logged."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]

ADDRESS = "81.2.69.142"
AGENT = "CanaryBrowser/7.3"
CAME_FROM = "https://canary-referrer.example/"
ACCEPTED = "x-canary"
COOKIE = "canarycookie"
HOST_TRIED = "canaryhost.example"
PATH_TRIED = "canarypath"
QUESTION = "canaryqzx"
COMMENT = "canarycomment"
ANSWER = "canaryanswer"
MISTAKE = "canarymistake"
MINUTES = "314159.26"
IMAGES = "271828"
BROUGHT = (ADDRESS, AGENT, CAME_FROM, ACCEPTED, COOKIE, HOST_TRIED, PATH_TRIED, QUESTION, COMMENT, ANSWER, MISTAKE)
BROUGHT += (MINUTES, IMAGES)
"""What the reader of the scan is, brings and types. None of it stands in any text of the site."""


def in_database(cursor: Any, tables: Iterable[str], brought: Iterable[str]) -> dict[str, set[str]]:
    """Column by column, what of it was found there."""
    found: dict[str, set[str]] = {}
    for table in tables:
        cursor.execute(f'SELECT * FROM "{table}"')
        names = [column[0] for column in cursor.description]
        for row in cursor.fetchall():
            for name, value in zip(names, row, strict=True):
                if those := in_text(as_text(value), brought):
                    found.setdefault(f"{table}.{name}", set()).update(those)
    return found


def as_text(value: Any) -> str:
    """Bytes too, whatever is in them."""
    return bytes(value).decode("utf-8", "replace") if isinstance(value, (bytes, memoryview)) else str(value)


def in_text(text: str, brought: Iterable[str]) -> set[str]:
    """What of it is in there, large or small."""
    text = text.casefold()
    return {each for each in brought if each.casefold() in text}


def in_files(folder: Path, brought: Iterable[str]) -> dict[str, set[str]]:
    """File by file, by its name in the folder."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    found = {path.relative_to(folder).as_posix(): in_text(as_text(path.read_bytes()), brought) for path in files}
    return {name: those for name, those in found.items() if those}


def kept(of: str) -> set[str]:
    """The columns that docs/security.md says to hold something of readers, or of editors."""
    guide = (ROOT / "docs" / "security.md").read_text("utf-8")
    rows = re.findall(r"^\| ((?:`\w+\.\w+`(?:, )?)+) \| (\w+)[ ,|]", guide, re.MULTILINE)
    return {column for columns, whose in rows if whose == of for column in re.findall(r"\w+\.\w+", columns)}
