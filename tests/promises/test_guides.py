"""What README and docs/ promise is so."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = (ROOT / "helpcenter" / "settings.py").read_text("utf-8")


def variables_read():
    return set(re.findall(r'\benv\.\w+\(\s*"([A-Z_]+)"', SETTINGS))


def test_the_variables_of_the_contract_are_read():
    assert variables_read() >= {"HOST", "PORT", "DATA_DIR", "DATABASE_URL", "SECRET_KEY", "ALLOWED_HOSTS"}


def test_every_environment_variable_is_in_the_operating_guide():
    guide = (ROOT / "docs" / "operating.md").read_text("utf-8")
    assert set(re.findall(r"^#+ `([A-Z_]+)`$", guide, re.MULTILINE)) == variables_read()


def test_only_the_settings_read_the_environment():
    reads = re.compile(r"os\.environ(?!\.setdefault\(.DJANGO_SETTINGS_MODULE)|getenv|\bEnv\(")
    reading = [path for path in our_python() if reads.search(path.read_text("utf-8"))]
    assert reading == [ROOT / "helpcenter" / "settings.py"]


def our_python():
    return [ROOT / "manage.py", *(path for top in ("helpcenter", "articles") for path in (ROOT / top).rglob("*.py"))]


def test_the_readme_is_read_in_a_few_minutes():
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) < 150


GUIDES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")] + sorted(
    (ROOT / "docs").rglob("*.md")
)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_a_guide_names_only_what_is_there(guide):
    text = guide.read_text("utf-8")
    for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", re.sub(r"`[^`]*`", "", text)):
        assert (guide.parent / target).exists(), target
    for command in re.findall(r"`make (\w+)`", text):
        assert re.search(rf"^{command}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE), command
    tops = "|".join(path.name for path in ROOT.iterdir() if path.is_dir())
    for path in re.findall(rf"`?\b((?:{tops})/[\w./-]*\w\.(?:py|md|html|css|js|yaml|po))\b", text):
        assert (ROOT / path).exists() or (ROOT / "helpcenter" / path).exists() or "{" in path, path
