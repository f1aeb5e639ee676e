"""A small bundle on disk: the builders' texts as the files that load_content reads."""

from pathlib import Path
from typing import Any

import yaml

from tests.builders import LANGUAGES, a_body, a_flow_body, a_sheet_body

ABOUT = {"note": "note", "since": "2026-01-02"}


def a_bundle(folder: Path) -> Path:
    """The site of the builders: a fact sheet, one walked article in both languages, the flow."""
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / "facts.yaml", a_sheet_body())
    (folder / "articles.yaml").write_text("- {slug: walked, topic: cancel}\n", "utf-8")
    for language in LANGUAGES:
        (folder / language).mkdir(exist_ok=True)
        write(folder / language / "walked.md", a_body(f"Walked {language}", steps=("go", "stop")))
    write(folder / "flow.yaml", a_flow_body())
    return folder


def write(path: Path, body: dict[str, Any]) -> None:
    """A body as the file that says it."""
    about = yaml.safe_dump({**body, **ABOUT}, allow_unicode=True, sort_keys=False)
    about = about.replace("'2026-01-02'", "2026-01-02")  # a day, not a text
    path.write_text(f"---\n{about}---\n" if path.suffix == ".md" else about, "utf-8")
