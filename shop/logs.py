"""Keeps personal data and capabilities out of the logs."""

import logging
import re

# What follows these words in an address opens something for whoever knows it.
CAPABILITIES = (
    "c|status|support|chat|files|preferences|unsubscribe|confirm|not-me|old-address|reopen|rights/open"
    "|requests|limits|age|guardian/open"
)
PATTERNS = [
    (re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"), "[e-mail]"),
    (re.compile(rf"/({CAPABILITIES})/[\w.:-]{{22,}}"), r"/\1/[token]"),
    (re.compile(r"\b(?:\d[ -]?){13,19}\b"), "[number]"),
    (re.compile(r"\+\d[\d ()/-]{6,}\d"), "[phone]"),
]


class PersonalDataFormatter(logging.Formatter):
    """Rewrites each finished entry; nothing that looks like a person or a secret is left in it.

    The traceback too: databases and mail servers quote what they refuse.
    """

    def format(self, record: logging.LogRecord) -> str:
        entry = super().format(record)
        for pattern, replacement in PATTERNS:
            entry = pattern.sub(replacement, entry)
        return entry
