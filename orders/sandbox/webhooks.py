"""The sandbox's clock: what is due is done, and events are delivered until the shop has taken them."""

import hashlib
import hmac
import http.client
import json
import logging
import threading
import time
from urllib.parse import urlsplit, urlunsplit

from orders.sandbox import payments
from orders.sandbox.config import Config
from orders.sandbox.store import Job, Json, Store

logger = logging.getLogger(__name__)

DEEDS = {"expire": payments.expire, "settle": payments.settle, "settle_refund": payments.settle_refund}
WORKERS = 2  # one slow answer of the shop does not hold up everything else
IDLE_SECONDS = 0.2
ANSWER_SECONDS = 10
STOP_SECONDS = 2  # a delivery cut short is made again after the next start
FIRST_DELAY, LONGEST_DELAY = 1.0, 60.0
MAX_ATTEMPTS = 200  # about three hours


class Clock:
    """Threads that do what is due. `ring` wakes them at once, otherwise they look every moment."""

    def __init__(self, store: Store, config: Config) -> None:
        self._store, self._config = store, config
        self._woken, self._stopped = threading.Event(), threading.Event()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(WORKERS)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def ring(self) -> None:
        self._woken.set()

    def stop(self) -> None:
        self._stopped.set()
        self._woken.set()
        for thread in self._threads:
            thread.join(timeout=STOP_SECONDS)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                busy = self._do_next()
            except Exception:
                logger.exception("A job failed; the next one is tried")
                busy = False
            if not busy:
                self._woken.wait(IDLE_SECONDS)
                self._woken.clear()

    def _do_next(self) -> bool:
        now = time.time()
        with self._store.transaction() as books:
            job = books.claim_job(now, until=now + 2 * ANSWER_SECONDS)
        if job is None:
            return False
        if job.deed == "deliver":
            self._deliver(job)
        else:
            with self._store.transaction() as books:
                DEEDS[job.deed](books, job.target, now)
                books.finish(job)
        return True

    def _deliver(self, job: Job) -> None:
        with self._store.transaction() as books:
            event = books.get(payments.EVENT, job.target)
        taken = deliver(event, self._config)  # outside: nobody waits for the shop
        with self._store.transaction() as books:
            if taken or job.attempts >= MAX_ATTEMPTS:
                books.finish(job)
            else:
                books.postpone(job, time.time() + min(FIRST_DELAY * 2 ** (job.attempts - 1), LONGEST_DELAY))


def deliver(event: Json, config: Config) -> bool:
    """POST the event, signed as Stripe signs: over the moment and the raw body. True if the shop took it."""
    body = json.dumps(event).encode()
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": sign(body, config.secret),
    }
    address = urlsplit(config.webhook)
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    connection = kind(address.netloc, timeout=ANSWER_SECONDS)
    try:
        connection.request(
            "POST", urlunsplit(("", "", address.path or "/", address.query, "")), body, headers
        )
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        logger.info("%s %s: the shop does not answer (%s)", event["type"], event["id"], type(error).__name__)
        return False
    finally:
        connection.close()
    logger.info("%s %s: the shop answered %s", event["type"], event["id"], status)
    return 200 <= status < 300


def sign(body: bytes, secret: str) -> str:
    moment = int(time.time())
    signed = f"{moment}.".encode() + body
    return f"t={moment},v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"
