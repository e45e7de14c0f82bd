import pytest

from privacy.card_numbers import contains_card_number


@pytest.mark.parametrize(
    "text",
    [
        "4242424242424242",
        "my card is 4242 4242 4242 4242, thanks",
        "5555-5555-5555-4444",
        "378282246310005",
        "4242.4242.4242.4242",
        "6304000000000000000",  # 19 digits
    ],
)
def test_card_numbers_are_found_however_they_are_written(text):
    assert contains_card_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Please ring twice",
        "4242424242424241",  # fails the check digit
        "424242424242",  # too short
        "0000000000000000",
        "4242424242424242424242",  # part of something longer
        "+49 30 5550 0199",
        "Hauptstraße 5, 10115 Berlin, 2. Stock",
    ],
)
def test_other_text_is_let_through(text):
    assert not contains_card_number(text)
