"""All that the accounts tell people, declared where it belongs."""

from accounts.messages import contact, newsletter, rights, signing_in

__all__ = ["contact", "newsletter", "rights", "signing_in"]
