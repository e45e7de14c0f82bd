"""The Celery application. Tasks carry one opaque id each; beat re-reads what is due from rows."""

import os
from typing import Any

from celery import Celery, signals
from celery.contrib.django.task import DjangoTask
from celery.fixups.django import DjangoFixup, DjangoWorkerFixup
from django.db import close_old_connections

from privacy import closed
from shop import memory
from shop.schedule import SCHEDULE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")


class OpaqueTask(DjangoTask):
    """Celery repeats the arguments in clear in each message's header unless it is told not to.

    While the shop is closed a task does nothing: what is due, rows say to the next one.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return None if closed.is_closed() else super().__call__(*args, **kwargs)

    def apply_async(self, args: Any = None, kwargs: Any = None, **options: Any) -> Any:
        options.setdefault("argsrepr", "…")
        options.setdefault("kwargsrepr", "…")
        return super().apply_async(args, kwargs, **options)


class KeptConnections(DjangoWorkerFixup):
    """Celery connects to the database anew for each task; by Django's own rule what still works is kept."""

    def close_database(self, **kwargs: Any) -> None:
        close_old_connections()


class ShopFixup(DjangoFixup):
    _worker_fixup: DjangoWorkerFixup | None

    @property
    def worker_fixup(self) -> DjangoWorkerFixup:
        if self._worker_fixup is None:
            self._worker_fixup = KeptConnections(self.app)
        return self._worker_fixup


def fixup(celery: Celery) -> DjangoFixup:
    return ShopFixup(celery).install()


app = Celery("shop", task_cls="shop.celery:OpaqueTask", fixups=[fixup])
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = SCHEDULE
app.autodiscover_tasks()


@signals.worker_ready.connect
@signals.worker_process_init.connect
def settle(**kwargs: Any) -> None:
    memory.settle()


@signals.setup_logging.connect
def keep_our_logging(**kwargs: Any) -> None:
    """Celery would replace the handlers that keep people out of the logs; not while somebody listens here."""
