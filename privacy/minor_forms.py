"""What those who may be a child, their guardians and the guardian desk are asked."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from . import ages, erasure, guardians
from .minors import Grounds
from .models import DataSubject, Guardian, MinorCase
from .request_forms import CODE

Bracket, Status, Wish = MinorCase.Bracket, MinorCase.Status, Guardian.Wish


class AgeForm(forms.Form):
    """Neutral: nothing is chosen beforehand, and nothing says which answer would be better."""

    bracket = forms.TypedChoiceField(label=_("How old are you?"), widget=forms.RadioSelect, coerce=Bracket)

    def __init__(self, *args: Any, country: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        law = ages.of(country)
        young, grown_up = law.digital_consent_age, law.minor_age
        self.fields["bracket"].choices = [  # type: ignore[attr-defined]
            (Bracket.CHILD, _("Younger than %(age)d") % {"age": young}),
            (Bracket.YOUTH, _("From %(age)d to %(last)d") % {"age": young, "last": grown_up - 1}),
            (Bracket.ADULT, _("%(age)d or older") % {"age": grown_up}),
        ]


class NameForm(forms.Form):
    """Whom to ask: a name and one way to reach them, and nothing else."""

    name = forms.CharField(
        label=pgettext_lazy("of a grown-up", "Their name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=pgettext_lazy("of a grown-up", "Their e-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class GuardianForm(forms.Form):
    child = forms.CharField(
        label=_("The child's e-mail, or the number of one of its orders"),
        help_text=_("We send a code to where the child is reached. Please ask the child for it."),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=_("Your e-mail"),
        help_text=_("Our answer comes here. We forget it when the matter is settled."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def clean_child(self) -> str:
        return guardians.written(self.cleaned_data["child"])


class ProofForm(GuardianForm):
    """What was typed before comes along unseen: it is kept nowhere, and stands in no address."""

    code = forms.CharField(label=_("Code from the child's mail"), max_length=12, widget=CODE)
    states = forms.BooleanField(
        label=_("I state that I am a parent or guardian of this child and responsible for it.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for typed in ("child", "name", "email"):
            self.fields[typed].widget = forms.HiddenInput()


class WishForm(forms.Form):
    wish = forms.TypedChoiceField(
        label=_("What do you wish?"), choices=Wish, widget=forms.RadioSelect, coerce=Wish
    )


class FlagForm(forms.ModelForm):
    """A colleague noticed something."""

    child = forms.CharField(label=_("E-mail of the account, or the number of an order"), max_length=254)

    class Meta:
        model = MinorCase
        fields: list[str] = []

    def clean_child(self) -> DataSubject:
        subject = guardians.named(self.cleaned_data["child"])
        if subject is None:
            raise forms.ValidationError(_("We know nobody by that."))
        return subject


class DeskForm(forms.ModelForm):
    """What the guardian desk decides. Only what fits where the case stands can be done."""

    deed = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            ("", "—"),  # nothing is decided by pressing Save too early
            ("ask", _("Ask the person for their age group")),
            ("clear", _("A grown-up: give everything back")),
            ("confirm", _("A child: protect it, and ask for its guardian")),
            ("name", _("Write to the guardian named below")),
            ("accept", _("The guardian has proved it to us")),
            ("agree", _("The child may go on, as the guardian wishes")),
            ("erase", _("Delete everything now")),
        ],
    )
    grounds = forms.ChoiceField(
        label=_("Why a grown-up"), choices=[("", "—"), *Grounds.choices], required=False
    )
    name = forms.CharField(label=_("Guardian's name"), max_length=120, required=False)
    email = forms.EmailField(label=_("Guardian's e-mail"), max_length=254, required=False)

    class Meta:
        model = MinorCase
        fields: list[str] = []

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        deed = cleaned.get("deed", "")
        if deed == "clear" and not cleaned.get("grounds"):
            self.add_error("grounds", _("Say why."))
        if deed == "name" and not (cleaned.get("name") and cleaned.get("email")):
            self.add_error("email", _("Say who it is and where we reach them."))
        if deed and not self._is_time_for(deed):
            self.add_error("deed", _("It is too late for that, or too early."))
        return cleaned

    def _is_time_for(self, deed: str) -> bool:
        status, guardian = self.instance.status, Guardian.objects.filter(case=self.instance).first()
        is_child = status in (Status.CONFIRMED, Status.GUARDIAN_PENDING)
        is_proved = guardian is not None and guardian.verified_at is not None
        fits: dict[str, bool] = {
            "ask": status == Status.SUSPECTED,
            "clear": self.instance.can_advance(Status.CLEARED),
            "confirm": status in (Status.SUSPECTED, Status.VERIFYING, Status.RESTRICTED),
            "name": is_child and not is_proved,
            "accept": is_child and guardian is not None and not is_proved,
            "agree": is_proved and guardian is not None and guardian.wish == Wish.KEEP,
            "erase": is_child and not erasure.obstacles(self.instance.subject),
        }
        return fits[deed]
