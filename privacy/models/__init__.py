"""Who the shop knows, with which key, what happened to their data and who else received some of it."""

from .access import AccessGrant, StaffViolation
from .audit import AuditEvent, AuditHead
from .choices import ConsentRecord
from .facilities import Facility
from .minors import Guardian, MinorCase
from .policies import PolicyText, PolicyVersion
from .processors import Disclosure, ErasureNotice, Processor
from .requests import DataCopy, Farewell, Mention, PrivacyRequest
from .restrictions import Restriction
from .retention import DoomedFile, LegalHold, PurgeRun
from .safety import SafetyCheck
from .subjects import DataSubject, SubjectIdentifier, SubjectKey

__all__ = [
    "AccessGrant",
    "AuditEvent",
    "AuditHead",
    "ConsentRecord",
    "DataCopy",
    "DataSubject",
    "Disclosure",
    "DoomedFile",
    "ErasureNotice",
    "Facility",
    "Farewell",
    "Guardian",
    "LegalHold",
    "Mention",
    "MinorCase",
    "PolicyText",
    "PolicyVersion",
    "PrivacyRequest",
    "Processor",
    "PurgeRun",
    "Restriction",
    "SafetyCheck",
    "StaffViolation",
    "SubjectIdentifier",
    "SubjectKey",
]
