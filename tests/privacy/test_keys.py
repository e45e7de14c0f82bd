import base64

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from privacy import keys
from privacy.keys import DecryptionFailed, Sealed, blind_index, blind_indexes, secret_of
from privacy.models import DataSubject, SubjectIdentifier, SubjectKey

from .letters import Letter


def ring_entry(name: str, byte: bytes) -> str:
    return f"{name}:{base64.b64encode(byte * 32).decode()}"


OLD, NEW = ring_entry("old", b"1"), ring_entry("new", b"2")


def test_a_data_subject_is_made_together_with_its_key(db):
    subject = DataSubject.objects.create(kind=DataSubject.Kind.GUEST)

    assert len(secret_of(subject.key)) == 32
    assert secret_of(subject.key) not in bytes(subject.key.wrapped)


def test_two_people_have_different_keys(anna, bert):
    assert secret_of(anna.key) != secret_of(bert.key)


@pytest.mark.promise("B-3.2")
def test_a_wrapped_key_opens_only_for_its_own_subject(anna, bert):
    SubjectKey.objects.filter(subject=bert).update(wrapped=anna.key.wrapped)
    key = SubjectKey.objects.get(subject=bert)

    with pytest.raises(DecryptionFailed):
        secret_of(key)


def test_rotation_rewraps_every_key_and_no_data(settings, db, capsys):
    settings.PRIVACY_KEYS = [OLD]
    subjects = [DataSubject.objects.create(kind=DataSubject.Kind.GUEST) for _ in range(5)]
    letters = [Letter.objects.create(subject=subject, email="a@example.org") for subject in subjects]
    before = raw_letters()

    settings.PRIVACY_KEYS = [NEW, OLD]
    call_command("rotate_keys", batch_size=2)
    settings.PRIVACY_KEYS = [NEW]

    assert "5 keys" in capsys.readouterr().out
    assert set(SubjectKey.objects.values_list("key_name", flat=True)) == {"new"}
    assert raw_letters() == before
    assert [letter.email for letter in Letter.objects.all()] == ["a@example.org"] * len(letters)


def raw_letters() -> list[bytes]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT email FROM privacy_letter ORDER BY id")
        return [bytes(row[0]) for row in cursor.fetchall()]


def test_a_key_that_left_the_ring_too_early_is_named(settings, anna):
    settings.PRIVACY_KEYS = [NEW]

    with pytest.raises(ImproperlyConfigured, match="'demo'"):
        secret_of(SubjectKey.objects.get(subject=anna))


@pytest.mark.parametrize("entries", [[], ["short:AAAA"], ["noname"], [":" + "A" * 43 + "="], ["x:???"]])
def test_a_bad_ring_is_refused(settings, entries):
    settings.PRIVACY_KEYS = entries

    with pytest.raises(ImproperlyConfigured):
        keys.current_key("PRIVACY_KEYS")


@given(st.binary(max_size=200))
def test_what_is_sealed_opens_again(clear):
    key, subject_id = keys.new_key(), DataSubject().pk

    sealed = Sealed.seal(clear, key=key, subject_id=subject_id, place="a.b.c")

    assert sealed.open(key=key, place="a.b.c") == clear
    assert sealed.subject_id == subject_id
    with pytest.raises(DecryptionFailed):
        sealed.open(key=key, place="a.b.d")


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("email", "Anna@Example.org", " anna@example.ORG"),
        ("email", "anna@bücher.example", "anna@xn--bcher-kva.example"),
        ("email", "ａnna@example.org", "anna@example.org"),
        ("email", "STRASSE@example.org", "straße@example.org"),
        ("phone", "+49 (30) 555 01 99", "+49305550199"),
    ],
)
def test_one_address_has_one_fingerprint_however_it_is_written(kind, one, other):
    assert blind_index(kind, one) == blind_index(kind, other)
    assert len(blind_index(kind, one)) == 64


def test_fingerprints_of_different_things_differ():
    assert blind_index("email", "a@example.org") != blind_index("email", "b@example.org")
    assert "example" not in blind_index("email", "a@example.org")


def test_a_person_is_found_while_index_keys_change(settings, anna, bert):
    settings.PRIVACY_INDEX_KEYS = [OLD]
    identify(anna, verified_at="2026-01-01T00:00Z")
    identify(bert, verified_at=None)

    settings.PRIVACY_INDEX_KEYS = [NEW, OLD]

    assert len(blind_indexes("email", "anna@example.org")) == 2
    assert list(DataSubject.objects.known_by("email", "ANNA@example.org")) == [anna]
    assert SubjectIdentifier.objects.matching("email", "anna@example.org").count() == 2


def identify(subject: DataSubject, verified_at: str | None) -> None:
    fingerprint = blind_index("email", "anna@example.org")
    SubjectIdentifier.objects.create(
        subject=subject, kind="email", blind_index=fingerprint, verified_at=verified_at
    )
