"""The learning rates of each schedule over a run."""

import math

import numpy as np
import pytest
import torch
from torch import nn, optim

from playground.config import KINDS, Constant, Cosine, OneCycle, Step, Triangle, WarmUp
from playground.training.optimization import schedule_of

RATE = 0.4


def rates(schedule, epochs: int, steps_per_epoch: int) -> list[float]:
    """The learning rate of each step of a run, and last the one it ends with."""
    optimizer = optim.SGD([nn.Parameter(torch.zeros(1))], lr=RATE)
    found = schedule_of(optimizer, schedule, epochs, steps_per_epoch)
    used = []
    for _ in range(epochs * steps_per_epoch):
        used.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if found:
            found.step()
    return [*used, optimizer.param_groups[0]["lr"]]


def test_a_constant_rate_stays():
    assert set(rates(Constant(), 3, 4)) == {RATE}


@pytest.mark.parametrize("steps", [1, 5])
def test_a_rate_in_steps_changes_every_so_many_epochs(steps):
    found = rates(Step(every=2, factor=0.5), 6, steps)[:-1]
    by_epoch = [RATE, RATE, RATE / 2, RATE / 2, RATE / 4, RATE / 4]
    assert found == pytest.approx([rate for rate in by_epoch for _ in range(steps)])


@pytest.mark.parametrize("final", [0.0, 0.1, 1.0])
def test_a_cosine_falls_from_the_rate_to_its_final_share(final):
    found = rates(Cosine(final=final), 5, 4)
    share = [final + (1 - final) * (1 + math.cos(math.pi * step / 20)) / 2 for step in range(21)]
    assert found == pytest.approx([RATE * each for each in share], abs=1e-9)
    assert found[0] == RATE and found[-1] == pytest.approx(RATE * final, abs=1e-9)


@pytest.mark.parametrize("rise", [0.1, 0.3, 0.5, 0.9])
def test_one_cycle_rises_to_the_rate_and_ends_far_below_its_beginning(rise):
    found = rates(OneCycle(rise=rise), 10, 20)
    top = found.index(max(found))
    assert max(found) == pytest.approx(RATE, rel=0.01)
    assert top == pytest.approx(rise * 200, abs=2)
    assert found[: top + 1] == sorted(found[: top + 1])
    assert found[top:] == sorted(found[top:], reverse=True)
    assert found[0] == pytest.approx(RATE / 25)
    assert found[-1] < found[0] / 1000


@pytest.mark.parametrize(
    ("rise", "start", "final"), [(0.2, 0.2, 0.0), (0.23, 0.0, 0.07), (0.5, 1.0, 1.0), (0.8, 0, 0)]
)
def test_a_triangle_rises_to_the_rate_in_a_straight_line_and_falls_in_one(rise, start, final):
    found = rates(Triangle(rise=rise, start=start, final=final), 10, 20)
    peak = round(rise * 200)
    corners = [start * RATE, RATE, final * RATE]
    assert found == pytest.approx(list(np.interp(range(201), [0, peak, 200], corners)), abs=1e-12)
    assert found[peak] == pytest.approx(RATE)


@pytest.mark.parametrize("rise", [0.01, 0.2, 0.5, 0.99])
def test_a_triangle_serves_runs_of_any_length(rise):
    for steps in range(1, 60):
        found = rates(Triangle(rise=rise), 1, steps)
        assert found[0] == pytest.approx(0.2 * RATE)
        assert all(0 < rate <= RATE * 1.0001 for rate in found[:-1])
        if steps > 1:
            assert max(found[:-1]) == pytest.approx(RATE)
            assert found[-1] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(("epochs", "steps"), [(1, 1), (3, 1), (3, 6)])
def test_a_warm_up_rises_in_a_straight_line_and_stays(epochs, steps):
    rising = epochs * steps
    found = rates(WarmUp(epochs=epochs), epochs + 2, steps)
    if rising > 1:
        line = [RATE * (step + 1) / rising for step in range(rising)]
        assert found[:rising] == pytest.approx(line)
    assert found[rising:] == pytest.approx([RATE] * (2 * steps + 1))


def test_a_warm_up_longer_than_the_run_reaches_the_rate_at_its_end():
    found = rates(WarmUp(epochs=100), 3, 4)
    assert found[:12] == pytest.approx([RATE * (step + 1) / 12 for step in range(12)])


@pytest.mark.parametrize("kind", KINDS["schedule"])
@pytest.mark.parametrize(("epochs", "steps"), [(1, 1), (1, 2), (2, 1), (1, 3), (3, 3)])
def test_every_schedule_serves_the_shortest_runs(kind, epochs, steps):
    found = rates(KINDS["schedule"][kind](), epochs, steps)
    assert len(found) == epochs * steps + 1
    assert all(0 < rate <= RATE * 1.0001 for rate in found[:-1]) and found[-1] >= 0


@pytest.mark.parametrize("rise", [0.01, 0.1, 0.2, 0.25, 0.5, 0.99])
def test_one_cycle_serves_runs_of_any_length(rise):
    for steps in range(1, 120):
        found = rates(OneCycle(rise=rise), 1, steps)
        assert all(0 < rate <= RATE * 1.0001 for rate in found)
