import hashlib

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.passwords import is_breached

KNOWN = [f"password number {number}" for number in range(500)]


def write_list(path, passwords, ending="\n", count=":3"):
    hashes = sorted(hashlib.sha1(password.encode()).hexdigest().upper() for password in passwords)
    path.write_bytes("".join(f"{line}{count}{ending}" for line in hashes).encode())
    return path


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("count", ["", ":1", ":37359195"])
def test_every_password_of_the_list_is_found_and_no_other(tmp_path, ending, count):
    path = write_list(tmp_path / "list", KNOWN, ending, count)

    assert all(is_breached(password, path) for password in KNOWN)
    assert not any(is_breached(f"{password}!", path) for password in KNOWN)


@pytest.mark.parametrize("length", [0, 1, 2, 3])
def test_short_lists_are_searched_to_their_ends(tmp_path, length):
    path = write_list(tmp_path / "list", KNOWN[:length])

    assert [is_breached(password, path) for password in KNOWN[:4]] == [True] * length + [False] * (4 - length)


def test_a_last_line_without_an_end_is_read(tmp_path):
    path = write_list(tmp_path / "list", KNOWN)
    path.write_bytes(path.read_bytes().rstrip())

    assert all(is_breached(password, path) for password in KNOWN)


@pytest.mark.promise("A-I.3")
def test_a_form_refuses_a_breached_password(tmp_path, settings):
    settings.BREACHED_PASSWORDS = str(write_list(tmp_path / "list", KNOWN))

    with pytest.raises(ValidationError) as refused:
        validate_password(KNOWN[7])

    assert refused.value.error_list[0].code == "password_breached"
    validate_password("a kettle full of rain")


def test_without_a_list_common_passwords_are_refused():
    with pytest.raises(ValidationError) as refused:
        validate_password("letmein123")

    assert [error.code for error in refused.value.error_list] == ["password_too_common"]


def test_a_list_that_is_missing_is_not_passed_over(settings):
    settings.BREACHED_PASSWORDS = "/nowhere/list"

    with pytest.raises(FileNotFoundError):
        validate_password("a kettle full of rain")
