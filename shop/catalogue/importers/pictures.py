"""Pictures named in a catalogue: found on this machine, never fetched, and stored once."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.core.files.base import ContentFile

from shop.catalogue import editing, images
from shop.catalogue.models import Picture, Product


class NoSuchPicture(ValueError):
    """The file is not there."""


class NotFetched(ValueError):
    """The picture is on another host, and no folder holds a copy of it."""


@dataclass(frozen=True)
class PictureFolder:
    """Where relative names are looked for: the folder given, then beside the file."""

    beside: Path
    given: Path | None = None

    def find(self, source: str) -> Path:
        address = urlsplit(source)
        if address.scheme in {"http", "https"}:
            return self._copy(Path(address.path).name)
        if Path(source).is_absolute():
            raise NoSuchPicture(f"'{source}' must be relative to the file")
        folders = [self.given, self.beside] if self.given else [self.beside]
        found = [path for folder in folders if (path := folder / source).is_file()]
        if not found:
            raise NoSuchPicture(f"there is no file '{source}'")
        return found[0]

    def _copy(self, name: str) -> Path:
        if self.given and name and (self.given / name).is_file():
            return self.given / name
        raise NotFetched(name)


@dataclass(frozen=True)
class PictureFile:
    """A file with its digest; what it shows is decoded only if the product does not have it yet."""

    path: Path
    digest: str

    @classmethod
    def read(cls, path: Path) -> "PictureFile":
        with path.open("rb") as file:
            return cls(path, hashlib.file_digest(file, "sha256").hexdigest())

    def among(self, pictures: list[Picture]) -> Picture | None:
        """The picture this file became, or is: an exported catalogue names the stored files themselves."""
        for picture in pictures:
            if picture.digest == self.digest or self._is_stored_as(picture):
                return picture
        return None

    def _is_stored_as(self, picture: Picture) -> bool:
        if Path(picture.image.name).name != self.path.name:
            return False
        with picture.image.storage.open(picture.image.name, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == self.digest

    def replaces(self, pictures: list[Picture]) -> Picture | None:
        """The picture that came from a file of this name, which has another content now."""
        return next((p for p in pictures if Path(p.image.name).stem == self.path.stem), None)

    def cleaned(self) -> ContentFile:
        with self.path.open("rb") as file:
            return images.clean(file)


def store(product: Product, file: PictureFile, old: Picture | None) -> Picture:
    picture = old or Picture(product=product)
    if old:
        editing.forget_file(old)
    content = file.cleaned()
    picture.digest = file.digest
    picture.image.save(content.name, content, save=False)
    picture.save()
    return picture
