import json
import uuid
from datetime import date
from functools import cached_property
from typing import Any, NoReturn, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy import keys
from privacy.keys import Sealed, blind_index, blind_indexes
from privacy.models.subjects import WrappedKey


class NeverChanged(RuntimeError):
    """What a tax office may ask for is written once."""


class FiscalEntityQuerySet(models.QuerySet["FiscalEntity"]):
    def of(self, code: str) -> "FiscalEntity":
        """Made with its key when it first archives something."""
        found = self.filter(code=code).first()
        return found or self.get_or_create(code=code, defaults=_new_key())[0]


def _new_key() -> dict[str, Any]:
    pk = uuid.uuid4()
    key_name, wrapped = keys.wrap(keys.new_key(), pk)
    return {"pk": pk, "key_name": key_name, "wrapped": wrapped}


class FiscalEntity(WrappedKey):
    """An establishment of the seller, with the key of its archive, which is nobody's and outlives people."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(_("country"), max_length=2, unique=True)

    objects = FiscalEntityQuerySet.as_manager()

    class Meta:
        verbose_name = _("fiscal entity")
        verbose_name_plural = _("fiscal entities")

    def __str__(self) -> str:
        return self.code


class TaxRecordQuerySet(models.QuerySet["TaxRecord"]):
    def numbered(self, number: str) -> Self:
        return self.filter(number_index__in=blind_indexes("number", number))

    def update(self, **values: Any) -> NoReturn:
        raise NeverChanged

    def sold_before(self, first_days: dict[str, date]) -> Self:
        """Of each list of laws, what was sold before its day."""
        over = [models.Q(laws=names, sold_on__lt=day) for names, day in first_days.items()]
        return self.filter(models.Q(*over, _connector=models.Q.OR)) if over else self.none()


class TaxRecord(models.Model):
    """What a tax office may ask about one sale, sealed with the key of the seller's establishment.

    It leads to no person and no person leads to it. Written once; the database refuses changes, and the seal
    covers the open columns, so that none of them can be altered unseen.
    """

    class Profile(models.TextChoices):
        INVOICE_FULL = "invoice.full", _("Invoice to a business")
        INVOICE_SIMPLIFIED = "invoice.simplified", _("Sale to a consumer, taxed where we are registered")
        OSS = "oss.b2c", _("Distance sale to a consumer, One Stop Shop")
        EXPORT = "export", _("Export to a consumer")

    entity = models.ForeignKey(
        FiscalEntity, verbose_name=_("sold by"), on_delete=models.PROTECT, related_name="records"
    )
    profile = models.CharField(_("kind"), max_length=20, choices=Profile)
    country = models.CharField(_("country"), max_length=2)
    sold_on = models.DateField(_("sold"), db_index=True)
    laws = models.CharField(_("laws"), max_length=120, help_text="names in tax_retention.toml, comma")
    number_index = models.CharField(max_length=64, unique=True)
    sealed = models.BinaryField()

    objects = TaxRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("tax record")
        verbose_name_plural = _("tax records")
        ordering = ["-sold_on", "pk"]

    def __str__(self) -> str:
        return f"tax record {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk:
            raise NeverChanged
        super().save(*args, **kwargs)

    @property
    def law_names(self) -> list[str]:
        return self.laws.split(",")

    @cached_property
    def content(self) -> dict[str, Any]:
        """Raises `DecryptionFailed` where any column was altered."""
        sealed = Sealed(bytes(self.sealed))
        sealed.check_owner(self.entity_id, self._place)
        content: dict[str, Any] = json.loads(sealed.open(key=keys.secret_of(self.entity), place=self._place))
        return content

    def seal(self, content: dict[str, Any]) -> None:
        """The other columns come first: the seal covers them."""
        self.number_index = blind_index("number", content["number"])
        key, clear = keys.secret_of(self.entity), json.dumps(content).encode()
        self.sealed = Sealed.seal(clear, key=key, subject_id=self.entity_id, place=self._place).data

    @property
    def _place(self) -> str:
        columns = (self.profile, self.country, self.sold_on.isoformat(), self.laws, self.number_index)
        return "|".join(("orders.taxrecord", *columns))
