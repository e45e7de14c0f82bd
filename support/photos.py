"""A photo as evidence: its pixels in a new file, upright, in sRGB and of a bounded size; nothing else."""

import io
import warnings
from typing import NamedTuple

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from shop.catalogue.images import bare, in_srgb

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
TYPES = {"image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"}
MAX_SIDE = 2400
# A baseline JPEG is decoded at a fraction of its size; all else lies in memory whole, some of it twice.
MAX_PIXELS_SHRUNK = 120_000_000
MAX_PIXELS_WHOLE = 13_000_000
# Each scan of a progressive JPEG goes over all pixels again. Encoders write about ten, bombs write thousands.
START_OF_SCAN, MAX_SCANS = b"\xff\xda", 60
DIRECT = {"RGB", "RGBA", "L", "LA", "CMYK", "YCbCr"}  # can be made smaller as they are


class Refused(ValueError):
    """A file that is not kept; the message tells whoever sent it why."""


class NotAPicture(Refused):
    pass


class TooManyPixels(Refused):
    pass


class Unreadable(Refused):
    pass


class Photo(NamedTuple):
    content: bytes
    content_type: str
    width: int
    height: int


def redraw(content: bytes) -> Photo:
    picture = _decode(content)
    buffer = io.BytesIO()
    picture.save(buffer, format="WEBP", quality=82, method=2)
    return Photo(buffer.getvalue(), "image/webp", picture.width, picture.height)


def _decode(content: bytes) -> Image.Image:
    try:
        with (
            warnings.catch_warnings(action="ignore"),
            Image.open(io.BytesIO(content), formats=FORMATS) as image,
        ):
            _check_effort(image, content)
            image.draft("RGB", (MAX_SIDE, MAX_SIDE))
            image.load()
            small = image if image.mode in DIRECT else image.convert("RGBA")
            small.thumbnail((MAX_SIDE, MAX_SIDE), reducing_gap=2.0)
            return bare(in_srgb(ImageOps.exif_transpose(small)))
    except Refused:
        raise
    except Image.DecompressionBombError as error:
        raise TooManyPixels(_too_many(MAX_PIXELS_WHOLE)) from error
    except UnidentifiedImageError as error:
        raise NotAPicture(not_a_picture()) from error
    # Decoders fail in many ways on hostile files; all of them mean the same to whoever sent the file.
    except Exception as error:
        raise Unreadable(_("This photo is damaged and cannot be opened.")) from error


def _check_effort(image: Image.Image, content: bytes) -> None:
    """Before a pixel is decoded: the size is in the head of the file."""
    shrinks = image.format == "JPEG" and not image.info.get("progressive")
    most = MAX_PIXELS_SHRUNK if shrinks else MAX_PIXELS_WHOLE
    if image.width * image.height > most:
        raise TooManyPixels(_too_many(most))
    if image.format == "JPEG" and content.count(START_OF_SCAN) > MAX_SCANS:
        raise Unreadable(_("This photo is stored in an unusual way and cannot be opened."))


def _too_many(most: int) -> str:
    return _("This photo has more than %(n)s million pixels.") % {"n": most // 10**6}


def not_a_picture() -> str:
    return _("This is not a photo in one of these formats: JPEG, PNG, WebP, GIF, AVIF.")
