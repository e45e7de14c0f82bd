"""Who can sign in to the demo. The passwords are public; production never loads the demo."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SignIn:
    role: str
    email: str
    password: str


SIGN_INS = [
    SignIn("owner", "owner@kiln-and-leaf.example", "turning-clay-slowly"),
    SignIn("shopper", "alice@mail.example", "two-cups-of-oolong"),
]
