import datetime

import pytest
from django import forms
from django.core.exceptions import FieldError
from django.core.serializers import serialize
from django.db import connection, models, transaction
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.state import ModelState, ProjectState
from django.db.migrations.writer import MigrationWriter
from django.template import Context, Template

from privacy.fields import ClearTextRefused, DecryptionFailed, EncryptedField, KeyDestroyed, encrypt
from privacy.keys import Sealed
from privacy.models import DataSubject, SubjectKey

from .letters import Letter, private_apps

CLEAR = {
    "email": "zoe@example.org",
    "name": "Zoë Müller",
    "note": "Please ring twice. 请敲门",
    "born_on": datetime.date(1990, 2, 28),
    "extra": {"gift": True, "words": ["für", None, 1.5]},
}


class LetterForm(forms.ModelForm):
    class Meta:
        model = Letter
        fields = ["email", "name", "note", "born_on", "extra", "pages"]


def stored(letter: Letter, column: str) -> bytes | None:
    """What really lies in the table."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM privacy_letter WHERE id = %s", [letter.pk])
        value = cursor.fetchone()[0]
    return None if value is None else bytes(value)


def store(letter: Letter, column: str, value: bytes | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE privacy_letter SET {column} = %s WHERE id = %s", [value, letter.pk])


def model(name, email=None, *, base=models.Model, with_subject=True, **meta):
    """A model made for one test: an e-mail address, and whom it is about."""
    body = {
        "__module__": __name__,
        "Meta": type("Meta", (), {"app_label": "privacy", "apps": private_apps(), **meta}),
    }
    if base is models.Model:
        body["email"] = email
    if base is models.Model and with_subject:
        body["subject"] = models.ForeignKey(DataSubject, models.CASCADE, related_name="+")
    return type(name, (base,), body)


@pytest.mark.promise("B-3.2")
@pytest.mark.parametrize("column", CLEAR)
def test_a_value_is_unreadable_in_the_table_and_the_same_in_python(anna, column):
    letter = Letter.objects.create(subject=anna, **CLEAR)

    raw = stored(letter, column)

    assert raw is not None
    assert "zoe@example.org" not in repr(raw)
    assert "Müller".encode() not in raw
    assert b"1990" not in raw
    assert getattr(Letter.objects.get(pk=letter.pk), column) == CLEAR[column]


def test_a_choice_has_its_display(anna):
    letter = Letter.objects.create(subject=anna, email="a@example.org", mood="glad")

    assert Letter.objects.get(pk=letter.pk).get_mood_display() == "Glad"


def test_the_same_value_is_never_stored_the_same_way_twice(anna):
    first = Letter.objects.create(subject=anna, email="a@example.org")
    second = Letter.objects.create(subject=anna, email="a@example.org")

    assert stored(first, "email") != stored(second, "email")


def test_empty_text_and_none_stay_empty(anna):
    letter = Letter.objects.create(subject=anna, email="a@example.org")

    letter = Letter.objects.get(pk=letter.pk)

    assert (letter.name, letter.note, letter.born_on, letter.extra) == ("", "", None, {})
    assert stored(letter, "note") == b""
    assert stored(letter, "born_on") is None


@pytest.mark.promise("B-3.5")
def test_a_flipped_byte_is_an_error_wherever_it_is(anna):
    letter = Letter.objects.create(subject=anna, email="a@example.org")
    raw = stored(letter, "email")
    assert raw is not None

    for position in range(len(raw)):
        altered = raw[:position] + bytes([raw[position] ^ 1]) + raw[position + 1 :]
        store(letter, "email", altered)

        with pytest.raises(DecryptionFailed):
            _ = Letter.objects.get(pk=letter.pk).email


@pytest.mark.parametrize("rubbish", [b"a@example.org", b"\x01", b"\x01" * 20])
def test_what_was_never_sealed_is_an_error_and_not_shown(anna, rubbish):
    letter = Letter.objects.create(subject=anna, email="a@example.org")
    store(letter, "email", rubbish)

    with pytest.raises(DecryptionFailed):
        _ = Letter.objects.get(pk=letter.pk).email


@pytest.mark.promise("B-3.5")
def test_a_ciphertext_opens_only_in_its_own_place(anna, bert):
    annas = Letter.objects.create(subject=anna, email="a@example.org")
    berts = Letter.objects.create(subject=bert, email="b@example.org")

    store(berts, "email", stored(annas, "email"))
    store(annas, "name", stored(annas, "email"))

    with pytest.raises(DecryptionFailed, match="another data subject"):
        _ = Letter.objects.get(pk=berts.pk).email
    with pytest.raises(DecryptionFailed, match="altered or moved"):
        _ = Letter.objects.get(pk=annas.pk).name


def test_a_row_given_to_another_person_is_not_saved_with_the_first_ones_ciphertext(anna, bert):
    letter = Letter.objects.create(subject=anna, email="a@example.org")
    letter = Letter.objects.get(pk=letter.pk)

    letter.subject = bert

    with pytest.raises(DecryptionFailed):
        letter.save()


def test_a_row_without_a_subject_cannot_be_written():
    with pytest.raises(ClearTextRefused):
        Letter._meta.get_field("email").pre_save(Letter(email="a@example.org"), add=True)


def test_saving_a_row_that_was_not_read_leaves_its_ciphertext(anna):
    letter = Letter.objects.create(subject=anna, email="a@example.org")
    before = stored(letter, "email")

    Letter.objects.get(pk=letter.pk).save()

    assert stored(letter, "email") == before


def test_reloading_a_row_decrypts_nothing(anna, django_assert_num_queries):
    letter = Letter.objects.create(subject=anna, email="a@example.org")

    with django_assert_num_queries(1):
        letter.refresh_from_db()

    assert isinstance(letter.email_sealed, Sealed)
    assert letter.email == "a@example.org"


def test_deferred_columns_and_value_lists(anna):
    letter = Letter.objects.create(subject=anna, email="a@example.org")

    assert Letter.objects.only("pages").get(pk=letter.pk).email == "a@example.org"
    assert Letter.objects.only("email").get(pk=letter.pk).email == "a@example.org"
    assert "example" not in str(Letter.objects.filter(pk=letter.pk).values("email"))


# --- Writing many rows --------------------------------------------------------------------------------------


def test_bulk_create_encrypts(anna):
    Letter.objects.bulk_create([Letter(subject=anna, email=f"{n}@example.org") for n in range(3)])

    letters = Letter.objects.filter(subject=anna).order_by("pk")

    assert [letter.email for letter in letters] == ["0@example.org", "1@example.org", "2@example.org"]
    assert b"example" not in (stored(letters[0], "email") or b"")


def test_update_refuses_a_clear_value_and_takes_an_empty_one(anna):
    letter = Letter.objects.create(subject=anna, **CLEAR)

    with pytest.raises(ClearTextRefused, match=r"letter\.email"), transaction.atomic():
        Letter.objects.update(email="clear@example.org")
    Letter.objects.filter(pk=letter.pk).update(name="", born_on=None, extra={})

    letter.refresh_from_db()
    assert (letter.name, letter.born_on, letter.extra) == ("", None, {})


def test_bulk_update_refuses_a_clear_value(anna):
    letter = Letter.objects.create(subject=anna, email="a@example.org")
    letter.email = "new@example.org"

    with pytest.raises(ClearTextRefused):
        Letter.objects.bulk_update([letter], ["email"])


def test_update_or_create_encrypts(anna):
    letter = Letter.objects.create(subject=anna, email="a@example.org", pages=7)

    Letter.objects.update_or_create(pages=7, defaults={"email": "b@example.org"})

    assert Letter.objects.get(pk=letter.pk).email == "b@example.org"


# --- Asking the database ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lookup", ["email", "email__exact", "email__in", "email__icontains", "born_on__year", "extra__gift"]
)
def test_no_look_up_but_isnull(db, lookup):
    with pytest.raises(FieldError, match="encrypted"):
        Letter.objects.filter(**{lookup: "a"})


def test_isnull_works_in_subqueries_too(anna):
    letter = Letter.objects.create(subject=anna, email="a@example.org")

    undated = Letter.objects.filter(born_on__isnull=True)

    assert list(Letter.objects.filter(pk__in=undated)) == [letter]
    assert not Letter.objects.exclude(models.Exists(undated.filter(pk=models.OuterRef("pk")))).exists()


@pytest.mark.parametrize("ordering", ["email", "-born_on"])
def test_sorting_by_ciphertext_is_refused(anna, ordering):
    with pytest.raises(FieldError, match="encrypted"):
        list(Letter.objects.order_by(ordering))


def test_a_list_costs_one_query(anna, bert, django_assert_num_queries):
    for subject in (anna, bert) * 5:
        Letter.objects.create(subject=subject, **CLEAR)

    with django_assert_num_queries(1):
        letters = [(letter.email, letter.note) for letter in Letter.objects.select_related("subject__key")]

    assert letters == [(CLEAR["email"], CLEAR["note"])] * 10


# --- After erasure ------------------------------------------------------------------------------------------


def test_without_its_key_a_value_is_gone(anna):
    letter = Letter.objects.create(subject=anna, **CLEAR)
    SubjectKey.objects.filter(subject=anna).delete()
    letter = Letter.objects.select_related("subject__key").get(pk=letter.pk)

    with pytest.raises(KeyDestroyed):
        _ = letter.email

    assert Template("[{{ letter.email }}]").render(Context({"letter": letter})) == "[]"
    assert LetterForm(instance=letter).initial["email"] == ""
    letter.save()


# --- Forms, serializers, migrations -------------------------------------------------------------------------


def test_a_form_validates_as_for_the_plain_field(anna):
    letter = Letter(subject=anna)

    form = LetterForm(
        {"email": "no address", "name": "x" * 21, "born_on": "31.31.", "pages": 0}, instance=letter
    )

    assert set(form.errors) == {"email", "name", "born_on", "__all__"}
    assert isinstance(form.fields["note"].widget, forms.Textarea)
    assert form.fields["email"].label == "E-mail"
    assert form.fields["name"].max_length == 20
    assert not form.fields["name"].required


def test_a_form_shows_and_saves_clear_values(anna):
    letter = Letter.objects.create(subject=anna, **CLEAR)
    letter = Letter.objects.get(pk=letter.pk)
    data = {"email": "new@example.org", "name": "New", "born_on": "2001-02-03", "extra": "{}", "pages": 2}

    shown = LetterForm(instance=letter)
    saved = LetterForm(data, instance=letter).save()

    assert 'value="zoe@example.org"' in shown.as_p()
    saved.refresh_from_db()
    assert (saved.email, saved.note, saved.born_on) == ("new@example.org", "", datetime.date(2001, 2, 3))


@pytest.mark.parametrize("format", ["json", "python", "xml"])
def test_fixtures_leave_encrypted_columns_out(anna, format):
    letter = Letter.objects.create(subject=anna, **CLEAR)

    written = str(serialize(format, [letter]))

    assert "pages" in written
    assert "zoe@" not in written
    assert "1990" not in written
    with pytest.raises(ClearTextRefused):
        Letter._meta.get_field("email").value_to_string(letter)


def test_migrations_name_the_wrapped_field_and_settle(db):
    state = ProjectState()
    state.add_model(ModelState.from_model(Letter))
    again = ProjectState()
    again.add_model(ModelState.from_model(Letter).clone())

    field = Letter._meta.get_field("email")
    changes = MigrationAutodetector(state, again)._detect_changes()

    assert changes == {}
    written, imports = MigrationWriter.serialize(field)
    assert "EncryptedField(models.EmailField(" in written
    assert "import privacy.fields" in imports


def test_a_data_migration_reads_and_writes(anna):
    letter = Letter.objects.create(subject=anna, email="a@example.org")
    state = ProjectState()
    for current in (DataSubject, SubjectKey, Letter):
        state.add_model(ModelState.from_model(current))
    historical = state.apps.get_model("privacy", "Letter").objects.select_related("subject__key").get()

    read = historical.email
    historical.email = "b@example.org"
    historical.save()

    letter.refresh_from_db()
    assert (read, letter.email) == ("a@example.org", "b@example.org")


def test_a_column_is_added_and_altered_by_the_schema_editor(transactional_db):
    before = EncryptedField(models.CharField(max_length=10, blank=True))
    before.set_attributes_from_name("nickname")
    before.model = Letter

    with connection.schema_editor() as editor:
        editor.add_field(Letter, before)
    with connection.schema_editor() as editor:
        editor.remove_field(Letter, before)


def test_inherited_columns_are_bound_to_their_own_model(anna):
    base = model("Base", encrypt(models.EmailField()), abstract=True)

    children = [model(name, base=base) for name in ("First", "Second")]

    fields = [child._meta.get_field("email") for child in children]
    assert [field.place for field in fields] == ["privacy.first.email", "privacy.second.email"]
    assert [field.inner.model for field in fields] == children


@pytest.mark.parametrize(
    ("field", "extra"),
    [
        (models.EmailField(unique=True), {}),
        (models.EmailField(db_index=True), {}),
        (models.EmailField(db_default="a"), {}),
        (models.EmailField(), {"ordering": ["-email"]}),
    ],
)
def test_a_check_refuses_what_ciphertext_cannot_do(field, extra):
    bad = model("Bad", encrypt(field), **extra)

    errors = bad._meta.get_field("email").check()

    assert [error.id for error in errors] == ["privacy.E102"]


def test_a_check_asks_for_a_subject():
    lost = model("Lost", encrypt(models.EmailField()), with_subject=False)

    errors = lost._meta.get_field("email").check()

    assert "privacy.E101" in [error.id for error in errors]
