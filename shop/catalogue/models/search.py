from django.db import models
from django.utils.translation import gettext_lazy as _


class Word(models.Model):
    """A word that names goods in a language: typing errors are corrected and queries completed with it."""

    language = models.CharField(_("language"), max_length=10)
    text = models.CharField(_("word without accents"), max_length=60, db_index=True)
    backwards = models.CharField(_("its stem backwards"), max_length=60, db_index=True)
    written = models.CharField(_("word as it is written"), max_length=80)
    products = models.PositiveIntegerField(_("products it names"), default=0)

    class Meta:
        verbose_name = _("word")
        verbose_name_plural = _("words")
        constraints = [models.UniqueConstraint(fields=["language", "text"], name="word_unique_language")]

    def __str__(self) -> str:
        return self.written
