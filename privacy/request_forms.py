"""What is asked of somebody who uses their rights."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from . import erasure, objection, parting, requests, restriction
from .card_numbers import refuse_card_number
from .models import DataSubject, PrivacyRequest, Restriction
from .purposes import Purpose
from .registry import PersonalData

WITHOUT_PASSWORD = (
    PrivacyRequest.Kind.RECTIFICATION,
    PrivacyRequest.Kind.RESTRICTION,
    PrivacyRequest.Kind.OBJECTION,
    PrivacyRequest.Kind.WITHDRAWAL,
    PrivacyRequest.Kind.EXPLANATION,
    PrivacyRequest.Kind.COMPLAINT,
)
CODE = forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"})


class AskForm(forms.Form):
    kind = forms.ChoiceField(label=_("What you ask for"), choices=PrivacyRequest.Kind)
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("The address you gave us, with an order or a question. We send a code to it."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class ProveForm(AskForm):
    """What was typed before comes along unseen: it is kept nowhere, and stands in no address."""

    code = forms.CharField(label=_("Code from the mail"), max_length=12, widget=CODE)
    fact = forms.CharField(
        label=_("The number of one of your orders, or the postcode it went to"),
        help_text=_("Only you know it. Without it a colleague has to look at your request first."),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if AskForm(self.data or self.initial).is_valid():
            for name in ("kind", "email"):
                self.fields[name].widget = forms.HiddenInput()


class LookUpForm(forms.Form):
    token = forms.CharField(
        label=_("Reference and code"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class DeleteForm(forms.Form):
    """When it begins, and what becomes of things that are under way (`privacy.parting`)."""

    when = forms.ChoiceField(
        label=_("When"),
        choices=[
            ("later", _("In seven days; until then you may change your mind")),
            ("now", _("Now; there is no way back")),
        ],
        initial="later",
        widget=forms.RadioSelect,
    )
    is_sure = forms.BooleanField(label=_("Yes, delete what you need not keep"))

    def __init__(self, *args: Any, subject: DataSubject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = parting.questions(subject)
        for question in self.asked:
            self.fields[question.name] = forms.ChoiceField(
                label=str(question.label),
                choices=question.options,
                initial=question.options[0][0],
                required=False,
                widget=forms.RadioSelect,
            )

    @property
    def questions(self) -> list[forms.BoundField]:
        """What becomes of each thing, and when."""
        return [*(self[question.name] for question in self.asked), self["when"]]

    @property
    def answers(self) -> dict[str, str]:
        return {question.name: self.cleaned_data[question.name] for question in self.asked}


class WordsForm(forms.Form):
    words = forms.CharField(
        label=_("In your words"),
        max_length=10_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        validators=[refuse_card_number],
    )


class LimitForm(forms.Form):
    """What is not to be used for a while: everything, what is wrong, or one optional use."""

    what = forms.ChoiceField(label=_("What we shall not use"), widget=forms.RadioSelect)
    why = forms.ChoiceField(
        label=_("Why"),
        widget=forms.RadioSelect,
        choices=[
            (Restriction.Why.DISPUTED, _("It is wrong, or I think so")),
            (Restriction.Why.UNLAWFUL, _("You should not use it, but do not delete it")),
            (Restriction.Why.CLAIM, _("I need it for a claim of mine")),
        ],
    )

    def __init__(self, *args: Any, subject: DataSubject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scope = Restriction.Scope
        self.limits: dict[str, dict[str, Any]] = {"everything": {"scope": scope.EVERYTHING}}
        choices: list[Any] = [("everything", _("Everything, except what the law demands"))]
        wrong, uses = [], []
        for data in restriction.disputable(subject):
            self.limits[data.model._meta.label_lower] = {"scope": scope.DATA, "data": data.model}
            wrong.append((data.model._meta.label_lower, _described(data)))
        for purpose in objection.uses(subject):
            if purpose.terms.refusable:
                self.limits[purpose.value] = {"scope": scope.PURPOSE, "purpose": purpose}
                uses.append((purpose.value, purpose.label))
        choices += [(_("What is in dispute"), wrong), (_("One use"), uses)]
        self.fields["what"].choices = choices  # type: ignore[attr-defined]

    @property
    def questions(self) -> list[forms.BoundField]:
        return [self["what"], self["why"]]

    @property
    def limit(self) -> dict[str, Any]:
        """What `restriction.restrict` is told."""
        return self.limits[self.cleaned_data["what"]] | {"why": Restriction.Why(self.cleaned_data["why"])}


def _described(data: PersonalData) -> str:
    """Order address: Name, Street and number …"""
    columns = dict.fromkeys(str(column.label) for column in restriction.disputable_columns(data))
    return f"{capfirst(str(data.model._meta.verbose_name))}: {', '.join(columns)}"


class ObjectionForm(forms.Form):
    purpose = forms.ChoiceField(label=_("The use you object to"))
    words = forms.CharField(
        label=_("Why"),
        help_text=_("Not needed for advertising, nor for anything you once agreed to."),
        required=False,
        max_length=10_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        validators=[refuse_card_number],
    )

    def __init__(self, *args: Any, subject: DataSubject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.uses = objection.uses(subject)
        self.fields["purpose"].choices = [(use.value, use.label) for use in self.uses]  # type: ignore[attr-defined]


class WithdrawForm(forms.Form):
    """A press on one of the buttons: for one purpose, or for all there are."""

    use = forms.ChoiceField(choices=[("all", "all"), *Purpose.choices])

    @property
    def purpose(self) -> Purpose | None:
        chosen = self.cleaned_data["use"]
        return None if chosen == "all" else Purpose(chosen)


class MineForm(forms.Form):
    """The rights somebody uses who is signed in, and that need no password once more."""

    kind = forms.ChoiceField(
        label=_("What you ask for"),
        choices=[(kind.value, kind.label) for kind in WITHOUT_PASSWORD],
    )


class FileForm(forms.Form):
    """A colleague asks for somebody who called or wrote."""

    kind = forms.ChoiceField(label=_("Right"), choices=PrivacyRequest.Kind)
    email = forms.EmailField(label=_("E-mail"), max_length=254)


class DeedForm(forms.ModelForm):
    """What staff decide of a request. Words to the person are chosen, not written."""

    deed = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            ("", "—"),  # nothing is decided by pressing Save too early
            ("verify", _("We are sure who asks")),
            ("complete", _("It is done: tell the person")),
            ("extend", _("It takes longer: tell the person why")),
            ("refuse", _("Refuse it: tell the person why")),
        ],
    )
    why = forms.ChoiceField(
        label=_("Reason"), choices=[("", "—"), *PrivacyRequest.Reason.choices], required=False
    )

    class Meta:
        model = PrivacyRequest
        fields: list[str] = []

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        deed = cleaned.get("deed", "")
        if deed in ("extend", "refuse") and not cleaned.get("why"):
            self.add_error("why", _("Say why."))
        elif deed == "extend" and requests.extended_limit(self.instance) is None:
            self.add_error("deed", _("It cannot be extended, or not any more."))
        elif deed == "verify" and (problem := self._problem_of_deletion()):
            self.add_error("deed", problem)
        elif deed == "complete" and self._is_undeleted():
            self.add_error("deed", _("Nothing is deleted yet."))
        elif deed in LEADS_TO and not self.instance.can_advance(LEADS_TO[deed]):
            self.add_error("deed", _("It is too late for that, or too early."))
        return cleaned

    def _is_undeleted(self) -> bool:
        is_erasure = self.instance.kind == PrivacyRequest.Kind.ERASURE
        return bool(is_erasure and self.instance.subject.status != DataSubject.Status.ERASED)

    def _problem_of_deletion(self) -> Any:
        """What must end before a deletion can even be scheduled."""
        if self.instance.kind != PrivacyRequest.Kind.ERASURE:
            return ""
        return next(iter(erasure.obstacles(self.instance.subject)), "")


LEADS_TO = {
    "verify": PrivacyRequest.Status.VERIFIED,
    "complete": PrivacyRequest.Status.COMPLETED,
    "refuse": PrivacyRequest.Status.REFUSED,
}
