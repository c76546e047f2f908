"""What every kind goes through by being there: script, notebook, ONNX, card, sweep, lesson, stack.

A kind is an optimizer, a schedule, an activation, an initialisation or a scaling; a new one is
tested here without a line of its own. Data sets have theirs in test_contract_datasets.py.
"""

import json
import re
from functools import cache

import nbformat
import pytest
from matplotlib import pyplot

from playground import training
from playground.analysis import labels
from playground.config import KINDS, RunConfig, flat, lessons, with_settings
from playground.config.activation import ACTIVATIONS
from playground.config.data import SCALINGS
from playground.config.network import INITIALIZATIONS
from playground.config.sweeps import Axis, Sweep
from playground.data import datasets
from playground.export import Subject
from playground.export.card import card_of
from playground.export.network_files import onnx_of
from playground.export.script import notebook_of
from playground.results import Result
from playground.service import stacking
from playground.store import RunStore
from playground.training.stacked_loop import train_stacked
from tests import report_runs
from tests.exported import executed, module_of, source_of
from tests.small_runs import NOWHERE, small

pytestmark = pytest.mark.slow

CHOICES = {
    "optimizer.name": KINDS["optimizer"],
    "schedule.kind": KINDS["schedule"],
    "architecture.activation": ACTIVATIONS,
    "architecture.initialization": INITIALIZATIONS,
    "data.scaling": SCALINGS,
}
ALL = [(path, choice) for path, choices in CHOICES.items() for choice in choices]
EVERY_KIND = pytest.mark.parametrize(("path", "choice"), ALL, ids=lambda one: one.split(".")[-1])


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A function: the trained and stored run of a choice."""
    store = RunStore(tmp_path_factory.mktemp("runs"))

    @cache
    def of(path: str, choice: str) -> Subject:
        return report_runs.subject(store, config_of(path, choice))

    yield of
    store.close()


def config_of(path: str, choice: str) -> RunConfig:
    """A small run with a choice, set as a link or the command line sets it."""
    start = small(epochs=3)
    settings = {path: choice}
    if path == "schedule.kind":
        settings["optimizer.name"] = "sgd"
    config, problems = with_settings(settings, start)
    assert problems == [] and flat(config)[path] == choice
    return config


@EVERY_KIND
def test_it_has_a_name_and_comes_back_from_a_link(path, choice):
    config = config_of(path, choice)
    label = labels.of_current_value(config, path)
    assert label and "_" not in label and not label[0].islower()
    assert with_settings(config.settings()) == (config, [])


@EVERY_KIND
def test_its_script_gives_the_figures_of_its_run_to_the_last_bit(path, choice, trained):
    subject = trained(path, choice)
    assert subject.run.status == "finished"
    *_, result = training.train(subject.config, NOWHERE)
    code = source_of(subject.config, NOWHERE, result.execution).rendered()
    executed(module_of(code), result)


@EVERY_KIND
def test_its_notebook_executes(path, choice, trained, tmp_path, monkeypatch, capsys):
    subject = trained(path, choice)
    notebook = nbformat.reads(notebook_of(subject).decode(), as_version=4)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("matplotlib.pyplot.show", lambda: pyplot.close("all"))
    module_of("\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code"))
    told = capsys.readouterr().out
    for name, scores in subject.run.scores.items():
        if scores:
            line = rf"{name} +loss {scores.loss:.4f}  accuracy +{scores.accuracy:.2%}  "
            assert re.search(line, told)


@EVERY_KIND
def test_onnx_gives_its_probabilities(path, choice, trained):
    subject = trained(path, choice)
    assert onnx_of(subject), "which compares them with the run's"


@EVERY_KIND
def test_its_card_names_it_and_holds_its_settings(path, choice, trained):
    subject = trained(path, choice)
    card = card_of(subject).decode()
    (text,) = re.findall(r"```json\n(.*?)```", card, re.S)
    assert json.loads(text) == json.loads(subject.config.canonical())
    changed = labels.of_settings(subject.config)
    assert all(labels.plain(phrase) in card for phrase in changed)


@EVERY_KIND
def test_a_sweep_takes_it_beside_all_others(path, choice):
    others = tuple(CHOICES[path])
    sweep = Sweep(base=small(), axes=(Axis(path=path, values=others),))
    found = {member.values[0]: member.config for member in sweep.members()}
    assert flat(found[choice])[path] == choice and len(set(found.values())) == len(others)


@EVERY_KIND
def test_a_lesson_that_opens_it_lets_it_be_chosen_and_another_holds_it(path, choice):
    start, asked = small(), config_of(path, choice)
    if path in lessons.controls_of(start):
        opened = lessons.lesson_of(title="Open", start=start, open=(path,))
        assert flat(opened.hold(asked))[path] == choice
        assert opened.take(opened.changed_settings(opened.hold(asked)))[1] == []
    held = lessons.lesson_of(title="Held", start=asked, open=("run.epochs",))
    assert flat(held.hold(start))[path] == choice


@EVERY_KIND
def test_it_trains_in_a_stack_as_it_does_alone_or_says_that_it_trains_alone(path, choice, trained):
    subject = trained(path, choice)
    facts = datasets.facts(subject.config.data, NOWHERE)
    learned = ACTIVATIONS[subject.config.architecture.activation].learned
    stacks = subject.config.optimizer.stack_rule is not None and not learned
    assert (stacking.key(subject.config, facts) is not None) == stacks
    if not stacks:
        return  # the run of this test's fixture trained so
    configs = [subject.config, subject.config.with_seed(7)]
    told = train_stacked(configs, NOWHERE, lambda: set(), lambda epochs: None)
    results = {place: one for place, one in told if isinstance(one, Result)}
    for name, scores in subject.run.scores.items():
        if scores:
            assert results[0].scores[name].loss == pytest.approx(scores.loss, rel=2e-3)
