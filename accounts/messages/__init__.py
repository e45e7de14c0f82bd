"""All that the accounts tell people, declared where it belongs."""

from accounts.messages import contact, minors, newsletter, partners, policies, rights, signing_in

__all__ = ["contact", "minors", "newsletter", "partners", "policies", "rights", "signing_in"]
