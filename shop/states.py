"""State machines of a few lines: a table of allowed moves, and one method that makes a move safely."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models, transaction


class InvalidTransition(ValueError):
    """The row is not in a state from which this move is allowed."""


class StateMachine(models.Model):
    """A model with a `status` that only moves along TRANSITIONS.

    Subclasses declare `status` and TRANSITIONS and write down each move in `record_transition`.
    """

    TRANSITIONS: ClassVar[Mapping[str, set[str]]] = {}
    status: Any

    class Meta:
        abstract = True

    def can_advance(self, to: str) -> bool:
        return to in self.TRANSITIONS.get(self.status, set())

    @transaction.atomic
    def advance(self, to: str, *, actor: Any = None, **changes: Any) -> None:
        """Lock the row, check the move against its state in the database, save it and write the event.

        `changes` are other columns that become something else with this move.
        """
        locked = type(self)._base_manager.select_for_update().filter(pk=self.pk)
        self.status = stored = locked.values_list("status", flat=True).get()  # type: ignore[misc]
        if not self.can_advance(to):
            raise InvalidTransition(f"{self._meta.model_name} {self.pk}: {stored} to {to}")
        for column, value in {"status": to, **changes}.items():
            setattr(self, column, value)
        self.save(update_fields=["status", *changes])  # type: ignore[misc]  # each machine brings its field
        self.record_transition(stored, to, actor)

    def record_transition(self, from_status: str, to_status: str, actor: Any) -> None:
        raise NotImplementedError
