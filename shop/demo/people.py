"""Who can sign in to the demo. The passwords are public; production never loads the demo."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SignIn:
    """`role` is one of `accounts.roles`, owner, or shopper for somebody who does not work here."""

    role: str
    email: str
    password: str
    name: str = ""

    @property
    def is_staff(self) -> bool:
        return self.role != "shopper"


SIGN_INS = [
    SignIn("owner", "owner@kiln-and-leaf.example", "turning-clay-slowly", "Ottilie Brandt"),
    SignIn("support", "agent@kiln-and-leaf.example", "every-question-counts", "Ines Falk"),
    SignIn("fulfilment", "packer@kiln-and-leaf.example", "straw-and-paper-boxes", "Piet Anders"),
    SignIn("privacy", "privacy@kiln-and-leaf.example", "nobody-elses-business", "Runa Holm"),
    SignIn("auditor", "auditor@kiln-and-leaf.example", "every-line-adds-up", "Lotte Brinkmann"),
    SignIn("guardians", "guardians@kiln-and-leaf.example", "a-cup-with-two-handles", "Merle Voss"),
    SignIn("shopper", "alice@mail.example", "two-cups-of-oolong", "Alice Aldermann"),
]
