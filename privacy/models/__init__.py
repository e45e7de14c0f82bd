"""Who the shop knows, with which key, what happened to their data and who else received some of it."""

from .audit import AuditEvent, AuditHead
from .choices import ConsentRecord
from .processors import Disclosure, Processor
from .requests import PrivacyRequest
from .retention import LegalHold, PurgeRun
from .subjects import DataSubject, SubjectIdentifier, SubjectKey

__all__ = [
    "AuditEvent",
    "AuditHead",
    "ConsentRecord",
    "DataSubject",
    "Disclosure",
    "LegalHold",
    "PrivacyRequest",
    "Processor",
    "PurgeRun",
    "SubjectIdentifier",
    "SubjectKey",
]
