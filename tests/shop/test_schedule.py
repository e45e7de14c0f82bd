"""What runs by the clock is really there."""

import pytest

from shop.celery import app
from shop.schedule import SCHEDULE


@pytest.mark.parametrize("entry", SCHEDULE.values(), ids=SCHEDULE)
def test_beat_calls_a_task_that_exists(entry):
    app.loader.import_default_modules()

    assert entry["task"] in app.tasks


@pytest.mark.promise("B-3.11")
def test_beat_knows_the_whole_schedule():
    assert app.conf.beat_schedule == SCHEDULE
    assert "privacy.tasks.purge" in {entry["task"] for entry in app.conf.beat_schedule.values()}
