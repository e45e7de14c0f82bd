"""Who the shop knows, with which key, what happened to their data and who else received some of it."""

from .audit import AuditEvent, AuditHead
from .choices import ConsentRecord
from .policies import PolicyText, PolicyVersion
from .processors import Disclosure, Processor
from .requests import DataCopy, Farewell, PrivacyRequest
from .retention import LegalHold, PurgeRun
from .subjects import DataSubject, SubjectIdentifier, SubjectKey

__all__ = [
    "AuditEvent",
    "AuditHead",
    "ConsentRecord",
    "DataCopy",
    "DataSubject",
    "Disclosure",
    "Farewell",
    "LegalHold",
    "PolicyText",
    "PolicyVersion",
    "PrivacyRequest",
    "Processor",
    "PurgeRun",
    "SubjectIdentifier",
    "SubjectKey",
]
