"""Uploaded pictures: whatever an editor sends becomes a few clean WebP images, or is refused with the reason.

Kept in the database, not as files: a backup has them, and no version loses its picture. docs/decisions/0010-pictures.md
"""

import struct
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import IO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

FORMATS = ("PNG", "JPEG", "WEBP", "AVIF")
"""What is read, whatever the file's name says."""

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
TOO_MANY_PIXELS = _("The picture has more than 40 million pixels.")
"""Told by the file's head, before anything is unpacked."""

WIDTHS = (320, 640, 1280)
"""Pixels: a phone, a phone with a dense screen, a wide page."""

LONGEST_SIDE = 16_383
"""Pixels: WebP holds no more."""

QUALITY = 82

UNEXPECTED = (OSError, SyntaxError, ValueError, TypeError, RuntimeError, struct.error)
"""What Pillow's readers say of damaged files: each format its own, and what cameras note its own again."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """One size of a picture, as WebP."""

    width: int
    height: int
    content: bytes

    @property
    def digest(self) -> str:
        """Names the content: other bytes have another address, so that copies can be kept for ever."""
        return sha256(self.content).hexdigest()[:16]


def encode(file: IO[bytes], size: int) -> list[Encoded]:
    """The sizes of an uploaded picture, smallest first, without what the camera noted. Raises ValidationError."""
    if size > MOST_BYTES:
        raise ValidationError(_("The file is larger than 10 MB."))
    try:
        with Image.open(file, formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise ValidationError(TOO_MANY_PIXELS)
            if max(image.size) > LONGEST_SIDE:
                raise ValidationError(_("A side of the picture is longer than 16,383 pixels."))
            if getattr(image, "n_frames", 1) > 1 and image.format != "MPO":  # a phone's JPEG with a second picture
                raise ValidationError(_("Moving pictures are not shown. Choose one that stands still."))
            clean = _clean(image)
    except UnidentifiedImageError as error:
        raise ValidationError(_("This is no picture that can be read. Send a PNG, JPEG, WebP or AVIF file.")) from error
    except Image.DecompressionBombError as error:
        raise ValidationError(TOO_MANY_PIXELS) from error
    except UNEXPECTED as error:
        raise ValidationError(_("The picture is damaged. Export it once more and try again.")) from error
    widths = sorted({*(width for width in WIDTHS if width < clean.width), min(clean.width, WIDTHS[-1])})
    return [_encoded(clean, width) for width in widths]


def _clean(image: Image.Image) -> Image.Image:
    """The pixels alone, upright, in the colours of the web."""
    profile = image.info.get("icc_profile")
    upright = ImageOps.exif_transpose(image)
    mode = "RGBA" if upright.has_transparency_data else "RGB"
    if profile and upright.mode in ("RGB", "RGBA"):
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            upright = ImageCms.profileToProfile(upright, source, ImageCms.createProfile("sRGB")) or upright
        except ImageCms.PyCMSError:
            pass  # a profile that cannot be read says nothing
    clean = upright.convert(mode)
    clean.info = {}
    return clean


def _encoded(image: Image.Image, width: int) -> Encoded:
    height = max(1, round(image.height * width / image.width))
    scaled = image if width == image.width else image.resize((width, height), Image.Resampling.LANCZOS)
    content = BytesIO()
    scaled.save(content, "WEBP", quality=QUALITY, method=4)
    return Encoded(width, height, content.getvalue())
