"""``kill -9`` at random moments, in short: the long form is ``python -m tests.soak``."""

import pytest

from tests.soak.kills import TARGETS, Kills

pytestmark = pytest.mark.slow


def test_whoever_is_killed_finished_runs_stay_whole_and_the_others_end_with_a_word(tmp_path):
    found = Kills(tmp_path, seed=1).run(len(TARGETS))
    assert found.problems == []
    assert found.kills == dict.fromkeys(TARGETS, 1)
    assert found.ended["finished"] >= 1
    assert found.asked == 13
    assert found.ended.total() == 13 + 1, "and the first run of the app, which nobody asked for"
