"""A fourth language as whoever adds one would: a folder of content, a catalogue, and a line in the settings.

Its words are those of the original in brackets, so that whatever stands without them is not translated. It is written
from right to left. `tests.pseudo` is also its settings: DJANGO_SETTINGS_MODULE=tests.pseudo, PSEUDO_DIR=its folder.
"""

import os
import re
import shutil
from pathlib import Path
from typing import Any

import yaml
from babel.messages import Catalog

from helpcenter.settings import *  # noqa: F403 (settings are names)
from helpcenter.settings import CONTENT_DIR as BUNDLED
from helpcenter.settings import LANGUAGES, LOCALE_PATHS
from tests.messages import compiled, texts

CODE = "ar"
FOLDER = Path(os.environ.get("PSEUDO_DIR", "."))

LANGUAGES = [*LANGUAGES, (CODE, "⟦pseudo⟧")]
LOCALE_PATHS = [FOLDER / "locale", *LOCALE_PATHS]
CONTENT_DIR = FOLDER / "content"


def bracketed(words: str) -> str:
    """Words as the language has them."""
    return f"⟦{words}⟧"


def make(folder: Path) -> None:
    """Write the bundled content with the language's own folder, and its catalogue of the interface's texts."""
    content = shutil.copytree(BUNDLED, folder / "content")
    own = shutil.copytree(content / "zh-hant", content / CODE)
    for path in own.glob("*.md"):
        path.write_text(re.sub(r"(?m)^title: (.*)$", lambda title: f"title: {bracketed(title[1])}", path.read_text()))
    for name in ("flow.yaml", "facts.yaml"):
        words = _words(yaml.safe_load((content / name).read_text()))
        (own / name).write_text(yaml.safe_dump(words, allow_unicode=True))
    catalog = Catalog(locale=CODE)
    for message, context in texts():
        forms = 6 if isinstance(message, tuple) else 0
        catalog.add(message, (bracketed(message[1]),) * forms or bracketed(str(message)), context=context)
    file = folder / "locale" / CODE / "LC_MESSAGES" / "django.mo"
    file.parent.mkdir(parents=True)
    file.write_bytes(compiled(catalog))


def _words(value: Any) -> Any:
    """What a folder of one language says of a file: where there are texts by language its own, nothing else."""
    match value:
        case {"zh-hant": str(words)}:
            return bracketed(words)
        case dict():
            return {key: words for key, inner in value.items() if (words := _words(inner))}
        case list():
            words = [_words(inner) for inner in value]
            return words if any(words) else None
        case _:
            return None
