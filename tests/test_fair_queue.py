"""Turns under a flood of new cookies: whoever waits is served after those who waited before."""

from collections.abc import Iterator
from itertools import count

import pytest

from playground.config.run_limits import AppLimits
from playground.config.sweeps import sweep_of
from playground.service import Engine, LimitError
from playground.service.jobs import Jobs
from tests import engines
from tests.pages import made

FIRST, *OTHERS = (made({"data.flip": "true", "run.seed": str(seed)}) for seed in range(4000, 4040))


@pytest.fixture
def seeds() -> Iterator[int]:
    return count()


def newcomers(jobs: Jobs, seeds: Iterator[int], many: int) -> None:
    """So many new cookies, each with a run that trains alone."""
    for seed in (next(seeds) for _ in range(many)):
        engines.add(jobs, made({"data.flip": "true", "run.seed": str(seed)}), f"cookie {seed}")


def turn(jobs: Jobs) -> str:
    """Whose turn it is; it trains, and ends."""
    (job,) = jobs.submit_next(1)
    jobs.end(job)
    return job.who


@pytest.mark.parametrize("before", [0, 5, 40])
@pytest.mark.parametrize("each_turn", [1, 2, 40])
def test_who_was_served_once_waits_no_longer_however_many_new_cookies_press_train(
    seeds, before, each_turn
):
    jobs = Jobs()
    engines.add(jobs, FIRST, "ann")
    assert turn(jobs) == "ann"
    newcomers(jobs, seeds, before)
    engines.add(jobs, OTHERS[0], "ann")
    by_turns = len({job.who for group in jobs.ahead() for job in group})
    served: list[str] = []
    while "ann" not in served and len(served) < 2 * by_turns:
        newcomers(jobs, seeds, each_turn)
        served.append(turn(jobs))
    assert served[-1] == "ann" and len(served) == by_turns == before + 1


def test_each_of_a_visitors_runs_has_one_of_each_other_visitors_before_it(seeds):
    jobs = Jobs()
    for config in OTHERS[:3]:
        engines.add(jobs, config, "ann")
    newcomers(jobs, seeds, 4)
    served = []
    while len(served) < 40:
        newcomers(jobs, seeds, 1)
        served.append(turn(jobs))
    # The second after the four and the one that came with the first turn; the third after the six
    # that came until the second.
    assert [place for place, who in enumerate(served) if who == "ann"] == [0, 6, 13]


def test_who_has_a_run_that_trains_stands_behind_all_who_wait_until_it_ends(seeds):
    jobs = Jobs()
    engines.add(jobs, FIRST, "ann")
    (job,) = jobs.submit_next(1)
    engines.add(jobs, OTHERS[0], "ann")
    newcomers(jobs, seeds, 3)
    assert jobs.place(OTHERS[0].name) == 4
    jobs.end(job)
    newcomers(jobs, seeds, 3)
    assert jobs.place(OTHERS[0].name) == 4


def test_who_comes_while_a_visitors_run_trains_is_before_their_next_though_nobody_looks(seeds):
    jobs = Jobs()
    engines.add(jobs, FIRST, "ann")
    (job,) = jobs.submit_next(1)
    engines.add(jobs, OTHERS[0], "ann")
    newcomers(jobs, seeds, 1)
    jobs.end(job)
    assert turn(jobs) == "cookie 0"


def test_who_withdraws_and_comes_again_stands_at_the_end(seeds):
    jobs = Jobs()
    engines.add(jobs, FIRST, "ann")
    newcomers(jobs, seeds, 2)
    jobs.end(jobs.get(FIRST.name))
    assert jobs.place(FIRST.name) == 0
    engines.add(jobs, FIRST, "ann")
    assert jobs.place(FIRST.name) == 3


def test_places_of_a_flood_are_counted_at_once(seeds):
    jobs = Jobs()
    newcomers(jobs, seeds, 300)
    assert [len(group) for group in jobs.ahead()] == [1] * 300
    assert len(jobs.submit_next(1)) == 1


def test_a_sweep_is_remembered_as_its_visitors_whatever_others_begin():
    jobs = Jobs()
    jobs.act_for("sweep mine", "ann")
    engines.add(jobs, FIRST, "sweep mine")
    for number in range(1500):
        jobs.act_for(f"sweep {number}", "flood")
    assert jobs.owns(FIRST.name, "ann")
    assert not jobs.is_of("sweep 0", "flood"), "what has no run here is forgotten in the end"


@pytest.fixture
def small(engine: Engine) -> Engine:
    """An engine whose queue takes ten runs."""
    return Engine(engine.store, engine.data, limits=AppLimits(waiting_in_all=10))


def test_the_fuller_the_queue_the_fewer_runs_one_visitor_may_have(small):
    with pytest.raises(LimitError, match="0 runs wait here already, so you may ask for 5 more now"):
        small.train_all(OTHERS[:6], "flood")
    small.train_all(OTHERS[:5], "flood")
    with pytest.raises(LimitError, match="5 runs wait here already, as many as there may be"):
        small.train(OTHERS[5], "flood")
    small.train_all(OTHERS[5:7], "ann")
    small.train(OTHERS[7], "bob")
    small.train(OTHERS[8], "eve")
    assert small.train(OTHERS[8], "flood").how == "joined", "it waits already"
    with pytest.raises(LimitError, match="try again later"):
        small.train(OTHERS[9], "new")
    small.give_up(OTHERS[5].name, "ann")
    assert small.train(OTHERS[9], "new").how == "submitted"


def test_a_sweep_that_the_queue_does_not_take_leaves_nothing(small):
    sweep = sweep_of(FIRST, {"optimizer.learning_rate": ["0.1", "0.2"]}, [1, 2, 3])
    small.train(OTHERS[0], "bob")
    with pytest.raises(LimitError):
        small.sweeps.start(sweep, "ann")
    assert not small.sweeps.is_active(sweep) and not small.sweeps.is_of(sweep.name, "ann")
    assert len(small.store.all()) == 1 and small.sweeps.all() == []
