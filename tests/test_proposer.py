"""What a search tries next, what mattered in it, and what the form suggests."""

import subprocess
import sys

import pytest

from playground.config import CNN, RunConfig, setting_of
from playground.config.sweeps import Choice, Range, Search, corner_configs, measured_on
from playground.results import EpochMetrics
from playground.service.proposer import Proposer, importances
from playground.store import Trial
from playground.ui.studies import suggested_values
from playground.ui.studies.search_form import _NEVER
from tests.trials import proposed

RATE = Range(path="optimizer.learning_rate", low=0.0001, high=0.1, log=True)
WIDTHS = Choice(path="architecture.hidden", values=("16", "32-16", "64-32"))


def test_what_is_proposed_does_not_depend_on_stops():
    search = Search(base=RunConfig(), fields=(RATE, WIDTHS), trials=30, seed=4)

    def trial(number: int, values: dict[str, str]) -> Trial:
        rate = float(values[RATE.path])
        return Trial(
            number, search.config(values).name, values, "", "complete", 1 - abs(rate - 0.02), 3
        )

    straight, trials = Proposer(search), list[Trial]()
    for number in range(15):
        if number == 12:
            resumed = Proposer(search)
            for one in trials:
                resumed.learn(one, [])
            assert proposed(resumed, 12, set()) == proposed(straight, 12, set())
        trials.append(trial(number, proposed(straight, number, {one.run for one in trials})))
        straight.learn(trials[-1], [])
    assert len({one.run for one in trials}) == 15


def test_every_combination_is_tried_before_one_is_tried_again():
    search = Search(base=RunConfig(), fields=(WIDTHS,), trials=3)
    proposer, taken = Proposer(search), set[str]()
    for number in range(3):
        values = proposed(proposer, number, taken)
        taken.add(search.config(values).name)
        proposer.learn(Trial(number, "", values, "", "complete", 0.9 + number / 100, 3), [])
    assert len(taken) == 3


def epochs(accuracies: list[float]) -> list[EpochMetrics]:
    """Epochs that came to these validation accuracies."""
    return [
        EpochMetrics(number, 1.0, 0.5, 1.0, accuracy, 0.001, 1.0, 0.1, 1000.0)
        for number, accuracy in enumerate(accuracies, start=1)
    ]


def test_a_trial_is_given_up_for_its_epochs_and_not_for_when_they_were_seen():
    search = Search(base=RunConfig(), fields=(RATE,), trials=20)  # 30 epochs
    proposer = Proposer(search)
    good, bad = [0.5 + n / 100 for n in range(30)], [0.4] * 30
    for number in range(5):
        assert not proposer.pruner().falls_behind(epochs(bad)), "the first five are never given up"
        values = {RATE.path: f"{0.001 * (number + 1):.4g}"}
        trial = Trial(number, str(number), values, "", "complete", good[-1], 30)
        proposer.learn(trial, epochs(good))
    watched, late = proposer.pruner(), proposer.pruner()
    assert not watched.falls_behind(epochs(bad[:5])), "nor is any in the first fifth"
    assert watched.wants(6) and not watched.wants(5)
    assert watched.falls_behind(epochs(bad[:6])) and not watched.wants(30)
    assert late.falls_behind(epochs([*bad[:6], *good[6:]])), "it recovered too late"
    assert not proposer.pruner().falls_behind(epochs(good))


def test_what_mattered_is_told_only_once_there_is_enough_to_tell():
    search = Search(base=RunConfig(), fields=(RATE, WIDTHS), trials=30)

    def trials(count: int, value) -> list[Trial]:
        return [
            Trial(n, str(n), {RATE.path: f"{0.001 * (n + 1):.4g}", WIDTHS.path: "16"},
                  "", "complete", value(n), 3)
            for n in range(count)
        ]  # fmt: skip

    assert importances(search, trials(5, float)) == {}
    assert importances(search, trials(9, lambda n: 0.5)) == {}
    found = importances(search, trials(9, lambda n: n / 10))
    assert found[RATE.path] > 0.99 and found[WIDTHS.path] == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize("base", [RunConfig(), RunConfig(architecture=CNN())])
def test_every_setting_that_is_offered_begins_with_values_that_can_be_searched(base):
    offered = suggested_values.settings_to_vary(
        base, _NEVER | measured_on(base.data.validation_from)
    )
    assert offered[:2] == list(suggested_values.USUAL_SETTINGS) and "run.epochs" not in offered
    without_effect = set()
    for path in offered:
        setting = setting_of(base, path)
        if suggested_values.is_range(setting):
            low, high, log = suggested_values.range_of(base, path, setting)
            field = Range(path=path, low=low, high=high, log=log)
        else:
            values = suggested_values.search_values(base, path, setting)
            assert set(values) <= set(suggested_values.choices_of(path, setting) or values)
            field = Choice(path=path, values=tuple(values))
        try:
            corner_configs(Search(base=base, fields=(field,), trials=2))
        except ValueError as error:
            assert "has no effect" in str(error), path
            without_effect.add(path)
    assert without_effect <= set(), "what has no effect is not offered"


def test_an_app_without_a_search_imports_no_optuna():
    code = "import sys, playground.service, playground.ui.studies; print('optuna' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"
