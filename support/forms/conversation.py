"""What people type when they write to us."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orders.models import Order, OrderLine
from privacy.card_numbers import refuse_card_number
from privacy.models import PrivacyRequest
from support import contact
from support.forms.evidence import EvidenceField
from support.models import Ticket

MOST_WORDS = 10_000
Choices = list[tuple[str, str]]


def _words(*, rows: int = 6, **options: Any) -> forms.CharField:
    """Kept exactly as typed; a card number is refused."""
    return forms.CharField(
        strip=False,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": rows}),
        validators=[refuse_card_number],
        **options,
    )


class WordsForm(forms.Form):
    """A message, perhaps with photos."""

    body = _words(label=_("Your message"))
    evidence = EvidenceField()

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"]
        if not body.strip():
            raise forms.ValidationError(_("Please write something."), code="required")
        return body

    @property
    def wrong_fields(self) -> list[forms.BoundField]:
        return [field for field in self if field.errors]

    @property
    def lost_files(self) -> bool:
        """A browser forgets what was chosen when the form comes back."""
        return bool(self.files and self.errors)


class ReplyForm(WordsForm):
    body = _words(label=_("Your answer"), rows=4)


class ContactForm(WordsForm):
    """`usual` says for each category by when we answer; `orders` are those of somebody who is signed in."""

    category = forms.ChoiceField(
        label=_("What is it about?"), choices=Ticket.Category.choices, widget=forms.RadioSelect
    )
    right = forms.ChoiceField(
        label=_("Which right?"),
        required=False,
        choices=[
            ("", "—"),
            *((kind.value, kind.label) for kind in PrivacyRequest.Kind if kind != "guardian"),
        ],
    )
    title = forms.CharField(
        label=_("In a few words"),
        required=False,
        strip=False,
        max_length=200,
        validators=[refuse_card_number],
    )
    name = forms.CharField(
        label=_("Name"),
        required=False,
        strip=False,
        max_length=120,
        help_text=_("So that we know how to address you."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        validators=[refuse_card_number],
    )
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        max_length=254,
        help_text=_("Our answer comes here. Without it, keep the link that the next page shows."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    order_number = forms.CharField(
        label=_("Order number"),
        required=False,
        max_length=40,
        validators=[refuse_card_number],
        help_text=_("If it is about an order. It stands in the confirmation."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    about = forms.ChoiceField(label=_("Which order?"), required=False)
    field_order = ("category", "right", "about", "order_number", "title", "body", "name", "email", "evidence")

    def __init__(
        self,
        *args: Any,
        usual: Mapping[str, datetime],
        orders: list[Order] | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.usual = usual
        self.chosen: dict[str, tuple[Order, OrderLine | None]] = {}
        if orders is None:
            del self.fields["about"]
            return
        for name in ("name", "email", "order_number"):
            del self.fields[name]
        self._offer(orders)

    def _offer(self, orders: list[Order]) -> None:
        """Every order of theirs, whole or by the line."""
        groups: list[Any] = [("", "—")]
        for order in orders:
            choices: Choices = [(order.number, str(_("Order %(number)s")) % {"number": order.number})]
            self.chosen[order.number] = (order, None)
            for line in order.lines.all():
                value = f"{order.number}:{line.pk}"
                self.chosen[value] = (order, line)
                choices.append((value, " ".join(filter(None, (line.name, line.options)))))
            groups.append((order.number, choices))
        self.fields["about"].choices = groups  # type: ignore[attr-defined]

    @property
    def category_choices(self) -> list[tuple[Any, datetime]]:
        """Each radio button with the moment by which we answer."""
        return [(radio, self.usual[radio.data["value"]]) for radio in self["category"]]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("category") == Ticket.Category.PRIVACY and not cleaned.get("right"):
            self.add_error("right", _("Please say which right it is about."))
        return cleaned

    @property
    def question(self) -> dict[str, Any]:
        """What `tickets.open_ticket` is told."""
        cleaned = self.cleaned_data
        order, line = self.chosen.get(cleaned.get("about", ""), (None, None))
        number, email = cleaned.get("order_number", ""), cleaned.get("email", "")
        is_privacy = cleaned["category"] == Ticket.Category.PRIVACY
        return {
            "category": cleaned["category"],
            "right": PrivacyRequest.Kind(cleaned["right"]) if is_privacy else None,
            "title": cleaned["title"],
            "body": contact.with_number(cleaned["body"], number),
            "name": cleaned.get("name", ""),
            "email": email,
            "order": order or contact.order_of(number, email),
            "order_line": line,
            "files": cleaned["evidence"],
        }


class RatingForm(forms.Form):
    rating = forms.TypedChoiceField(
        label=_("How did it go?"),
        coerce=int,
        choices=[(5, _("Very well")), (4, _("Well")), (3, _("So-so")), (2, _("Badly")), (1, _("Very badly"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("What could we do better?"),
        required=False,
        strip=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[refuse_card_number],
    )
