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

    def advance(self, to: str, *, actor: Any = None, **changes: Any) -> None:
        """Make the move if the row in the database allows it, and write the event.

        `changes` are other columns that become something else with this move. Raises `InvalidTransition`.
        """
        with transaction.atomic(savepoint=False):
            was = self._move(to, changes)
            if was is not None:
                self.record_transition(was, to, actor)
        if was is None:
            raise InvalidTransition(f"{self._meta.model_name} {self.pk}: {self.status} to {to}")

    def _move(self, to: str, changes: Mapping[str, Any]) -> str | None:
        """The state it left; None where the table does not know the move from there."""
        if not self._leave(to, changes):
            # The row may have moved since it was read: it is judged by what it is now.
            row = type(self)._base_manager.select_for_update()
            self.refresh_from_db(fields=["status"], from_queryset=row)
            if not self._leave(to, changes):
                return None
        was: str = self.status
        for column, value in {"status": to, **changes}.items():
            setattr(self, column, value)
        return was

    def _leave(self, to: str, changes: Mapping[str, Any]) -> bool:
        """Check and move in one statement: of two at once only one finds the row as it was."""
        if not self.can_advance(to):
            return False
        row = type(self)._base_manager.filter(pk=self.pk, status=self.status)  # type: ignore[misc]  # each brings its own
        return bool(row.update(status=to, **changes))  # type: ignore[misc]

    def record_transition(self, from_status: str, to_status: str, actor: Any) -> None:
        raise NotImplementedError
