"""Put right what is wrong about a person (Art. 16 GDPR), in place.

Apps register what can be corrected of a person at present, each with its form and the use-case that writes
it: the name and the phone number of an account, where an order goes that has not been sent yet. Everything
else is said in words and done by a colleague.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import models, transaction
from django.utils import timezone
from django.utils.functional import Promise

from . import audit, journal, telling
from .masks import mask_all
from .models import DataSubject, PrivacyRequest
from .registry import Personal, declared_field


class TooLate(ValueError):
    """It cannot be changed in place any more; a colleague may still help."""


@dataclass(frozen=True)
class Correctable:
    """One thing about a person. `form(data, prefix=…)` shows it, `write(cleaned, actor)` changes it."""

    key: str
    label: str | Promise
    model: type[models.Model]
    form: Callable[..., forms.Form]
    write: Callable[[dict[str, Any], Any], None]

    def bound(self, data: Any = None) -> forms.Form:
        return self.form(data, prefix=self.key)


Finder = Callable[[DataSubject], list[Correctable]]

_finders: list[Finder] = []


def register(find: Finder) -> Finder:
    _finders.append(find)
    return find


def correctable(subject: DataSubject) -> list[Correctable]:
    return [thing for find in _finders for thing in find(subject)]


@transaction.atomic
def correct(request: PrivacyRequest, thing: Correctable, form: forms.Form, *, actor: Any) -> None:
    """Written, and told with what was and what is, where the person was reached before and where they are."""
    if not form.changed_data:
        return
    changes = [_change(thing.model, form, name) for name in form.changed_data]
    before = telling.contact_of(request.subject)
    thing.write(form.cleaned_data, actor)
    journal.write("rectify", request.subject)
    after = telling.contact_of(request.subject)
    for contact in {one.email: one for one in (before, after) if one}.values():
        told = {"changes": changes, "email": contact.email}
        key = timezone.now().isoformat()
        telling.tell(request.subject, "data_corrected", about=request, key=key, data=told)
    fields = ",".join(form.changed_data)
    audit.record("subject.corrected", actor=actor, subject=request.subject, obj=request, fields=fields)


def _change(model: type[models.Model], form: forms.Form, name: str) -> dict[str, str]:
    """Masked: a mail is read by whoever can read the mailbox."""
    declared = declared_field(model, name)
    mask = declared.mask if isinstance(declared, Personal) else mask_all
    was, now = form.get_initial_for_field(form.fields[name], name), form.cleaned_data[name]
    return {"label": str(form.fields[name].label), "was": mask(was), "now": mask(now)}
