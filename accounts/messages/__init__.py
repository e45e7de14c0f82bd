"""All that the accounts tell people, declared where it belongs."""

from accounts.messages import contact, newsletter, signing_in

__all__ = ["contact", "newsletter", "signing_in"]
