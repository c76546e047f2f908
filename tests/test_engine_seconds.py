"""The app's limit of seconds, with a real worker."""

import pytest

from playground.config.run_limits import AppLimits
from tests import engines, pages
from tests.waiting import wait

pytestmark = pytest.mark.slow

LONG = pages.made({"run.epochs": "5000", "run.batch_size": "4"})


def test_a_run_is_stopped_at_the_apps_limit_of_seconds_and_what_was_reached_is_measured(tmp_path):
    with engines.working(tmp_path, AppLimits(seconds=1.0)) as limited:
        limited.train(LONG, "ann")
        wait(lambda: not limited.store.get(LONG.name).is_active)
        run = limited.store.get(LONG.name)
        assert (run.status, run.limit) == ("stopped", 1.0)
        assert "A run may train for 1 s here." in run.message
        assert run.scores["test"].images == 450 and run.seconds >= 0.9
        assert limited.train(LONG, "bob").how == "cached"
