"""Forms of the back office: prices as people write them, stock as it was counted, pictures cleaned."""

import hashlib
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from django import forms
from django.contrib.admin.widgets import AdminFileWidget
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from shop.catalogue import editing, images, stock
from shop.catalogue.models import Market, Picture, Price, Product, Variant
from shop.catalogue.richtext import clean_html
from shop.money import from_minor, to_minor

MOST = 2**31 - 1


class ValuesField(forms.ModelMultipleChoiceField):
    """Attribute values, each with the name of its attribute."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.attribute}: {obj}"


class ProductForm(forms.ModelForm):
    class Meta:
        model = Product
        fields = ()  # the admin names them

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["values"] = editing.own_values(self.instance)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name, text in cleaned.items():
            if name.startswith("description_") and text:
                cleaned[name] = clean_html(text)
        return cleaned


class CountedField(forms.IntegerField):
    """Stock as it was counted. What was shown is sent along, so that no order in between is undone."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            min_value=0, max_value=MOST, required=False, show_hidden_initial=True, label=_("Stock"), **kwargs
        )


class VariantForm(forms.ModelForm):
    counted = CountedField(help_text=_("A new number is a count; it goes into the stock history."))

    class Meta:
        model = Variant
        fields = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["counted"] = self.instance.stock
        if "picture" in self.fields:
            self.fields["picture"].queryset = Picture.objects.filter(product=self.instance.product_id)  # type: ignore[attr-defined]


def save_count(form: forms.ModelForm, actor: Any) -> None:
    """Only a number that was changed on the page is a count."""
    counted = form.cleaned_data.get("counted")
    if "counted" in form.changed_data and counted is not None:
        stock.count(form.instance, counted, actor=actor)


def price_field(market: Market) -> str:
    return f"price_{market.country}"


def variant_row_form(markets: list[Market]) -> type[forms.ModelForm]:
    """A row of the product's page: a variant with one price for each market."""
    fields = {
        price_field(market): AmountField(currency=market.currency, label=str(market)) for market in markets
    }

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807
        forms.ModelForm.__init__(self, *args, **kwargs)
        self.initial["counted"] = self.instance.stock
        prices = (
            {price.market_id: price.amount for price in self.instance.prices.all()}
            if self.instance.pk
            else {}
        )
        for market in markets:
            self.initial[price_field(market)] = shown(prices.get(market.pk), market.currency)

    return type(
        "VariantRowForm", (forms.ModelForm,), {"__init__": __init__, "counted": CountedField(), **fields}
    )


def shown(minor: int | None, currency: str) -> Decimal | None:
    return None if minor is None else from_minor(minor, currency).amount


class AmountField(forms.DecimalField):
    """An amount with as many decimals as the currency has; its value is in minor units."""

    def __init__(self, *, currency: str = "", **kwargs: Any) -> None:
        self.currency = currency
        places = get_currency_precision(currency) if currency else 3
        super().__init__(min_value=0, max_value=MOST, decimal_places=places, required=False, **kwargs)


class PriceForm(forms.ModelForm):
    """Minor units are for the database; people write 19.99."""

    price = forms.DecimalField(label=_("Price"), validators=[MinValueValidator(0), MaxValueValidator(MOST)])
    earlier = forms.DecimalField(
        label=_("Earlier price"), required=False, validators=[MaxValueValidator(MOST)]
    )

    class Meta:
        model = Price
        fields = ("market",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["price"] = self.instance.money.amount
            self.initial["earlier"] = shown(self.instance.compare_at, self.instance.market.currency)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        market, price, earlier = (cleaned.get(name) for name in ("market", "price", "earlier"))
        if market is None or price is None:
            return cleaned
        self.instance.amount = self._minor("price", price, market)
        self.instance.compare_at = None if earlier is None else self._minor("earlier", earlier, market)
        if self.instance.compare_at is not None and self.instance.compare_at <= self.instance.amount:
            self.add_error("earlier", _("The earlier price must be higher than the price."))
        return cleaned

    def _minor(self, field: str, amount: Decimal, market: Market) -> int:
        try:
            return to_minor(Money(amount, market.currency))
        except ValueError:
            self.add_error(field, _("This has more decimals than the currency."))
            return 0


class PictureUploadField(forms.FileField):
    """The file is decoded by us alone and only in the formats we know; what is kept is a clean copy."""

    widget = AdminFileWidget

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if data is None or data is False or not hasattr(file, "chunks") or file is initial:
            return file
        digest = hashlib.sha256(b"".join(file.chunks())).hexdigest()
        file.seek(0)
        try:
            cleaned = images.clean(file)
        except images.UnusablePicture as error:
            raise ValidationError(str(error)) from None
        cleaned.digest = digest  # type: ignore[attr-defined]
        return cleaned


class PictureForm(forms.ModelForm):
    image = PictureUploadField(label=_("Picture"))

    class Meta:
        model = Picture
        fields = ()

    def save(self, commit: bool = True) -> Any:
        if digest := getattr(self.cleaned_data.get("image"), "digest", ""):
            self.instance.digest = digest
        return super().save(commit)


class ChangePricesForm(forms.Form):
    market = forms.ModelChoiceField(Market.objects.all(), label=_("In the market"))
    percent = forms.DecimalField(
        label=_("Change in per cent"),
        help_text=_("−20 lowers every price by a fifth."),
        min_value=-99,
        max_value=1000,
        decimal_places=2,
    )
    keep_as_earlier = forms.BooleanField(
        label=_("Show the present price as the earlier price"), required=False
    )


class SetStockForm(forms.Form):
    pieces = forms.IntegerField(label=_("Pieces of each variant"), min_value=0, max_value=MOST)


class SetStatusForm(forms.Form):
    status = forms.ChoiceField(label=_("Status"), choices=Product.Status)
