"""What the command line decides."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Config:
    url: str  # where browsers and the shop find the sandbox
    webhook: str  # where the shop wants to be told
    key: str
    secret: str  # signs the webhooks
    data: Path
    merchant: str
    late_seconds: float  # until a late payment or a slow refund is settled
