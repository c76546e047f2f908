"""The soak in its short form: a few visitors for some seconds, without a browser."""

import pytest

from tests.soak.load import load

pytestmark = pytest.mark.slow


def test_a_few_visitors_lose_no_run_and_see_no_error(tmp_path):
    found = load(tmp_path, seconds=20, people=6, pages=0, seed=1)
    assert found.tally.errors == []
    assert found.lost == [] and found.problems == []
    assert found.tally.reported, "some page showed a finished run"
    assert {"change", "train", "page"} <= set(found.tally.actions)
    assert found.ended["finished"] >= len({one.run for one in found.tally.reported})
    early, late = found.growth
    assert 0 < early < 600 and 0 < late < 600, "MB"
