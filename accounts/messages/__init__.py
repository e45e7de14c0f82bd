"""All that the accounts tell people, declared where it belongs."""

from accounts.messages import access, contact, minors, newsletter, partners, policies, rights, signing_in

__all__ = ["access", "contact", "minors", "newsletter", "partners", "policies", "rights", "signing_in"]
