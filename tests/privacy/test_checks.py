"""Each check with a model that deserves it, and the same model put right."""

import datetime

import pytest
from django.apps.registry import Apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.checks import run_checks
from django.db import models
from django.utils import timezone

from privacy import laws, registry
from privacy.admin import MaskedAdmin
from privacy.checks import check_model, check_register
from privacy.fields import encrypt
from privacy.models import DataSubject
from privacy.registry import (
    After,
    Blank,
    Category,
    Coarsen,
    DeleteRow,
    NoPersonalData,
    NotPersonal,
    Personal,
    PersonalData,
    Purpose,
    Shred,
    Statistics,
    Token,
    With,
    register,
    show,
)

from .letters import private_apps

pytestmark = [pytest.mark.usefixtures("fresh_register"), pytest.mark.promise("B-2.2")]

CONTACT = Personal(Category.CONTACT, "E-mail", erase=Blank())
A_YEAR = After("sent_at", years=1, why="Claims")


def make(meta=None, apps=None, base=models.Model, name="Card", **fields):
    """A model about a person, with these columns."""
    apps = apps or private_apps()
    meta = type("Meta", (), {"app_label": "privacy", "apps": apps, **(meta or {})})
    subject = models.ForeignKey(DataSubject, models.CASCADE, related_name="+")
    moment = models.DateTimeField(default=timezone.now)
    body = {"__module__": __name__, "Meta": meta, "subject": subject, "sent_at": moment, **fields}
    return type(name, (base,), {name: value for name, value in body.items() if value is not None})


def declare(model, fields=None, base=PersonalData, **values):
    """A declaration that is right except for what the test changes."""
    right = {
        "subject": "subject",
        "purpose": Purpose.SUPPORT,
        "retention": A_YEAR,
        "fields": fields or {},
        "not_personal": ("sent_at",),
    }
    register(model)(type("CardData", (base,), {**right, **values}))


def found(model) -> list[str]:
    return [str(error.id).removeprefix("privacy.") for error in check_model(model)]


def test_the_shop_passes_its_own_checks():
    assert run_checks(tags=["privacy"]) == []


def test_a_model_that_is_right_passes():
    card = make(email=encrypt(models.EmailField()))

    declare(card, {"email": CONTACT})

    assert found(card) == []


def test_e001_a_model_or_a_column_is_not_declared():
    card = make(email=encrypt(models.EmailField()), colour=models.CharField(max_length=9))
    undeclared = found(card)

    declare(card, {"email": CONTACT})

    assert undeclared == ["E001"]
    assert [error.msg for error in check_model(card)] == ["privacy.Card.colour is not declared."]


def test_e001_concerns_models_without_personal_data_too():
    card = make(subject=None, colour=models.CharField(max_length=9))

    declare(card, base=NoPersonalData, because="Nothing about anybody", subject="")

    assert found(card) == ["E001"]


def test_e001_a_new_column_of_the_shop_fails_the_check(monkeypatch):
    bare = {**registry._registry}
    bare.pop(get_user_model())
    monkeypatch.setattr(registry, "_registry", bare)

    errors = [error for error in check_register(None) if error.obj is get_user_model()]

    assert [error.id for error in errors] == ["privacy.E001"]
    assert "personal_data.py" in errors[0].hint


def test_e002_a_declared_column_does_not_exist():
    card = make()

    declare(card, {"fax": CONTACT})

    assert found(card) == ["E002"]


@pytest.mark.parametrize(
    "values",
    [
        {"purpose": None, "legal_basis": registry.LegalBasis.CONTRACT},
        {"retention": None},
        {"retention": After("posted_at", "sent_at", months=1, why="")},
        {"retention": After("sent_at", "read_at", months=1, why="")},
        {"retention": After(months=1, why="")},
        {"retention": With("parcel", why="")},
        {"fields": {"email": Personal(Category.CONTACT, "", erase=Blank())}},
        {"fields": {"email": Personal(Category.CONTACT, "E-mail")}},
    ],
)
def test_e003_something_is_left_unsaid(values):
    card = make(email=encrypt(models.EmailField()), read_at=models.DateTimeField(null=True))

    declare(card, **{"fields": {"email": CONTACT}, "not_personal": ("sent_at", "read_at"), **values})

    assert found(card) == ["E003"]


@pytest.mark.parametrize(
    ("column", "erase"),
    [
        (models.DateTimeField(), Blank()),
        (encrypt(models.DateField()), Blank()),
        (models.IntegerField(unique=True), Blank()),
        (models.IntegerField(choices=[(1, "one")]), Blank()),
        (encrypt(models.CharField(max_length=20)), Token()),
        (encrypt(models.EmailField(max_length=40)), Token()),
        (models.IntegerField(), Token()),
        (encrypt(models.CharField(max_length=50)), Coarsen()),
        (models.IntegerField(), Shred()),
    ],
)
def test_e004_an_erasure_is_impossible(column, erase):
    card = make(value=column)

    declare(card, {"value": Personal(Category.PROFILE, "Value", erase=erase)})

    assert found(card) == ["E004"]


@pytest.mark.parametrize(
    ("column", "erase"),
    [
        (models.DateTimeField(null=True), Blank()),
        (models.IntegerField(default=0), Blank()),
        (encrypt(models.CharField(max_length=33)), Token()),
        (encrypt(models.DateField()), Coarsen("year")),
        (encrypt(models.DateField()), Shred()),
        (models.IntegerField(), DeleteRow()),
    ],
)
def test_an_erasure_is_possible(column, erase):
    card = make(value=column)

    declare(card, {"value": Personal(Category.PROFILE, "Value", erase=erase)})

    assert found(card) == []


def test_e004_a_constant_in_a_unique_set():
    constraint = models.UniqueConstraint(fields=["subject", "value"], name="once")
    card = make(value=models.IntegerField(default=0), meta={"constraints": [constraint]})

    declare(card, {"value": Personal(Category.PROFILE, "Value", erase=Blank())})

    assert found(card) == ["E004"]


@pytest.mark.parametrize(
    ("on_delete", "of_child", "expected"),
    [
        (models.PROTECT, Personal(Category.PROFILE, "Value", erase=Blank()), ["E004"]),
        (models.PROTECT, Personal(Category.PROFILE, "Value", erase=DeleteRow()), []),
        (models.CASCADE, Personal(Category.PROFILE, "Value", erase=Blank()), []),
    ],
)
def test_e004_other_rows_stand_in_the_way(on_delete, of_child, expected):
    apps = Apps(["privacy"])
    card = make(apps=apps, subject=None, value=models.IntegerField())
    parent = models.ForeignKey(card, on_delete, related_name="stamps")
    stamp = make(apps=apps, subject=None, name="Stamp", card=parent, value=models.IntegerField(default=0))
    own_way = {"subject": "", "rows_of": lambda self, subject: card.objects.none()}

    declare(card, {"value": Personal(Category.PROFILE, "Value", erase=DeleteRow())}, **own_way)
    declare(stamp, {"value": of_child}, not_personal=("card", "sent_at"), **own_way)

    assert found(card) == expected
    assert found(stamp) == []


@pytest.mark.parametrize("way", ["", "sent_at", "owner", "subject__key"])
def test_e005_nothing_leads_to_a_person(way):
    card = make(value=models.IntegerField(default=0))

    declare(card, {"value": Personal(Category.PROFILE, "Value", erase=Blank())}, subject=way)

    assert "E005" in found(card)


def test_e005_is_content_with_a_way_of_its_own():
    card = make(subject=None, value=models.IntegerField(default=0))
    value = Personal(Category.PROFILE, "Value", erase=Blank())

    declare(card, {"value": value}, subject="", rows_of=lambda self, subject: card.objects.none())

    assert found(card) == []


@pytest.mark.parametrize(
    "column",
    [
        models.TextField(blank=True),
        models.JSONField(default=dict),
        models.BinaryField(default=b""),
        models.FileField(blank=True),
        models.ImageField(blank=True),
        models.CharField(max_length=255, blank=True),
    ],
)
def test_e006_a_column_can_hold_anything(column):
    card = make(value=column)

    declare(card, not_personal=("sent_at", "value"))
    unexplained = found(card)
    declare(card, {"value": NotPersonal("the shop's own words")})

    assert unexplained == ["E006"]
    assert found(card) == []


def test_e006_a_personal_column_says_what_is_in_it():
    card = make(value=encrypt(models.JSONField(default=dict)))

    declare(card, {"value": Personal(Category.PROFILE, "Answers", erase=Blank())})
    unexplained = found(card)
    declare(
        card, {"value": Personal(Category.PROFILE, "Answers", erase=Blank(), schema="answer by question")}
    )

    assert unexplained == ["E006"]
    assert found(card) == []


def law(**values):
    known = {"code": "x", "countries": ("DE",), "law": "§ 1", "says": "", "source": "https://law.example"}
    return laws.Law(**known | {"checked_on": datetime.date(2026, 1, 1), "confidence": "high"} | values)


@pytest.mark.parametrize("missing", ["countries", "law", "source", "confidence"])
def test_e007_a_law_lacks_its_grounds(missing, monkeypatch, time_machine):
    time_machine.move_to("2026-12-31")
    monkeypatch.setattr(laws, "_sources", [lambda: [law(**{missing: ""})]])

    assert [problem.id for problem in laws.check_laws()] == ["privacy.E007"]


@pytest.mark.parametrize(("today", "ids"), [("2027-01-01", []), ("2027-01-02", ["privacy.W101"])])
def test_w101_nobody_has_looked_up_a_law_for_a_year(today, ids, monkeypatch, time_machine):
    time_machine.move_to(today)
    monkeypatch.setattr(laws, "_sources", [lambda: [law()]])

    assert [problem.id for problem in laws.check_laws()] == ids


def test_w101_nobody_has_ever_looked_up_a_law(monkeypatch):
    monkeypatch.setattr(laws, "_sources", [lambda: [law(checked_on=None)]])

    [problem] = laws.check_laws()

    assert problem.id == "privacy.W101"
    assert problem.msg == "Nobody has looked up § 1 yet."


def test_the_laws_the_shop_ships_are_looked_up():
    assert {"de", "oss", "gdpr"} <= {one.code for one in laws.laws()}
    assert laws.check_laws() == []


@pytest.mark.promise("B-3.2")
@pytest.mark.parametrize(
    "column", [models.EmailField(), models.CharField(max_length=9), models.DateField(null=True)]
)
def test_e008_a_personal_column_lies_in_clear(column):
    card = make(value=column)

    declare(card, {"value": Personal(Category.PROFILE, "Value", erase=Blank())})
    silent = found(card)
    declare(card, {"value": Personal(Category.PROFILE, "Value", erase=Blank(), in_clear="must be found")})

    assert silent == ["E008"]
    assert found(card) == []


def test_e008_ciphertext_is_indexed():
    index = models.Index(fields=["value"], name="by_value")
    card = make(value=encrypt(models.CharField(max_length=9, blank=True)), meta={"indexes": [index]})

    declare(card, {"value": Personal(Category.PROFILE, "Value", erase=Blank())})

    assert found(card) == ["E008"]


@pytest.mark.parametrize(
    ("column_name", "column"),
    [
        ("customer_email", models.CharField(max_length=9)),
        ("phone", models.IntegerField()),
        ("delivery_name", models.CharField(max_length=9)),
        ("ip", models.CharField(max_length=45)),
        ("origin", models.GenericIPAddressField()),
        ("reply", models.EmailField()),
        ("user_agent", models.CharField(max_length=99)),
        ("birth_year", models.IntegerField()),
        ("packer", models.ForeignKey(DataSubject, models.CASCADE, related_name="+")),
    ],
)
def test_e009_a_column_looks_personal(column_name, column):
    card = make(**{column_name: column})

    declare(card, not_personal=("sent_at", column_name))
    unexplained = found(card)
    declare(card, {column_name: NotPersonal("the shop's own")})

    assert unexplained == ["E009"]
    assert found(card) == []


class TellingCard(models.Model):
    class Meta:
        abstract = True

    def __str__(self):
        return f"Card to {self.email}"


@pytest.fixture
def in_admin():
    """Models registered in the admin for one test."""
    registered = []

    def put(model, admin_class):
        admin.site.register(model, admin_class)
        registered.append(model)

    yield put
    for model in registered:
        admin.site.unregister(model)


def test_e010_str_tells_who_it_is_about(in_admin):
    card = make(email=encrypt(models.EmailField()), base=TellingCard)
    declare(card, {"email": CONTACT})

    outside = found(card)
    in_admin(card, MaskedAdmin)

    assert outside == []
    assert found(card) == ["E010"]


def test_e010_str_that_asks_other_rows_cannot_be_judged(in_admin):
    card = make(email=encrypt(models.EmailField()), __str__=lambda card: f"To {card.subject}")
    declare(card, {"email": CONTACT})

    in_admin(card, MaskedAdmin)

    assert found(card) == ["E010"]


def test_e011_the_admin_shows_personal_columns(in_admin):
    card = make(email=encrypt(models.EmailField()))
    declare(card, {"email": CONTACT})

    in_admin(card, admin.ModelAdmin)

    assert found(card) == ["E011"]


@pytest.mark.parametrize("option", [{"search_fields": ["=number"]}, {"list_filter": ["number"]}])
def test_e011_a_masked_column_can_be_searched(in_admin, option):
    card = make(number=models.CharField(max_length=9, default=""))
    number = {"erase": Blank(), "in_clear": "random"}
    in_admin(card, type("CardAdmin", (MaskedAdmin,), option))

    declare(card, {"number": Personal(Category.TRANSACTION, "Number", **number)})
    masked = found(card)
    declare(card, {"number": Personal(Category.TRANSACTION, "Number", mask=show, **number)})

    assert masked == ["E011"]
    assert found(card) == []


@pytest.mark.promise("B-1.8")
@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("session_key", models.CharField(max_length=9)),
        ("ip", models.CharField(max_length=45)),
        ("visitor", models.IntegerField()),
        ("by", models.ForeignKey(DataSubject, models.CASCADE, related_name="+")),
    ],
)
def test_e012_statistics_lead_to_a_person(name, column):
    counter = make(subject=None, count=models.IntegerField(), **{name: column})

    declare(
        counter,
        {name: NotPersonal("counted")},
        base=Statistics,
        because="Counters",
        subject="",
        not_personal=("sent_at", "count"),
    )

    assert found(counter) == ["E012"]
