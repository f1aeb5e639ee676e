"""The picture that is shown of a page where somebody shares its link (Open Graph): its title, drawn.

The letters are those of Noto Sans CJK, if the machine has it (docs/operating.md): a font with all Han is larger than
all of this project. Without it there is no picture, and pages name none. docs/decisions/0016-cards.md
"""

import re
from functools import cache, lru_cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

SIZE = (1200, 630)
"""Pixels, as those who show such pictures ask for."""

PAPER, INK, SOFT, ACCENT = "#faf7f2", "#1e1b17", "#4d483f", "#0b4a5e"
EDGE = 90
LARGEST, SMALLEST, STEP = 84, 44, 4
MOST_LINES = 3

FONT = "NotoSansCJK-Bold.ttc"
FACES = {"zh-hans": 2, "zh-hant": 3}
"""Which face of the collection draws a language's characters as it is used to; others have the first."""

_NOT_FIRST = frozenset("，。、；：？！」』）》〉”’,.;:?!)")
"""What no line begins with."""

_PIECES = re.compile(r"[\u2e80-\u9fff\uf900-\uffef\U00020000-\U0003ffff]|\s+|[^\s\u2e80-\u9fff\uf900-\uffef]+")


@lru_cache(maxsize=64)
def font(language: str, size: int) -> ImageFont.FreeTypeFont:
    """The letters of a language, so many pixels high. Raises OSError on a machine without the font."""
    return ImageFont.truetype(FONT, size, index=FACES.get(language, 0))


@cache
def can_draw() -> bool:
    """Whether pages have pictures on this machine."""
    try:
        font("", SMALLEST)
    except OSError:
        return False
    return True


@lru_cache(maxsize=256)
def card(title: str, site: str, language: str) -> bytes:
    """A PNG with a title and the site's name. Only where `can_draw`."""
    image = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 24, SIZE[1]), fill=ACCENT)
    letters, lines = _fitted(title, language)
    draw.multiline_text((EDGE, EDGE), "\n".join(lines), fill=INK, font=letters, spacing=letters.size * 0.25)
    draw.text((EDGE, SIZE[1] - EDGE), site, fill=SOFT, font=font(language, 36), anchor="ls")
    content = BytesIO()
    image.save(content, "PNG", optimize=True)
    return content.getvalue()


def _fitted(title: str, language: str) -> tuple[ImageFont.FreeTypeFont, list[str]]:
    """The largest letters in which it takes no more lines than there is room for, and the lines."""
    for size in range(LARGEST, SMALLEST - 1, -STEP):
        letters = font(language, size)
        lines = _lines(title, letters)
        if len(lines) <= MOST_LINES:
            return letters, lines
    return letters, [*lines[: MOST_LINES - 1], f"{lines[MOST_LINES - 1]}…"]


def _lines(title: str, letters: ImageFont.FreeTypeFont) -> list[str]:
    lines = [""]
    for piece in _PIECES.findall(title):
        longer = lines[-1] + piece
        if letters.getlength(longer.rstrip()) <= SIZE[0] - 2 * EDGE or piece in _NOT_FIRST:
            lines[-1] = longer
        else:
            lines.append(piece.lstrip())
    return [line.strip() for line in lines]
