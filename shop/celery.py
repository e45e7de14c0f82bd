"""The Celery application. Tasks carry one opaque id each; beat re-reads what is due from rows."""

import os
from typing import Any

from celery import Celery, signals
from celery.contrib.django.task import DjangoTask

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")


class OpaqueTask(DjangoTask):
    """Celery repeats the arguments in clear in each message's header unless it is told not to."""

    def apply_async(self, args: Any = None, kwargs: Any = None, **options: Any) -> Any:
        options.setdefault("argsrepr", "…")
        options.setdefault("kwargsrepr", "…")
        return super().apply_async(args, kwargs, **options)


app = Celery("shop", task_cls="shop.celery:OpaqueTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.setup_logging.connect
def keep_our_logging(**kwargs: Any) -> None:
    """Celery would replace the handlers that keep people out of the logs; not while somebody listens here."""
