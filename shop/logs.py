"""Keeps personal data and capabilities out of the logs."""

import logging
import re

PATTERNS = [
    (re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"), "[e-mail]"),
    (re.compile(r"/c/[\w-]{22,64}"), "/c/[token]"),
    (re.compile(r"/status/[\w-]{22,64}"), "/status/[token]"),
    (re.compile(r"\b(?:\d[ -]?){13,19}\b"), "[number]"),
    (re.compile(r"\+\d[\d ()/-]{6,}\d"), "[phone]"),
]


class PersonalDataFilter(logging.Filter):
    """Rewrites each record's finished message; nothing that looks like a person or a secret is left in it."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        for pattern, replacement in PATTERNS:
            message = pattern.sub(replacement, message)
        record.msg, record.args = message, ()
        return True
