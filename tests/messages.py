"""Collects the interface's texts from code and templates, and compiles the translations, without gettext's programs.

`make messages` runs it. tests/promises/test_messages.py fails when a text has no translation or a compiled file is old.
"""

import io
from pathlib import Path

from babel.messages import Catalog, mofile, pofile
from babel.messages.extract import extract
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "helpcenter" / "locale"
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
}
type Message = str | tuple[str, ...]


def texts() -> dict[tuple[Message, str | None], list[str]]:
    """Every text with its context, and the files that say it."""
    found: dict[tuple[Message, str | None], list[str]] = {}
    said_in = ("articles/**/*.py", "helpcenter/**/*.py", "templates/**/*.html", "templates/**/*.txt")
    for path in sorted(path for pattern in said_in for path in ROOT.glob(pattern)):
        code = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            code = templatize(code)
        for _line, message, _comments, context in extract("python", io.BytesIO(code.encode()), keywords=KEYWORDS):
            found.setdefault((message, context), []).append(path.relative_to(ROOT).as_posix())
    return found


def catalogs() -> list[Path]:
    """The translations that there are."""
    return sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))


def read(path: Path) -> Catalog:
    """The catalogue in a .po file."""
    with path.open("rb") as file:
        return pofile.read_po(file, locale=path.parent.parent.name)


def compiled(catalog: Catalog) -> bytes:
    """The catalogue as the .mo file says it."""
    buffer = io.BytesIO()
    mofile.write_mo(buffer, catalog)
    return buffer.getvalue()


def update(path: Path) -> None:
    """Bring new texts into a .po file, drop those that nobody says any more, and compile it."""
    old = read(path)
    new = Catalog(locale=old.locale, header_comment="# Interface texts. Made by `make messages`.", fuzzy=False)
    new.creation_date = new.revision_date = old.creation_date  # a run that changes no text changes no byte
    for (message, context), files in texts().items():
        before = old.get(message[0] if isinstance(message, tuple) else message, context)
        translation = before.string if before else ("",) if isinstance(message, tuple) else ""
        new.add(message, translation, locations=[(name, None) for name in sorted(set(files))], context=context)
    with path.open("wb") as file:
        pofile.write_po(
            file, new, omit_header=False, sort_output=True, include_lineno=False, width=110, include_previous=False
        )
    path.with_suffix(".mo").write_bytes(compiled(new))


if __name__ == "__main__":
    import django
    from django.conf import settings

    settings.configure()
    django.setup()
    for each in catalogs():
        update(each)
