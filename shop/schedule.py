"""What runs by the clock. It stands in code because a purge must not be switched off by a click."""

from typing import Any

from celery.schedules import crontab

SCHEDULE: dict[str, dict[str, Any]] = {
    "expire unpaid orders": {"task": "orders.tasks.expire_unpaid_orders", "schedule": 60.0},
    "work through the webhook inbox": {"task": "orders.tasks.process_webhooks", "schedule": 60.0},
    "refund what is owed": {"task": "orders.tasks.send_refunds", "schedule": 60.0},
    "send messages that are due": {
        "task": "accounts.tasks.send_due",
        "schedule": 30.0,
        "options": {"expires": 30},  # the next one sends the same
    },
    "go on with campaigns": {
        "task": "accounts.tasks.send_campaigns",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "tell of important changes to the policies": {
        "task": "accounts.tasks.tell_of_policies",
        "schedule": crontab(minute=20),
    },
    "forget newsletters nobody confirmed": {
        "task": "accounts.tasks.purge_newsletter",
        "schedule": crontab(hour=3, minute=15),
    },
    "purge abandoned carts": {"task": "orders.tasks.purge_carts", "schedule": crontab(hour=3, minute=0)},
    "purge expired sessions": {
        "task": "accounts.tasks.purge_sessions",
        "schedule": crontab(hour=2, minute=0),
    },
    "close what was solved two weeks ago": {
        "task": "support.tasks.close_settled",
        "schedule": crontab(hour=3, minute=40),
    },
    "end what was kept long enough": {"task": "privacy.tasks.purge", "schedule": crontab(hour=2, minute=30)},
    "warn and end accounts nobody uses": {
        "task": "accounts.tasks.look_after_idle_accounts",
        "schedule": crontab(hour=9, minute=0),
    },
    "remove evidence without a row": {
        "task": "support.tasks.sweep_attachments",
        "schedule": crontab(hour=3, minute=40),
    },
    "do what people asked for with their data": {
        "task": "privacy.tasks.run_requests",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "warn of requests that fall due": {
        "task": "privacy.tasks.warn_desk",
        "schedule": crontab(hour=6, minute=0),
    },
    "end restrictions people were told of": {
        "task": "privacy.tasks.lift_restrictions",
        "schedule": crontab(minute=50),
    },
    "note looks that nobody reviewed": {
        "task": "privacy.tasks.note_unreviewed_looks",
        "schedule": crontab(minute=40),
    },
    "look after children and their guardians": {
        "task": "privacy.tasks.look_after_minors",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "back everything up": {"task": "privacy.tasks.make_backup", "schedule": crontab(hour=1, minute=30)},
    "rehearse a restore": {
        "task": "privacy.tasks.rehearse_restore",
        "schedule": crontab(day_of_month="1", hour=5, minute=0),
    },
    "verify the audit chain": {"task": "privacy.tasks.verify_audit", "schedule": crontab(hour=4, minute=0)},
}
