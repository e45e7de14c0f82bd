"""Files encrypted at rest, with the key of the person they are about.

The content is sealed as one piece in memory, so limit the size of what is uploaded. On disk a file has a
random name: what the person called it is personal too, and is not kept. `open()` decrypts; there is no URL,
because what lies on the disk is of no use to a browser: serve such a file by a view that checks who asks.
"""

import secrets
from typing import Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models.fields.files import FieldFile

from .fields import subject_key
from .keys import Sealed


class EncryptedFieldFile(FieldFile):
    field: "EncryptedFileField"

    def save(self, name: str | None, content: File, save: bool = True) -> None:
        place = self.field.place
        sealed = Sealed.seal(
            b"".join(content.chunks()),
            key=subject_key(self.instance, place),
            subject_id=self.instance.subject_id,  # type: ignore[attr-defined]
            place=place,
        )
        super().save(name or "", ContentFile(sealed.data), save)
        self._file: File | None = None  # what is in memory is the sealed content; reading decrypts

    def _get_file(self) -> File:
        self._require_file()  # type: ignore[attr-defined]
        if self._file is None:
            self._file = ContentFile(self._open_sealed(), name=self.name)
        return self._file

    def _open_sealed(self) -> bytes:
        with self.storage.open(str(self.name)) as stored:
            sealed = Sealed(stored.read())
        sealed.check_owner(self.instance.subject_id, self.field.place)  # type: ignore[attr-defined]
        return sealed.open(key=subject_key(self.instance, self.field.place), place=self.field.place)

    file = property(_get_file, FieldFile._set_file, FieldFile._del_file)  # type: ignore[attr-defined]

    def open(self, mode: str | None = "rb", *args: Any, **kwargs: Any) -> "EncryptedFieldFile":
        self.file.seek(0)
        return self

    @property
    def url(self) -> str:
        raise ValueError(f"{self.field.place}: an encrypted file has no address; serve it by a view.")


def private_storage() -> Storage:
    """Apart from the media, which anybody may fetch."""
    return storages["private"]


class EncryptedFileField(models.FileField):
    """A `FileField` whose files are encrypted. The model needs a foreign key `subject`."""

    attr_class = EncryptedFieldFile

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"storage": private_storage} | kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, list(args), {key: kwargs[key] for key in kwargs if key != "storage"}

    @property
    def place(self) -> str:
        return f"{self.model._meta.label_lower}.{self.name}"

    def generate_filename(self, instance: Any, filename: Any) -> str:
        return super().generate_filename(instance, secrets.token_hex(16))

    def value_to_string(self, obj: models.Model) -> Any:
        return ""
