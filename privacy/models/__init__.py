"""Who the shop knows, with which key, what happened to their data and who else received some of it."""

from .audit import AuditEvent, AuditHead
from .processors import Disclosure, Processor
from .subjects import DataSubject, SubjectIdentifier, SubjectKey

__all__ = [
    "AuditEvent",
    "AuditHead",
    "DataSubject",
    "Disclosure",
    "Processor",
    "SubjectIdentifier",
    "SubjectKey",
]
