"""Pictures: cleaned and re-encoded as they come in, stored in every width before a page can show them."""

import io
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from pictures.models import PillowPicture
from pictures.utils import reconstruct
from PIL import Image, ImageCms, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF", "TIFF")
MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 50_000_000
MAX_SIDE = 2560  # twice the width of the page
# Pillow's own speed for AVIF costs ten times as much as 9 and is not told apart at these sizes.
ENCODING: dict[str, dict[str, Any]] = {
    "AVIF": {"quality": 60, "speed": 9},
    "WEBP": {"quality": 80, "method": 2},
}


class UnusablePicture(ValueError):
    """The file is no picture the shop can show; the message says why."""


def clean(file: IO[bytes]) -> ContentFile:
    """A new WebP file with the pixels of this one and nothing else: no metadata, nothing appended."""
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise UnusablePicture(_("The file is larger than %(size)s MB.") % {"size": MAX_BYTES // 1024**2})
    buffer = io.BytesIO()
    _decode(content).save(buffer, format="WEBP", quality=90, method=2)
    name = Path(getattr(file, "name", "") or "picture").stem
    return ContentFile(buffer.getvalue(), f"{name}.webp")


def _decode(content: bytes) -> Image.Image:
    """The pixels, upright and in sRGB, in an image that never saw the file."""
    try:
        with (
            warnings.catch_warnings(action="ignore"),
            Image.open(io.BytesIO(content), formats=FORMATS) as image,
        ):
            if image.width * image.height > MAX_PIXELS:
                raise _too_large()
            image.load()
            upright = in_srgb(ImageOps.exif_transpose(image))
            upright.thumbnail((MAX_SIDE, MAX_SIDE))
            return bare(upright)
    except UnusablePicture:
        raise
    except Image.DecompressionBombError as error:
        raise _too_large() from error
    # Decoders fail in many ways on hostile files; all of them mean the same to whoever sent the file.
    except Exception as error:
        raise UnusablePicture(
            _("This is not a picture in one of these formats: JPEG, PNG, WebP, GIF, AVIF, TIFF.")
        ) from error


def _too_large() -> UnusablePicture:
    return UnusablePicture(_("The picture has more than %(n)s million pixels.") % {"n": MAX_PIXELS // 10**6})


def in_srgb(image: Image.Image) -> Image.Image:
    """The colours as a screen shows them, so that they need no profile."""
    mode = "RGBA" if image.has_transparency_data else "RGB"
    profile = image.info.get("icc_profile")
    if profile and image.mode in {"RGB", "RGBA", "CMYK", "L"}:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(
                image, source, ImageCms.createProfile("sRGB"), outputMode=mode
            )
        except (ImageCms.PyCMSError, OSError):
            return image.convert(mode)
        return converted or image.convert(mode)
    return image.convert(mode)


def bare(image: Image.Image) -> Image.Image:
    """The pixels in an image that never saw the file."""
    bare = Image.new(image.mode, image.size)
    bare.paste(image)
    return bare


class Rendition(PillowPicture):
    """One width of a picture in one format, encoded by the measures above."""

    def save(self, image: Image.Image) -> None:
        buffer = io.BytesIO()
        self.resize(image).save(buffer, format=self.file_type, **ENCODING[self.file_type])
        self.storage.delete(self.name)
        self.storage.save(self.name, ContentFile(buffer.getvalue()))


def make_renditions(*, storage: Any, file_name: str, new: Any = (), old: Any = (), **sender: Any) -> None:
    """Makes every width before the row is stored, not in a task (docs/decisions/pictures.md).

    Encoders leave Python alone, so threads use every core.
    """
    if new:
        with reconstruct(*storage).open(file_name) as file, Image.open(file) as original:
            image = Rendition.pre_process(original)
        renditions = [reconstruct(*rendition) for rendition in new]
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda rendition: rendition.save(image), renditions))
    for rendition in old:
        reconstruct(*rendition).delete()
