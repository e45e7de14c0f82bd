"""What a person decides when they have their data deleted: what becomes of things that are under way.

Apps register what they ask. The first option of a question is what happens where nobody answers.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from .models import DataSubject, PrivacyRequest

Text = str | Promise
Act = Callable[[PrivacyRequest, str, Any], None]  # request, chosen option, actor


@dataclass(frozen=True)
class Question:
    name: str
    label: Text
    options: tuple[tuple[str, Text], ...]
    act: Act


Ask = Callable[[DataSubject], Iterable[Question]]

_asked: list[Ask] = []


def register(ask: Ask) -> Ask:
    _asked.append(ask)
    return ask


def questions(subject: DataSubject) -> list[Question]:
    return [question for ask in _asked for question in ask(subject)]


def act(request: PrivacyRequest, answers: Mapping[str, str], actor: Any) -> None:
    for question in questions(request.subject):
        allowed = [option for option, _words in question.options]
        answer = answers.get(question.name, "")
        question.act(request, answer if answer in allowed else allowed[0], actor)
