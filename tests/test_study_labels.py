"""What sweeps and searches are called in lists."""

import pytest

from playground.config import CNN, Cifar10, ConvBlock, RunConfig
from playground.config.sweeps import Choice, Range, Search, sweep_of
from playground.ui.studies.study_labels import search_title, sweep_fixed, sweep_title
from tests import pages

RATES = {"optimizer.learning_rate": ["0.001", "0.01", "0.05", "0.1"]}


@pytest.mark.parametrize(
    ("settings", "axes", "seeds", "title"),
    [
        ({}, RATES, 3, "Learning rate 0.001 … 0.1 · 12 runs · Digits · MLP 32-16 · Adam · "
         "30 epochs"),
        ({"architecture.dropout": "0.2"}, {"architecture.hidden": ["8", "16-8"]}, 1,
         "Hidden layers 8, 16-8 · 2 runs · Digits · MLP · dropout 0.2 · Adam 0.001 · 30 epochs"),
        ({}, RATES | {"optimizer.name": ["sgd", "adam"]}, 1,
         "Learning rate 0.001 … 0.1 × Optimizer SGD, Adam · 8 runs · Digits · MLP 32-16 · "
         "30 epochs"),
        ({}, {"optimizer.name": ["sgd", "adam"], "run.epochs": ["1", "2"]}, 1,
         "Optimizer SGD, Adam × Epochs 1, 2 · 4 runs · Digits · MLP 32-16 · rate 0.001"),
        ({"run.seed": "5"}, {"data.flip": ["false", "true"]}, 1,
         "Flip left to right off, on · 2 runs · Digits · MLP 32-16 · Adam 0.001 · 30 epochs"),
        ({}, {}, 5, "Seeds 0 … 4 · 5 runs · Digits · MLP 32-16 · Adam 0.001 · 30 epochs"),
    ],
)  # fmt: skip
def test_a_sweep_says_what_it_varies_over_which_values_and_then_what_stays(
    settings, axes, seeds, title
):
    base = pages.made(settings)
    first = base.run.seed
    assert sweep_title(sweep_of(base, axes, range(first, first + seeds))) == title


@pytest.mark.parametrize(
    ("path", "values", "fixed"),
    [
        ("architecture.hidden", ["64", "128"], "CIFAR10 · CNN 32-64, block 1: dropout 0.1"),
        ("architecture.blocks.1.channels", ["8", "16"],
         "CIFAR10 · CNN, block 1: dropout 0.1 · dense 32"),
        ("architecture.blocks.0.dropout", ["0", "0.5"], "CIFAR10 · CNN 32-64 · dense 32"),
    ],
)  # fmt: skip
def test_of_a_network_only_what_does_not_vary_is_said_to_stay(path, values, fixed):
    blocks = (ConvBlock(channels=(32,), dropout=0.1), ConvBlock(channels=(64,)))
    base = RunConfig(data=Cifar10(), architecture=CNN(blocks=blocks, hidden=(32,)))
    told = sweep_fixed(sweep_of(base, {path: values}, [0, 1, 2, 3]))
    assert told.startswith(f"{fixed} · 10,000 images · Adam 0.001 · 30 epochs")
    assert told.endswith(" · seeds 0 … 3")


def test_a_search_names_three_settings_with_their_ranges():
    fields = (
        Range(path="optimizer.learning_rate", low=0.0001, high=0.1, log=True),
        Choice(path="architecture.hidden", values=("8", "16", "16-8", "32")),
        Choice(path="architecture.activation", values=("relu", "tanh")),
        Range(path="architecture.dropout", low=0, high=0.5),
    )
    search = Search(base=RunConfig(), fields=fields, trials=20, seed=1)
    assert search_title(search) == (
        "Learning rate 0.0001 … 0.1, Hidden layers 8 … 32, Activation ReLU, Tanh, 1 more · "
        "20 trials, search seed 1 · Digits · MLP · Adam · 30 epochs"
    )
