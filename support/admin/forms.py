"""The forms of the desk. Each knows its ticket and the agent who fills it in."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.phones import read_phone
from privacy.models import PrivacyRequest
from support import desk, macros
from support.models import Macro, Tag, Ticket


class DeedForm(forms.Form):
    """By itself, it only asks whether this is meant."""

    def __init__(self, *args: Any, ticket: Ticket, agent: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.ticket, self.by = ticket, agent


class WordsForm(DeedForm):
    body = forms.CharField(
        label=_("Text"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 7, "class": "vLargeTextField"}),
    )


class AnswerForm(WordsForm):
    macro: forms.ModelChoiceField = forms.ModelChoiceField(
        Macro.objects.all(), label=_("Prepared answer"), required=False, empty_label=_("none")
    )
    solve = forms.BooleanField(required=False)

    def as_typed(self) -> "AnswerForm":
        """The form again, unread."""
        return AnswerForm(initial={"body": self.data.get("body", "")}, ticket=self.ticket, agent=self.by)

    def with_macro(self) -> "AnswerForm":
        """The form again: what was typed so far, and below it the prepared answer."""
        typed, chosen = str(self.data.get("body", "")).rstrip(), str(self.data.get("macro", ""))
        macro = Macro.objects.filter(pk=chosen).first() if chosen.isdecimal() else None
        words = macros.fill_in(macro, self.ticket, self.by) if macro else ""
        body = "\n\n".join(part for part in (typed, words) if part)
        return AnswerForm(initial={"body": body, "macro": macro}, ticket=self.ticket, agent=self.by)


class CallForm(WordsForm):
    announced = forms.BooleanField(
        label=_("I told the person that I write this down."),
        error_messages={"required": _("Nobody’s words are kept without their knowing.")},
    )


class AgentField(forms.ModelChoiceField):
    def label_from_instance(self, user: Any) -> str:
        return user.name or str(user)


class AssignForm(DeedForm):
    agent = AgentField(User.objects.none(), label=_("Agent"), required=False, empty_label=_("nobody"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["agent"]
        field.queryset = desk.agents_for(self.ticket)
        field.initial = self.ticket.assignee_id


class PriorityForm(DeedForm):
    priority = forms.TypedChoiceField(label=_("Priority"), choices=Ticket.Priority, coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["priority"].initial = self.ticket.priority


class CategoryForm(DeedForm):
    category = forms.ChoiceField(label=_("About"), choices=Ticket.Category)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].initial = self.ticket.category


class TagForm(DeedForm):
    tags = forms.ModelMultipleChoiceField(
        Tag.objects.all(), label=_("Tags"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tags"].initial = [tag.pk for tag in self.ticket.tags.all()]


class MergeForm(DeedForm):
    reference = forms.CharField(
        label=_("Reference of the other ticket"), max_length=16, help_text=_("The messages move there.")
    )

    def clean_reference(self) -> Ticket:
        """Only one the agent may see."""
        typed = self.cleaned_data["reference"].upper()
        into = desk.visible_to(self.by).with_keys().filter(reference=typed).first()
        if into is None:
            raise ValidationError(_("There is no such ticket."), code="unknown")
        return into


class RequestForm(DeedForm):
    kind = forms.ChoiceField(label=_("Which right"), choices=PrivacyRequest.Kind)


class ContactForm(DeedForm):
    """What is left empty stays as it is, so the agent need not see it."""

    name = forms.CharField(label=_("New name"), max_length=120, required=False)
    phone = forms.CharField(
        label=_("New mobile phone"),
        max_length=32,
        required=False,
        help_text=_("What you leave empty stays as it is. A new number is not verified."),
    )

    def clean_phone(self) -> str:
        return read_phone(self.cleaned_data["phone"], self.ticket.country)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not self.errors and not any(said.values()):
            raise ValidationError(_("Nothing was typed, so nothing would change."), code="nothing")
        return said
