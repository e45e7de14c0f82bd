"""What Alice told the shop of herself, so that her account's pages have something to show."""

from accounts import address_book
from accounts.models import Address, User

ALICE = "alice@mail.example"
PHONE = "+493055501234"
HOME = {"name": "Alice Aldermann", "street": "Oranienstraße 25", "postcode": "10999", "city": "Berlin"}
AUNT = {"name": "Odile Aldermann", "street": "7 rue des Tanneurs", "postcode": "67000", "city": "Strasbourg"}


def load_account() -> None:
    alice = User.objects.get(email=ALICE)
    if Address.objects.filter(subject=alice.subject).exists():
        return
    alice.phone = PHONE
    alice.save(update_fields=["phone"])
    address_book.add(alice.subject, "DE", HOME, is_default=True)
    address_book.add(alice.subject, "FR", AUNT, is_default=False)
