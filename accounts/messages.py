"""All that the accounts tell people, declared where it belongs."""

from accounts import account_messages, newsletter_messages, sign_in_messages  # noqa: F401
