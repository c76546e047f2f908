"""Any sweep or search from outside has runs that train, or is refused clearly."""

import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from playground.config import RunConfig
from playground.config.sweeps import (
    Search,
    Sweep,
    SweepError,
    corner_configs,
    from_json,
    search_from_json,
)
from playground.service.proposer import Proposer
from tests import fuzz_running
from tests.fuzz_inputs import NUMBERS, PATHS, TEXTS, good_configs, odd_text, spoilt, values_of
from tests.fuzzing import inputs, tried
from tests.trials import proposed

pytestmark = pytest.mark.slow

BASES = st.builds(dict) | values_of(good_configs)
GOOD = {
    "optimizer.learning_rate": ("0.001", "0.01", "0.1"),
    "optimizer.name": ("sgd", "adam", "nesterov", "adagrad"),
    "architecture.hidden": ("none", "4", "8-4"),
    "architecture.activation": ("relu", "tanh", "prelu"),
    "architecture.dropout": ("0", "0.5"),
    "run.batch_size": ("8", "30", "full"),
    "regularization.early_stopping.watch": ("off", "train_loss"),
}
RANGES = {
    "regularization.gradient_clip": (0.1, 10),
    "regularization.l2": (0.0001, 0.1),
    "regularization.label_smoothing": (0, 0.3),
}


def lists(most: int) -> st.SearchStrategy[list[dict]]:
    """Fields with some of their values."""
    good = st.sampled_from(sorted(GOOD)).flatmap(
        lambda path: st.fixed_dictionaries(
            {
                "path": st.just(path),
                "values": st.lists(st.sampled_from(GOOD[path]), min_size=2, unique=True),
            }
        )
    )
    odd = st.fixed_dictionaries(
        {
            "path": st.sampled_from(PATHS) | odd_text,
            "values": st.lists(st.sampled_from(TEXTS) | st.integers(0, 9).map(str), max_size=4),
        }
    )
    one = st.one_of(good, good, good, good, good, odd)
    return st.lists(one, max_size=most, unique_by=lambda field: field["path"])


SEEDS = st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=3)
SWEEPS = st.fixed_dictionaries({"base": BASES, "axes": lists(2), "seeds": SEEDS})


def measured(base: dict) -> dict:
    """A base by whose validation images a search can choose."""
    return base | {"data": base.get("data", {}) | {"validation": "random"}}


RANGE = st.sampled_from(sorted(RANGES)).map(
    lambda path: {"path": path, "low": RANGES[path][0], "high": RANGES[path][1], "log": False}
)
ODD_RANGE = st.fixed_dictionaries(
    {
        "path": st.sampled_from(PATHS),
        "low": st.sampled_from(NUMBERS),
        "high": st.sampled_from(NUMBERS),
        "log": st.booleans(),
    }
)
SEARCHES = st.fixed_dictionaries(
    {
        "base": BASES.map(measured),
        "fields": st.builds(
            lambda ranges, choices: ranges + choices,
            st.lists(st.one_of(*[RANGE] * 5, ODD_RANGE), min_size=1, max_size=2),
            lists(2),
        ),
        "trials": st.integers(2, 9),
        "seed": st.integers(0, 9),
    }
)
NONSENSE = st.text(max_size=20) | st.sampled_from(["[" * 9999, '{"base":' * 9999, "\ud800", "null"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("data")


@inputs("sweeps")
@given(st.one_of(SWEEPS, spoilt(SWEEPS)).map(json.dumps) | NONSENSE)
@example(json.dumps({"base": {}, "x\n" * 999: 1}))
def test_any_sweep_has_runs_that_train_or_is_refused_clearly(folder, text):
    made = tried("sweeps", lambda: swept(text), SweepError)
    if made:
        sweep, configs = made
        assert len(configs) == sweep.combinations and from_json(sweep.canonical()) == sweep
        fuzz_running.run("sweeps", configs[-1], folder)


def swept(text: str) -> tuple[Sweep, list[RunConfig]]:
    sweep = from_json(text)
    return sweep, [member.config for member in sweep.members()]


@inputs("searches")
@given(st.one_of(SEARCHES, SEARCHES, spoilt(SEARCHES)).map(json.dumps) | NONSENSE)
def test_any_search_proposes_runs_that_train_or_is_refused_clearly(folder, text):
    made = tried("searches", lambda: searched(text), SweepError)
    if made:
        search, values = made
        assert search_from_json(search.canonical()) == search
        assert set(values) == {field.path for field in search.fields}
        fuzz_running.run("searches", search.config(values), folder)


def searched(text: str) -> tuple[Search, dict[str, str]]:
    search = search_from_json(text)
    assert search.first() is None or search.config(search.first()) == search.base
    assert search.combinations is None or search.combinations > -(10**3000)
    corner_configs(search)
    return search, proposed(Proposer(search), 0, set())
