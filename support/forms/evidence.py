"""The field for evidence: several files at once, each drawn anew before the form is valid."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from support import attachments, videos
from support.attachments import Clean
from support.photos import Refused

MEGABYTE = 1024 * 1024


class ManyFilesInput(forms.FileInput):
    allow_multiple_selected = True


class EvidenceField(forms.FileField):
    """Its value is a list of `attachments.Clean`, for `attachments.add` and the use-cases of tickets."""

    widget = ManyFilesInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("label", gettext_lazy("Photos"))
        kwargs.setdefault("help_text", lazy(limits, str)())
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return super().widget_attrs(widget) | {"accept": ",".join(attachments.accepted_types())}

    def clean(self, data: Any, initial: Any = None) -> list[Clean]:
        files: list[File] = list(data) if isinstance(data, list | tuple) else [data] if data else []
        if self.required and not files:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(files) > attachments.MOST_FILES:
            raise ValidationError(
                _("Please choose at most %(n)s files.") % {"n": attachments.MOST_FILES}, code="too_many"
            )
        return _clean_all(files)


def _clean_all(files: list[File]) -> list[Clean]:
    """Every file that is refused is named, so that one try is enough."""
    cleaned, errors = [], []
    for file in files:
        try:
            cleaned.append(attachments.clean(file))
        except Refused as refusal:
            errors.append(ValidationError(f"{file.name}: {refusal}", code=type(refusal).__name__))
    if errors:
        raise ValidationError(errors)
    return cleaned


def limits() -> str:
    photos = _("Up to %(n)s files, a photo up to %(size)s MB.") % {
        "n": attachments.MOST_FILES,
        "size": attachments.MAX_PHOTO // MEGABYTE,
    }
    if videos.are_accepted():
        photos += " " + _("A video may have %(size)s MB.") % {"size": attachments.MAX_VIDEO // MEGABYTE}
    return photos + " " + _("Place, time and camera are removed before we keep them.")
