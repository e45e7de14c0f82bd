from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import modelform_factory

from privacy.fields import KeyDestroyed
from privacy.keys import DecryptionFailed

from .letters import Letter


@pytest.fixture
def letter(anna):
    letter = Letter.objects.create(subject=anna, email="a@example.org")
    letter.scan.save("Anna Weber passport.txt", ContentFile(b"canary in a file"))
    return Letter.objects.get(pk=letter.pk)


@pytest.mark.promise("B-3.2")
def test_a_file_is_unreadable_on_disk_and_readable_in_python(letter):
    assert b"canary" not in Path(letter.scan.path).read_bytes()
    assert letter.scan.read() == b"canary in a file"
    with letter.scan.open() as again:
        assert again.read() == b"canary in a file"


def test_its_name_says_nothing_and_it_has_no_address(letter):
    assert "Anna" not in letter.scan.name
    assert "passport" not in letter.scan.name
    with pytest.raises(ValueError, match="no address"):
        _ = letter.scan.url


def test_an_upload_is_encrypted_too(anna):
    form = modelform_factory(Letter, fields=["email", "pages", "scan"])
    upload = SimpleUploadedFile("scan.txt", b"canary in an upload")

    saved = form(
        {"email": "a@example.org", "pages": 1}, {"scan": upload}, instance=Letter(subject=anna)
    ).save()

    assert b"canary" not in Path(saved.scan.path).read_bytes()
    assert Letter.objects.get(pk=saved.pk).scan.read() == b"canary in an upload"


@pytest.mark.promise("B-3.5")
def test_an_altered_or_exchanged_file_is_an_error(letter, bert):
    path = Path(letter.scan.path)
    other = Letter.objects.create(subject=bert, email="b@example.org", scan=letter.scan.name)
    original = path.read_bytes()

    with pytest.raises(DecryptionFailed):
        Letter.objects.get(pk=other.pk).scan.read()
    path.write_bytes(original[:-1] + bytes([original[-1] ^ 1]))
    with pytest.raises(DecryptionFailed):
        letter.scan.read()


def test_without_its_key_a_file_is_gone(letter):
    letter.subject.key.delete()

    with pytest.raises(KeyDestroyed):
        Letter.objects.get(pk=letter.pk).scan.read()
