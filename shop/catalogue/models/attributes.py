from django.db import models
from django.utils.translation import gettext_lazy as _


class Attribute(models.Model):
    """A property goods are described and filtered by: material, capacity, glaze, size."""

    class Type(models.TextChoices):
        CHOICE = "choice", _("One of several words")
        NUMBER = "number", _("Number with a unit")
        BOOLEAN = "boolean", _("Yes or no")

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=80)
    type = models.CharField(_("type"), max_length=10, choices=Type, default=Type.CHOICE)
    unit = models.CharField(_("unit"), max_length=12, blank=True)
    is_facet = models.BooleanField(_("offered as a filter"), default=True)
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("attribute")
        verbose_name_plural = _("attributes")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class AttributeValue(models.Model):
    """One value an attribute can take. A number is kept beside its label so that 90 sorts before 250."""

    attribute = models.ForeignKey(Attribute, on_delete=models.CASCADE, related_name="values")
    code = models.SlugField(_("code"), max_length=80)
    label = models.CharField(_("label"), max_length=120)
    number = models.DecimalField(_("numeric value"), max_digits=12, decimal_places=3, null=True, blank=True)
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("attribute value")
        verbose_name_plural = _("attribute values")
        ordering = ["attribute", "number", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["attribute", "code"], name="attribute_value_unique_code"),
        ]

    def __str__(self) -> str:
        return self.label
