"""The network on the way: which epochs are kept, what stands in them, and that nothing changes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from playground.config import RunConfig
from playground.errors import UserError
from playground.results import StoredNetwork
from playground.store import files
from playground.training import loop, snapshots
from playground.training.inside.units import units
from playground.training.inside.weights import history
from playground.training.loaded_network import LoadedNetwork, answer, load
from playground.training.snapshots import MOST, QUANTILES, Snapshots, quantiles
from playground.worker import questions
from tests.small_runs import EVERYTHING, NOWHERE, network, numbers, small, trained


def stored(config: RunConfig, folder: Path) -> tuple[LoadedNetwork, list[int]]:
    """A trained run's network as it is asked on a worker, and the epochs it keeps."""
    result = trained(config)
    files.save(folder, config.name, result, "me")
    run = folder / config.name
    version = files.version(run / files.WEIGHTS)
    asked = StoredNetwork(
        config.name, config.canonical(), result.fingerprint, 1.0, str(folder), *version
    )
    found = load(asked, NOWHERE)
    assert found is not None
    return found, files.snapshot_epochs(run)


@pytest.mark.parametrize("config", [small(epochs=5), EVERYTHING], ids=["plain", "everything"])
def test_taking_them_changes_no_bit_of_a_run(config, monkeypatch):
    with_them = trained(config)
    monkeypatch.setattr(snapshots, "MOST", 0)
    without = trained(config)
    assert with_them.snapshots and not without.snapshots
    assert with_them.weights == without.weights
    assert numbers(with_them) == numbers(without)
    for split, one in with_them.probabilities.items():
        np.testing.assert_array_equal(one, without.probabilities[split])


@pytest.mark.parametrize("epochs", [2, 3, 17, 18, 19, 20, 21, 37, 100, 1000])
def test_the_first_and_the_last_are_kept_and_between_them_every_nth(epochs):
    model = torch.nn.Linear(2, 2)
    taken = Snapshots(model, epochs, 1)
    for epoch in range(1, epochs + 1):
        taken.before_last_step(epoch)
        taken.take(epoch)
    kept = sorted(taken._kept)
    assert kept[0] == 1 and kept[-1] == epochs
    assert len(kept) <= MOST and len(kept) >= min(epochs, 9)
    steps = set(np.diff(kept[1:-1]))
    assert len(steps) <= 1, "evenly"


def test_a_run_that_may_go_on_for_long_and_ends_early_has_them_too():
    taken = Snapshots(torch.nn.Linear(2, 2), 5000, 1)
    for epoch in range(1, 31):
        taken.before_last_step(epoch)
        taken.take(epoch)
    assert taken.end(30, None, dict(torch.nn.Linear(2, 2).state_dict()).copy)
    assert {1, 30} <= set(taken._kept) and len(taken._kept) >= 9


def test_the_best_epoch_has_one_of_its_own():
    taken = Snapshots(torch.nn.Linear(2, 2), 100, snapshots.STEPS)
    for epoch in range(1, 101):
        taken.before_last_step(epoch)
        taken.take(epoch, is_best=epoch in (3, 67))
    taken.end(100, 67, dict)
    assert 67 in taken._kept and 67 % taken._every and len(taken._kept) <= MOST


def test_a_network_too_large_for_three_has_none(monkeypatch):
    size = len(trained(small(epochs=1)).weights)
    monkeypatch.setattr(snapshots, "BYTES", 5 * size)
    assert 0 < len(trained(small(epochs=30)).snapshots) < 6 * size
    monkeypatch.setattr(snapshots, "BYTES", 2_000)
    assert not trained(small(epochs=4)).snapshots


def test_the_last_one_is_the_runs_own_network_and_an_earlier_one_that_of_a_shorter_run(tmp_path):
    config = small(epochs=6)
    found, epochs = stored(config, tmp_path)
    assert epochs == [1, 2, 3, 4, 5, 6]
    pixels = found.dataset.images[:20]
    last = answer(questions.PREDICT, found.stored, NOWHERE, {"pixels": pixels, "epoch": 6})
    now = answer(questions.PREDICT, found.stored, NOWHERE, {"pixels": pixels})
    np.testing.assert_array_equal(last, now)
    shorter = small(epochs=2)
    early = answer(questions.PREDICT, found.stored, NOWHERE, {"pixels": pixels, "epoch": 2})
    expected = network(shorter, trained(shorter))(found.scaled(pixels)).softmax(1).detach()
    np.testing.assert_allclose(early, expected, atol=1e-6)


def test_quantiles_steps_and_dead_units_equal_a_recount(tmp_path, monkeypatch):
    gradients, steps, before = {}, {}, {}

    class Watched(loop.Loop):
        def _note_snapshot(self, epoch):
            names = [name for name, _ in self.model.named_parameters()]
            for name, parameter, was in zip(
                names, self.model.parameters(), before["now"], strict=True
            ):
                gradients[epoch, name] = parameter.grad.clone()
                steps[epoch, name] = ((parameter - was).norm() / was.norm()).item()
            super()._note_snapshot(epoch)

    take = Snapshots.before_last_step

    def noted(self, epoch):
        before["now"] = [p.detach().clone() for p in self._parameters]
        take(self, epoch)

    monkeypatch.setattr(Snapshots, "before_last_step", noted)
    monkeypatch.setattr("playground.training.Loop", Watched)
    found, epochs = stored(small(epochs=3), tmp_path)
    told = history(found)
    assert [one.title for one in told] == ["Dense, 16 units", "Dense, 10 units"]
    for one in told:
        assert one.epochs.tolist() == epochs == [1, 2, 3]
        for row, epoch in enumerate(epochs):
            weight = found.after(epoch).model[one.place].weight.detach().numpy()
            np.testing.assert_allclose(
                one.weights[row], np.quantile(weight, QUANTILES), rtol=1e-5, atol=1e-7
            )
            name = f"{one.place}.weight"
            gradient = np.quantile(gradients[epoch, name].numpy(), QUANTILES)
            np.testing.assert_allclose(one.gradients[row], gradient, rtol=1e-4, atol=1e-7)
            assert one.steps[row] == pytest.approx(steps[epoch, name], rel=1e-5)
    for epoch in epochs:
        then = found.after(epoch)
        (layer,) = units(then, "test")
        outputs = then.model[:3](then.scaled(then.dataset.images[then.numbers("test", 1000)]))
        dead = (outputs <= 0).all(0).nonzero().flatten().tolist()
        assert layer.dead.tolist() == dead
        assert layer.zeros == pytest.approx((outputs == 0).float().mean().item())


def test_quantiles_are_numpys():
    values = torch.randn(3, 101)
    expected = np.quantile(values.numpy(), QUANTILES, axis=1).T
    np.testing.assert_allclose(quantiles(values), expected, atol=1e-6)
    np.testing.assert_array_equal(quantiles(torch.ones(1, 1)), np.ones((1, 7)))


@pytest.mark.parametrize("content", [b"", b"\x00" * 8, b"\xff" * 40, b"\x02\0\0\0\0\0\0\0{}"])
def test_a_damaged_file_of_them_is_told_and_no_epoch_is_offered(tmp_path, content):
    found, _ = stored(small(epochs=3), tmp_path)
    path = tmp_path / found.stored.run / files.SNAPSHOTS
    path.write_bytes(path.read_bytes()[:-10])
    assert files.snapshot_epochs(path.parent) == [], "it is cut off"
    path.write_bytes(content)
    assert files.snapshot_epochs(path.parent) == []
    path.write_bytes(content)
    with pytest.raises(UserError, match="look at the last one"):
        found.after(2)
    path.unlink()
    with pytest.raises(UserError, match="look at the last one"):
        history(found)


def test_an_epoch_that_was_not_kept_is_told(tmp_path):
    found, _ = stored(small(epochs=3), tmp_path)
    with pytest.raises(UserError, match="look at the last one"):
        found.after(99)
    with pytest.raises(UserError):
        replace(found, stored=replace(found.stored, run="../x")).after(1)


def test_a_large_gradient_is_sampled_from_all_its_columns():
    model = torch.nn.Linear(784, 350)
    model.weight.grad, model.bias.grad = torch.zeros(350, 784), torch.zeros(350)
    model.weight.grad[:, 5::28] = 1.0  # one column of images of 28 by 28
    taken = Snapshots(model, 2, 1)
    taken.before_last_step(1)
    taken.take(1)
    weights, _ = taken._steps[1][1]
    assert len(weights) == snapshots.SAMPLE
    assert float(weights.mean()) == pytest.approx(1 / 28, abs=0.005)


def test_the_best_epoch_is_kept_though_it_was_due_and_then_thinned_out():
    taken = Snapshots(torch.nn.Linear(2, 2), 100, snapshots.STEPS)
    for epoch in range(1, 101):
        taken.before_last_step(epoch)
        taken.take(epoch, is_best=epoch == 3)
    taken.end(100, 3, dict)
    assert 3 in taken._kept
