"""How a run is computed: by network, batch and device, and to the same figures whichever way."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from playground.config import CNN, MLP, ConvBlock, Digits, Regularization
from playground.network import lay_out
from playground.results import Execution, pack, unpack
from playground.training import execution
from playground.training.execution import execution_of
from playground.training.loop import Loop
from tests.small_runs import numbers, small, trained

CPU = torch.device("cpu")
BASE = CNN(blocks=tuple(ConvBlock(channels=(c,)) for c in (32, 64, 128)), hidden=(128,))
SMALL = CNN(blocks=(ConvBlock(channels=(8,)), ConvBlock(channels=(16,))), hidden=(16,))


def chosen(network, batch: int, device=CPU, shape=(3, 32, 32)) -> Execution:
    return execution_of(lay_out(network, shape, 10), batch, device)


@pytest.fixture
def amx(monkeypatch):
    def set_to(there: bool) -> None:
        monkeypatch.setattr(execution, "_fast_bfloat16", lambda: there)

    return set_to


def test_a_small_mlp_takes_one_thread_and_one_call_for_the_optimizer():
    assert chosen(MLP(hidden=(32, 16)), 32, shape=(1, 8, 8)) == Execution(1, fused=True)


def test_low_precision_only_where_the_processor_has_it_and_the_step_is_large(amx):
    amx(True)
    assert chosen(BASE, 128).precision == "bfloat16"
    assert chosen(BASE, 1).precision == "float32"
    assert chosen(MLP(hidden=(512,)), 1024).precision == "float32"
    amx(False)
    assert chosen(BASE, 128).precision == "float32"


def test_a_large_batch_is_computed_in_pieces_that_fit_the_caches():
    assert chosen(BASE, 1024).piece == 128
    assert chosen(BASE, 128).piece == 0
    normed = BASE.model_copy(update={"blocks": (ConvBlock(channels=(32,), batch_norm="each"),)})
    assert chosen(normed, 1024).piece == 0


def test_few_images_a_step_are_convolved_without_onednn():
    assert not chosen(SMALL, 4).onednn and not chosen(SMALL, 4).channels_last
    assert chosen(SMALL, 32).onednn and chosen(SMALL, 32).channels_last


def test_cuda_takes_low_precision_for_large_steps_where_it_has_it(monkeypatch):
    cuda = torch.device("cuda")
    for there in (True, False):
        monkeypatch.setattr(execution, "_bfloat16_on_cuda", lambda there=there: there)
        assert chosen(BASE, 4, cuda) == Execution(0, fused=True, recorded=True)
        large = chosen(BASE, 128, cuda)
        assert large.precision == ("bfloat16" if there else "float32")
        assert large.channels_last == there and large.recorded and not large.piece


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (Execution(1), "1 thread, float32"),
        (
            Execution(2, "bfloat16", channels_last=True, piece=128),
            "2 threads, bfloat16, channels last, 128 images at a time",
        ),
        (Execution(1, onednn=False), "1 thread, float32, convolutions without oneDNN"),
        (Execution(0, channels_last=True), "float32, channels last"),
        (Execution(0, "bfloat16", recorded=True), "bfloat16, steps recorded"),
        (
            Execution(1, most=300, stacked=2),
            "1 thread, float32, layers by 300 multiply-adds, together with 1 other, whose time it "
            "shares",
        ),
        (
            Execution(1, stacked=16),
            "1 thread, float32, together with 15 others, whose time it shares",
        ),
    ],
)
def test_it_is_told_in_words(made, words):
    assert made.describe() == words


def test_a_run_says_how_it_was_computed_and_a_worker_passes_it_on():
    result = trained(small())
    assert result.execution == Execution(1, fused=True)
    assert unpack(pack(result)).execution == result.execution
    assert unpack(pack(replace(result, execution=None))).execution is None


WAYS = {
    "in pieces": Execution(1, piece=30),
    "pieces larger than the last batch": Execution(1, piece=45),
    "without oneDNN": Execution(1, onednn=False),
    "one call for the optimizer": Execution(1, fused=True),
    "channels last": Execution(1, channels_last=True),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_every_way_comes_to_the_same_figures(way, monkeypatch):
    config = small(
        architecture=SMALL,
        batch=100,
        data=Digits(train_images=200, validation_fraction=0.2),
        regularization=Regularization(l2=0.001, label_smoothing=0.1, gradient_clip=1.0),
    )
    found = []
    for one in (Execution(1), way):
        for module in ("prepared", "loop"):
            monkeypatch.setattr(
                f"playground.training.{module}.execution_of", lambda *about, one=one: one
            )
        found.append(trained(config))
    plain, other = found
    for a, b in zip(plain.history, other.history, strict=True):
        assert b.train_loss == pytest.approx(a.train_loss, rel=1e-4)
        assert b.validation_loss == pytest.approx(a.validation_loss, rel=1e-4)
        assert b.gradient_norm == pytest.approx(a.gradient_norm, rel=1e-3)
    for split, values in plain.probabilities.items():
        assert np.abs(values - other.probabilities[split]).max() < 1e-3


def test_low_precision_trains_to_about_the_same_and_is_evaluated_in_full(amx, monkeypatch):
    monkeypatch.setattr(execution, "SMALL_STEP", 0)
    monkeypatch.setattr(execution, "threads_for", lambda work: 1)
    config = small(architecture=SMALL, batch=50, epochs=8)
    found = []
    for there in (False, True):
        amx(there)
        found.append(trained(config))
    plain, low = found
    assert plain.execution == Execution(1, channels_last=True, fused=True)
    assert low.execution == replace(plain.execution, precision="bfloat16")
    assert plain.history[0].train_loss == pytest.approx(low.history[0].train_loss, rel=0.02)
    assert plain.scores["test"].loss == pytest.approx(low.scores["test"].loss, rel=0.1)
    assert numbers(plain) != numbers(low)
    assert low.probabilities["test"].dtype == np.float32


def test_onednn_is_on_again_after_a_run_without_it_however_it_ended(monkeypatch):
    monkeypatch.setattr(
        "playground.training.loop.execution_of", lambda *about: Execution(1, onednn=False)
    )
    monkeypatch.setattr(Loop, "_gradient", lambda *about: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        trained(small(architecture=SMALL))
    assert torch._C._get_mkldnn_enabled()
