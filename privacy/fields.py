"""Encrypted columns.

    class Order(models.Model):
        subject = models.ForeignKey(DataSubject, models.PROTECT)
        email = encrypt(models.EmailField())

`order.email` reads and writes as with a plain field, and forms treat it as one. In the database lies a
`Sealed` value: encrypted with the key of `order.subject` and bound to this model, column and subject, so
that a value that was altered or moved raises `DecryptionFailed`. As a foreign key keeps `subject_id` beside
`subject`, an encrypted column keeps what is stored in `email_sealed` beside `email`, and decrypts when it
is read.

- Load rows with `.select_related("subject__key")`; decrypting then costs no query.
- Empty text is stored as empty bytes and None as NULL, in clear: that a field is empty is no secret.
- The only look-up is `isnull`. To find a row, keep a blind index beside the column (`privacy.keys`).
- `update()` and `bulk_update()` cannot encrypt and refuse anything but an empty value; `bulk_create()` works.
- Once the subject's key is destroyed, reading raises `KeyDestroyed`; templates, forms and lists show nothing.
  Saving such a row leaves the ciphertext as it is.
- Renaming the model or the column moves the value: decrypt and encrypt again in a migration.
"""

import copy
import json
from functools import partialmethod
from types import SimpleNamespace
from typing import Any, TypeVar, cast

from django.core import checks
from django.core.exceptions import FieldDoesNotExist, FieldError, ObjectDoesNotExist
from django.db import models
from django.db.models.expressions import Col
from django.db.models.lookups import IsNull, Lookup

from privacy.keys import DecryptionFailed, Sealed, secret_of

__all__ = ["ClearTextRefused", "DecryptionFailed", "EncryptedField", "KeyDestroyed", "encrypt"]

F = TypeVar("F", bound=models.Field)


def encrypt(field: F) -> F:
    """The same field, encrypted at rest. Typed as the field it wraps, because it behaves as that one."""
    return cast(F, EncryptedField(field))


class KeyDestroyed(ObjectDoesNotExist):
    """The person was erased: what was sealed with their key can be read by nobody any more.

    Templates and the admin show nothing in its place, as they do for any related row that is gone.
    """


class ClearTextRefused(TypeError):
    """A clear value was about to reach the database or a file without being encrypted."""


def subject_key(instance: models.Model, place: str) -> bytes:
    """The key of the person a row is about."""
    subject = getattr(instance, "subject", None)
    if subject is None:
        raise ClearTextRefused(f"{place}: without a subject there is no key.")
    try:
        return secret_of(subject.key)
    except ObjectDoesNotExist:
        raise KeyDestroyed(f"{place}: the subject's key was destroyed.") from None


class SealedValue:
    """`order.email`: opens what `order.email_sealed` holds, the first time it is read."""

    def __init__(self, field: "EncryptedField") -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type | None = None) -> Any:
        if instance is None:
            return self
        value = getattr(instance, self.field.attname)
        if isinstance(value, Sealed):
            value = self.field.open(value, instance)
            setattr(instance, self.field.attname, value)
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        setattr(instance, self.field.attname, value)


class SealedCol(Col):
    """The column in a query. It may be selected; resolving it again means sorting or computing by it."""

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Any:
        raise FieldError(f"{self.target} is encrypted: the database cannot sort or compute by it.")


class SealedIsNull(IsNull):
    """The one question the database can answer; it resolves the column again, so it takes a plain one."""

    def __init__(self, lhs: Any, rhs: bool) -> None:
        super().__init__(Col(lhs.alias, lhs.target) if isinstance(lhs, SealedCol) else lhs, rhs)


class SealedIsEmpty(Lookup):
    """The other one: whether there is nothing to decrypt."""

    lookup_name = "isempty"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        column, params = compiler.compile(Col(self.lhs.alias, self.lhs.target))
        test = f"({column} IS NULL OR LENGTH({column}) = 0)"
        return test if self.rhs else f"NOT {test}", (*params, *params)


class EncryptedField(models.Field):
    """A binary column around any field whose value can be written as text. Made by `encrypt()`."""

    def __init__(self, inner: models.Field) -> None:
        self.inner = inner
        super().__init__(
            verbose_name=inner._verbose_name,  # type: ignore[attr-defined]
            name=inner.name,
            max_length=inner.max_length,
            null=inner.null,
            blank=inner.blank,
            default=inner.default,
            editable=inner.editable,
            choices=inner.choices,
            help_text=inner.help_text,
            db_column=inner.db_column,
            serialize=False,  # `dumpdata` leaves the column out
        )
        self.empty_strings_allowed = inner.empty_strings_allowed

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        return self.name, "privacy.fields.EncryptedField", [self.inner.clone()], {}

    def __deepcopy__(self, memo: dict[int, Any]) -> "EncryptedField":
        duplicate = super().__deepcopy__(memo)
        duplicate.inner = copy.deepcopy(self.inner, memo)
        return duplicate

    # --- In the model -------------------------------------------------------------------------------------

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        self.inner.set_attributes_from_name(name)
        self.inner.model = cls
        display = f"get_{name}_display"
        if self.choices and display not in vars(cls):
            setattr(cls, display, partialmethod(cls._get_FIELD_display, field=self.inner))  # type: ignore[attr-defined]
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, name, SealedValue(self))

    def get_attname_column(self) -> tuple[str, str]:
        return f"{self.name}_sealed", self.db_column or self.name

    def get_internal_type(self) -> str:
        return "BinaryField"

    @property
    def place(self) -> str:
        """What a ciphertext is bound to, besides its subject."""
        return f"{self.model._meta.label_lower}.{self.name}"

    @property
    def empty_value(self) -> Any:
        """What empty bytes in the column mean."""
        return "" if self.inner.empty_strings_allowed else self.inner.get_default()

    # --- Between the value and its ciphertext -------------------------------------------------------------

    def pre_save(self, instance: models.Model, add: bool) -> Any:
        value = getattr(instance, self.attname)
        if isinstance(value, Sealed):
            value.check_owner(instance.subject_id, self.place)  # type: ignore[attr-defined]
            return value
        return value if value is None or self.is_empty(value) else self.seal(value, instance)

    def is_empty(self, value: Any) -> bool:
        return bool(value in self.inner.empty_values and value == self.empty_value)

    def seal(self, value: Any, instance: models.Model) -> Sealed:
        key = subject_key(instance, self.place)
        subject_id = instance.subject_id  # type: ignore[attr-defined]
        return Sealed.seal(self.to_text(value).encode(), key=key, subject_id=subject_id, place=self.place)

    def open(self, sealed: Sealed, instance: models.Model) -> Any:
        sealed.check_owner(instance.subject_id, self.place)  # type: ignore[attr-defined]
        clear = sealed.open(key=subject_key(instance, self.place), place=self.place)
        return self.from_text(clear.decode())

    def to_text(self, value: Any) -> str:
        if isinstance(self.inner, models.JSONField):
            return json.dumps(value, cls=self.inner.encoder)
        row = SimpleNamespace(**{self.inner.attname: self.inner.to_python(value)})
        return self.inner.value_to_string(cast(models.Model, row))

    def from_text(self, text: str) -> Any:
        if isinstance(self.inner, models.JSONField):
            return json.loads(text, cls=self.inner.decoder)
        return self.inner.to_python(text)

    # --- Between the ciphertext and the database ----------------------------------------------------------

    def get_prep_value(self, value: Any) -> bytes | None:
        if isinstance(value, Sealed):
            return value.data
        if value is None:
            return None
        if value == b"" or self.is_empty(value):  # empty bytes: the default of a column that is being added
            return b""
        raise ClearTextRefused(f"{self.place}: only save() and bulk_create() encrypt.")

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        value = value if prepared else self.get_prep_value(value)
        return None if value is None else connection.Database.Binary(value)

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:
        return cast(str, connection.ops.binary_placeholder_sql(value))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        if value is None:
            return None
        return Sealed(bytes(value)) if len(value) else self.empty_value

    def get_col(self, alias: str, output_field: models.Field | None = None) -> Col:
        return SealedCol(alias, self, output_field or self)

    def get_lookup(self, lookup_name: str) -> type[Lookup]:
        if lookup_name == "isnull":
            return SealedIsNull
        if lookup_name == "isempty":
            return SealedIsEmpty
        raise FieldError(f"{self} is encrypted: look it up by a blind index, or with `isnull` or `isempty`.")

    def get_transform(self, lookup_name: str) -> None:
        raise FieldError(f"{self} is encrypted: it has no parts to look up ({lookup_name}).")

    # --- In forms and serializers -------------------------------------------------------------------------

    def formfield(self, **kwargs: Any) -> Any:
        return self.inner.formfield(**kwargs)

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        return value if isinstance(value, Sealed) else self.inner.clean(value, model_instance)

    def to_python(self, value: Any) -> Any:
        return value if isinstance(value, Sealed) else self.inner.to_python(value)

    def value_from_object(self, obj: models.Model) -> Any:
        try:
            return getattr(obj, self.name)
        except KeyDestroyed:
            return self.empty_value

    def value_to_string(self, obj: models.Model) -> str:
        raise ClearTextRefused(f"{self.place}: encrypted columns are not written to fixtures.")

    # --- Checks -------------------------------------------------------------------------------------------

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        return [*self.inner.check(**kwargs), *self._check_subject(), *self._check_indexes()]

    def _check_subject(self) -> list[checks.CheckMessage]:
        try:
            self.model._meta.get_field("subject")
        except FieldDoesNotExist:
            hint = "Add a foreign key `subject` to privacy.DataSubject."
            return [checks.Error("An encrypted field needs a subject.", hint, self, "privacy.E101")]
        return []

    def _check_indexes(self) -> list[checks.CheckMessage]:
        inner, options = self.inner, self.model._meta
        ordered = {str(name).lstrip("-") for name in options.ordering or ()}
        is_indexed = inner.unique or getattr(inner, "db_index", False) or inner.has_db_default()
        if not is_indexed and self.name not in ordered:
            return []
        hint = "Every encryption of a value differs. Index a blind index instead (privacy.keys.blind_index)."
        return [
            checks.Error(
                "An encrypted field cannot be unique, indexed or sorted by.", hint, self, "privacy.E102"
            )
        ]
