"""Stripe's form-encoded parameters, `line_items[0][quantity]=1`, and its way of refusing them."""

import re
from collections.abc import Iterable

from orders.sandbox.store import Json

KEY = re.compile(r"[^\[\]]+")


class Refused(Exception):
    """An answer in the form of Stripe's errors."""

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        param: str = "",
        status: int = 400,
        type_: str = "invalid_request_error",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error = {"type": type_, "message": message}
        self.error.update({"code": code} if code else {}, **({"param": param} if param else {}))


def nested(fields: Iterable[tuple[str, str]]) -> Json:
    """Lists become dictionaries with "0", "1", … as keys, which is all their readers need."""
    tree: Json = {}
    for name, value in fields:
        *parents, last = KEY.findall(name) or [name]
        branch = tree
        for parent in parents:
            branch = branch.setdefault(parent, {})
            if not isinstance(branch, dict):
                raise Refused("Invalid object", param=name)
        branch[str(len(branch)) if name.endswith("[]") else last] = value
    return tree


def only(params: Json, allowed: Iterable[str], within: str = "") -> None:
    for name in params:
        if name not in set(allowed):
            full = f"{within}[{name}]" if within else name
            raise Refused(f"Received unknown parameter: {full}", code="parameter_unknown", param=full)


def group(params: Json, name: str) -> Json:
    """A parameter that holds others."""
    value = params.get(name, {})
    if not isinstance(value, dict):
        raise Refused("Invalid object", param=name)
    return value


def text(params: Json, name: str, *, required: bool = True, longest: int = 5000) -> str:
    value = params.get(name, "")
    if required and not value:
        raise Refused(f"Missing required param: {name}.", code="parameter_missing", param=name)
    if not isinstance(value, str) or len(value) > longest:
        raise Refused(f"Invalid string: {name} (at most {longest} characters)", param=name)
    return value


def whole(params: Json, name: str, default: int | None = None) -> int:
    if default is not None and name not in params:
        return default
    value = text(params, name, longest=15)
    if not re.fullmatch(r"-?[0-9]+", value):
        raise Refused(f"Invalid integer: {value}", code="parameter_invalid_integer", param=name)
    return int(value)
