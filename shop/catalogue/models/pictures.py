from django.db import models
from django.utils.translation import gettext_lazy as _
from pictures.models import PictureField

from shop.catalogue.models.products import Product


class Picture(models.Model):
    """A picture of a product, stored without its metadata (`shop.catalogue.images`)."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="pictures")
    image = PictureField(_("picture"), upload_to="products", width_field="width", height_field="height")
    width = models.PositiveIntegerField(editable=False, default=0)
    height = models.PositiveIntegerField(editable=False, default=0)
    alt = models.CharField(_("description for those who cannot see it"), max_length=250, blank=True)
    digest = models.CharField(
        max_length=64, editable=False, default="", help_text="SHA-256 of the file as it came in"
    )
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.alt or self.image.name
