from typing import Any
from uuid import uuid4

from allauth.account.forms import AddEmailForm, LoginForm, RequestLoginCodeForm, ResetPasswordForm, SignupForm
from allauth.core import context
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.phones import read_phone
from privacy.card_numbers import refuse_card_number


class SignInForm(LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _in_our_words(self)


class CodeRequestForm(RequestLoginCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _in_our_words(self)


class PasswordResetForm(ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _in_our_words(self)


class NewEmailForm(AddEmailForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _in_our_words(self)
        self.fields["email"].label = _("New e-mail")


class PasskeyForm(AddWebAuthnForm):
    """A passkey unless somebody wishes it to be a second step only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("What you call it")
        self.fields["name"].help_text = _("For example the name of the phone or of the key.")
        self.fields["passwordless"].initial = True
        self.fields["passwordless"].label = _("Sign in with it alone, without a password")
        self.fields["passwordless"].help_text = _(
            "The device then asks for your finger, your face or its PIN. "
            "Otherwise it is a second step after the password."
        )


class RegistrationForm(SignupForm):
    """Name, e-mail, mobile and a password; each says why it is asked."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        help_text=_("So that we know whom we write to. It is filled in for you when you order."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        validators=[refuse_card_number],
    )
    phone = forms.CharField(
        label=_("Mobile phone"),
        max_length=32,
        help_text=_(
            "So that the carrier can reach you, and for text messages about an order if you want them."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )
    field_order = ["name", "email", "phone", "password1"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _in_our_words(self)
        self.fields["website"].label = _("Leave this empty")
        self.fields["website"].widget.attrs.pop("style")  # the Content-Security-Policy forbids it
        self.fields["email"].help_text = _("You sign in with it. Order confirmations and answers go there.")
        self.fields["password1"].help_text = _(
            "At least eight characters, and nothing that is easy to guess. We keep only a fingerprint of it."
        )

    def clean_phone(self) -> str:
        """Read as a number of the market's country where it has no country code."""
        phone = read_phone(self.cleaned_data["phone"], context.request.market.country)
        if not phone:
            raise ValidationError(_("Please check the number; the country code helps: +49 …"), code="phone")
        return phone

    def try_save(self, request: HttpRequest) -> tuple[Any, Any]:
        """An address that is taken costs as much time as a new one: the same is done, and taken back."""
        if self.account_already_exists:
            with transaction.atomic():
                User.objects.create_user(f"{uuid4()}@localhost", self.cleaned_data["password1"])
                transaction.set_rollback(True)
        saved: tuple[Any, Any] = super().try_save(request)
        return saved


def _in_our_words(form: forms.Form) -> None:
    """A label says what to type; a grey copy of it inside the field does not help."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
        if isinstance(field, forms.EmailField):
            field.label = _("E-mail")
