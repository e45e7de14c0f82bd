"""How a personal value is shown to someone who need not read it."""

from typing import Any


def show(value: Any) -> str:
    """Shown as it is: staff must be able to read it and search by it, such as an order's number."""
    return str(value)


def mask_all(value: Any) -> str:
    return "•••" if value else ""


def mask_name(value: Any) -> str:
    """Anna Weber → A••• W•••"""
    return " ".join(f"{word[0]}•••" for word in str(value or "").split())


def mask_email(value: Any) -> str:
    """jane@example.com → j•••@e•••"""
    local, _, domain = str(value or "").partition("@")
    return f"{local[:1]}•••@{domain[:1]}•••" if domain else mask_all(value)


def mask_tail(value: Any) -> str:
    """+49 30 5550199 → •••99: enough to tell two numbers apart."""
    text = str(value or "")
    return f"•••{text[-2:]}" if len(text) > 4 else mask_all(text)
