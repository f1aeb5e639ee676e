"""How well the search answers real questions: `make bench-questions`. Prints every miss; apart, what was held out."""

import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

QUESTIONS = yaml.safe_load(Path(__file__).with_name("questions.yaml").read_text(encoding="utf-8"))
SCRIPTS = {"English": ("en", 1), "Traditional": ("zh-hant", 2), "Simplified": ("zh-hans", 3)}
FIRST_PLACES = 3


@dataclass
class Tally:
    """How many questions have their article first, and among the first three."""

    asked: int = 0
    first: int = 0
    near_the_top: int = 0

    def __str__(self) -> str:
        first, top = self.first / self.asked, self.near_the_top / self.asked
        return f"{self.asked} asked, {first:.1%} first, {top:.1%} in the first {FIRST_PLACES}"

    def add(self, wanted: list[str], found: list[str]) -> None:
        self.asked += 1
        self.first += found[:1] != [] and found[0] in wanted
        self.near_the_top += bool({*wanted} & {*found[:FIRST_PLACES]})


def questions() -> Iterator[tuple[str, bool, list[str], str, str]]:
    """Group, whether it was held out, the articles that answer, the language, the question."""
    for place, row in enumerate(QUESTIONS["sentences"]):
        for group, (language, column) in SCRIPTS.items():
            yield group, place % 3 == 2, row[0], language, row[column]
    for group in ("hong_kong", "short", "misspelt"):
        for place, (wanted, question) in enumerate(QUESTIONS[group]):
            yield group, place % 3 == 2, wanted, "zh-hant", question


def tally(say=lambda line: None) -> dict[tuple[str, bool], Tally]:
    """Ask everything of the site as it is loaded."""
    from django.utils import timezone

    from helpcenter.search.asking import search

    tallies: dict[tuple[str, bool], Tally] = {}
    for group, held_out, wanted, language, question in questions():
        answer = search(question, language, timezone.now())
        found = [hit.entry.reading().slug for hit in answer.hits]
        tallies.setdefault((group, held_out), Tally()).add(wanted, found)
        if not found or found[0] not in wanted:
            said = f"{question} → {', '.join(found[:FIRST_PLACES])}; wanted {', '.join(wanted)}"
            say(f"  {_name(group, held_out)} {said}\n")
    return tallies


def _name(group: str, held_out: bool) -> str:
    return f"{group:12} {'held out' if held_out else 'tuned'}"


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(DATA_DIR=folder, DATABASE_URL=f"sqlite:///{folder}/db.sqlite3", SECRET_KEY="bench")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpcenter.settings")
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("load_content", stdout=sys.stderr)
        tallies = tally(sys.stdout.write)
    for (group, held_out), each in sorted(tallies.items()):
        sys.stdout.write(f"{_name(group, held_out)}: {each}\n")
    total = Tally(*(sum(getattr(each, name) for each in tallies.values()) for name in Tally.__dataclass_fields__))
    sys.stdout.write(f"all: {total}\n")
    return int(total.first < 0.9 * total.asked or total.near_the_top < total.asked)


if __name__ == "__main__":
    sys.exit(main())
