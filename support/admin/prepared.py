"""What the desk works with: prepared answers, tags, days off."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from modeltranslation.utils import get_translation_fields

from support import macros
from support.models import Holiday, Macro, Tag


class MacroForm(forms.ModelForm):
    """A misspelt variable is noticed here, not in front of a customer."""

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for field in BODIES:
            try:
                macros.check(said.get(field) or "")
            except macros.CannotFillIn as problem:
                self.add_error(field, ValidationError(str(problem), code="variable"))
        return said


BODIES = get_translation_fields("body")


@admin.register(Macro)
class MacroAdmin(admin.ModelAdmin):
    form = MacroForm
    list_display = ("name", "position")
    list_editable = ("position",)
    search_fields = ("name",)
    fields = ("name", *BODIES, "variables", "position", "preview")
    readonly_fields = ("variables", "preview")

    @admin.display(description=_("what is filled in"))
    def variables(self, macro: Macro) -> SafeString:
        rows = ((f"{{{{ {name} }}}}", label) for name, label in macros.VARIABLES.items())
        return format_html_join("", "<p><code>{}</code> {}</p>", rows)

    @admin.display(description=_("as it would read"))
    def preview(self, macro: Macro) -> SafeString | str:
        """With invented values, as last saved, in every language."""
        if not macro.pk:
            return str(_("Save it to see it."))
        texts = ((macros.fill(getattr(macro, field) or "", macros.EXAMPLE),) for field in BODIES)
        return format_html_join("", '<blockquote class="preview">{}</blockquote>', texts)


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin):
    list_display = ("name",)
    search_fields = ("name",)


@admin.register(Holiday)
class HolidayAdmin(admin.ModelAdmin):
    """Nobody answers on these days, and no answer becomes due."""

    list_display = ("day", "name")
    date_hierarchy = "day"
