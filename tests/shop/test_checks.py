import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from shop.checks import production_settings

NEEDED = {
    "DEMO": False,
    "DEBUG": False,
    "SECRET_KEY": "x" * 50,
    "PRIVACY_KEYS": ["2026:…"],
    "PRIVACY_INDEX_KEYS": ["2026:…"],
    "AUDIT_KEYS": ["2026:…"],
    "BACKUP_KEYS": ["2026:…"],
    "DATABASES": {"default": {"ENGINE": "django.db.backends.postgresql"}},
    "REDIS_URL": "rediss://cache",
    "SECURE": True,
    "ALLOWED_HOSTS": ["shop.test"],
    "SHOP_NAME": "Shop",
    "SHOP_EMAIL": "hello@shop.test",
    "SHOP_PHONE": "+49 30 1",
    "SHOP_ADDRESS": "Street 1",
    "PAYMENT_SANDBOX_URL": "",
    "STRIPE_API_KEY": "sk_live",
    "STRIPE_WEBHOOK_SECRET": "whsec",
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
}


@pytest.fixture
def production(settings):
    databases = NEEDED["DATABASES"]
    for name, value in NEEDED.items():
        if name != "DATABASES":
            setattr(settings, name, value)
    settings.DATABASES["default"] = {**settings.DATABASES["default"], **databases["default"]}
    return settings


@pytest.fixture(autouse=True)
def databases_restored(settings):
    before = dict(settings.DATABASES["default"])
    yield
    settings.DATABASES["default"] = before


def test_production_starts_when_everything_is_given(production):
    assert production_settings() == []


def test_the_demo_needs_nothing(settings):
    settings.DEMO = True

    assert production_settings() == []


@pytest.mark.parametrize(
    ("name", "value", "id"),
    [
        ("DEBUG", True, "shop.E000"),
        ("SECRET_KEY", "insecure-demo-secret", "shop.E001"),
        ("PRIVACY_KEYS", ["demo:AAAA"], "shop.E002"),
        ("AUDIT_KEYS", [], "shop.E002"),
        ("BACKUP_KEYS", [], "shop.E002"),
        ("REDIS_URL", "", "shop.E004"),
        ("SECURE", False, "shop.E005"),
        ("ALLOWED_HOSTS", [], "shop.E006"),
        ("SHOP_EMAIL", "hello@kiln-and-leaf.example", "shop.E007"),
        ("SHOP_PHONE", "[phone number]", "shop.E007"),
        ("PAYMENT_SANDBOX_URL", "http://localhost:8001", "shop.E008"),
        ("STRIPE_API_KEY", "", "shop.E009"),
        ("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend", "shop.E010"),
    ],
)
@pytest.mark.promise("A-V.4", "A-VII.6", "B-3.4")
def test_each_thing_missing_is_named(production, name, value, id):
    setattr(production, name, value)

    assert [problem.id for problem in production_settings()] == [id]


def test_sqlite_is_not_for_production(production):
    production.DATABASES["default"] = {"ENGINE": "django.db.backends.sqlite3"}

    assert [problem.id for problem in production_settings()] == ["shop.E003"]


def test_a_shop_without_any_setting_says_all_it_needs(tmp_path):
    bare = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path)}
    root = Path(__file__).resolve().parents[2]

    done = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=root, env=bare, capture_output=True, text=True
    )

    assert done.returncode == 1
    said = set(re.findall(r"shop\.E\d{3}", done.stderr))
    assert said == {f"shop.E{number:03d}" for number in (1, 2, 3, 4, 5, 6, 7, 9, 10)}
