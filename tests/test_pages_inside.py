"""The page Inside, without a browser: every view of networks of both kinds, and refusals."""

from typing import Any

import numpy as np
import pytest

from playground import training
from playground.config import CNN, MLP, ConvBlock, RunConfig
from playground.inside import LayerOutput, NetworkOutputs
from playground.service.question import question_to
from playground.training.attribution import METHODS
from playground.training.loaded_network import answer
from playground.ui import inside
from playground.ui.images import canvas
from playground.ui.inside import network
from tests import pages
from tests.small_runs import NOWHERE
from tests.test_pages_own_picture import ONE

PAGE = "pages/13_Inside.py"
SMALL = {"data.train_images": "300", "run.epochs": "5", "run.device": "cpu"}
DENSE = pages.made(SMALL | {"architecture.hidden": "16-8"})
BLOCKS = RunConfig(
    data=DENSE.data, run=DENSE.run,
    architecture=CNN(blocks=(ConvBlock(channels=(4,)), ConvBlock(channels=(20,))), hidden=(8,)),
)  # fmt: skip
TANH = RunConfig(data=DENSE.data, run=DENSE.run, architecture=MLP(hidden=(12,), activation="tanh"))


@pytest.fixture(scope="module")
def results():
    """What the runs became."""
    return {config: list(training.train(config, NOWHERE))[-1] for config in (DENSE, BLOCKS, TANH)}


@pytest.fixture
def engine(tmp_path, monkeypatch, results):
    """The pages' engine with the runs, whose networks answer here and not in a worker."""
    with pages.idle_engine(tmp_path) as engine:
        for config, result in results.items():
            engine.store.queue(config, result.fingerprint)
            engine.store.start(config.name)
            engine.store.finish(config.name, result)
        engine.asked = []

        def ask(run: str, function: str, timeout: float = 20, **arguments: Any) -> Any:
            engine.asked.append((run, function, arguments))
            asked = question_to(engine.store, run, function, arguments, timeout)
            return answer(function, asked.stored, engine.data, arguments)

        monkeypatch.setattr(engine, "ask", ask)
        yield engine


def visit(config: RunConfig = DENSE, view: str = "Network"):
    at = pages.open_page(config.settings() | {"run": config.name[:16]}, PAGE)
    if view != "Network":
        choose(at, "View", view)
    assert not at.exception
    return at


def choose(at, label: str, option: str) -> None:
    (group,) = [one for one in at.main.button_group if one.label == label]
    group.set_value(option).run()
    assert not at.exception


def words(at) -> str:
    return "\n".join(
        text.value for text in [*at.markdown, *at.caption, *at.info, *at.warning, *at.error]
    ) + "\n".join(one.proto.body for one in at.get("html"))


@pytest.mark.parametrize("config", [DENSE, BLOCKS, TANH], ids=["dense", "blocks", "tanh"])
@pytest.mark.parametrize("view", inside.VIEWS)
def test_every_view_is_drawn_of_every_network(engine, config, view):
    at = visit(config, view)
    assert not at.error and not at.warning
    assert {run for run, _, _ in engine.asked} == {config.name}
    assert not any("not known" in text.value for text in at.caption)


def test_the_network_is_told_with_what_it_says_of_the_image(engine):
    said = words(visit())
    assert "The network says **" in said and "strongest channels" in said


def test_the_epochs_on_the_way_can_be_looked_at(engine):
    at = visit()
    (slider,) = at.select_slider
    assert slider.options == ["1", "2", "3", "4", "5", "end"]
    slider.set_value(2).run()
    assert not at.exception
    assert engine.asked[-1][2]["epoch"] == 2


def test_why_shows_each_method_with_its_check_and_says_what_it_has_nothing_of(engine):
    said = words(visit(DENSE, "Why?"))
    for method in METHODS.values():
        assert f"<h4>{method.title}</h4>" in said
    assert "A network without convolutions has no feature maps to weigh." in said
    others = len(METHODS) - 1
    assert said.count("<figcaption>Check: for") == said.count("Careful:") == others
    assert words(visit(BLOCKS, "Why?")).count("<figcaption>Check: for") == len(METHODS)


def test_units_are_counted_and_followed_through_training(engine):
    at = visit(BLOCKS, "Units")
    said = words(at)
    assert "dead**" in said and "450 test images" in said and "Through training" in said
    assert list(at.dataframe[0].value["Layer"]) == [
        "Block 1, Convolution 3×3, 4 channels",
        "Block 2, Convolution 3×3, 20 channels",
        "Dense, 8 units",
    ]
    for measure in ("Weights", "Gradients", "Steps"):
        choose(at, "Measure", measure)
    choose(at, "Measure", "Saturation")
    assert "no tanh or sigmoid" in words(at)


def test_a_run_that_kept_no_epochs_says_so(engine):
    (engine.store.folder / DENSE.name / "snapshots.safetensors").unlink()
    at = visit(DENSE, "Units")
    assert "this run kept no epochs on the way" in words(at)
    assert not visit().select_slider


def test_a_unit_less_is_ranked_and_two_runs_are_broken_beside_each_other(engine):
    at = visit(DENSE, "Break it")
    assert "Right: **" in words(at) and "at 50 % of the range" in words(at)
    choose(at, "What to do", "units")
    assert "Missed most:" in words(at)
    link = DENSE.settings() | {"run": DENSE.name[:16], "with": TANH.name[:16]}
    beside = pages.open_page(link, PAGE)
    choose(beside, "View", "Break it")
    runs = [run for run, name, _ in engine.asked if name.endswith("with_disturbed")]
    assert runs.count(TANH.name) == 6 and DENSE.name in runs
    assert words(beside).count("at 50 % of the range") == 2


def test_a_unit_switched_off_by_hand_changes_the_answer_and_can_be_undone(engine):
    at = visit(DENSE, "By hand")
    assert "Nothing is stored" in words(at)
    (off,) = [one for one in at.toggle if one.label == "Switched off"]
    off.set_value(True).run()
    assert not at.exception
    assert [one.what for one in engine.asked[-1][2]["edits"]] == ["off"]
    (undo,) = [one for one in at.button if one.label == "Undo all 1"]
    undo.click().run()
    assert not at.exception
    assert not any(one.value for one in at.main.toggle)
    assert not [one for one in at.button if one.label.startswith("Undo all")]


def test_a_weight_and_a_bias_are_changed_by_hand(engine):
    at = visit(BLOCKS, "By hand")
    numbers = {one.label: one for one in at.number_input}
    numbers["Weight"].set_value(2.5).run()
    (edit,) = engine.asked[-1][2]["edits"]
    assert (edit.what, edit.value, len(edit.index)) == ("weight", 2.5, 4)
    {one.label: one for one in at.number_input}["Bias"].set_value(-1.0).run()
    assert {one.what for one in engine.asked[-1][2]["edits"]} == {"weight", "bias"}
    assert not at.exception


def test_ones_own_drawing_is_looked_into(engine, monkeypatch):
    monkeypatch.setattr(canvas, "canvas", lambda key, label: ONE)
    at = visit()
    choose(at, "Image", "Draw")
    pixels = engine.asked[-1][2]["pixels"]
    assert pixels.shape == (1, 8, 8, 1) and pixels.max() == 16


def test_a_drawing_that_is_not_there_yet_asks_for_one(engine, monkeypatch):
    monkeypatch.setattr(canvas, "canvas", lambda key, label: [])
    at = visit()
    choose(at, "Image", "Draw")
    assert "Draw a digit" in words(at)


def test_mistakes_come_one_by_one_the_surest_first(engine):
    at = visit()
    choose(at, "Image", "Mistake")
    (box,) = [one for one in at.number_input if one.label.startswith("Mistake")]
    first = engine.asked[-1][2]["pixels"]
    box.set_value(2).run()
    assert not np.array_equal(first, engine.asked[-1][2]["pixels"])


def test_a_run_without_weights_says_so(engine):
    (engine.store.folder / DENSE.name / "weights.safetensors").unlink()
    at = pages.open_page(DENSE.settings() | {"run": DENSE.name[:16]}, PAGE)
    assert "This run left no weights" in words(at)


def outputs(*channels: int) -> NetworkOutputs:
    layers = tuple(
        LayerOutput(
            place, 0, "conv", "A layer", (count, 2, 2), 0.0, 1.0, 0.0, np.arange(count),
            np.zeros((count, 2, 2), np.float32),
        )
        for place, count in enumerate(channels)
    )  # fmt: skip
    return NetworkOutputs(layers, np.zeros(3, np.float32), np.ones(3, np.float32) / 3)


@pytest.mark.parametrize(
    "sent", [None, "", "1", "1.", ".1", "9.0", "0.99", "-1.0", "1.x", 3, ["0.1"], "٣.0", "9" * 99]
)
def test_a_forged_choice_of_a_channel_is_none(sent):
    assert network._picked(sent, outputs(4, 5)) is None
    assert network._picked("1.4", outputs(4, 5)) == (1, 4)


@pytest.mark.parametrize("sent", [None, "0", {"a": 1}, [-1], ["0"], [1e9], [2.5], [[0]], [None]])
def test_forged_layers_are_none(sent):
    assert network._places(sent) == []
    assert network._places([3, 1, 1]) == [1, 3]
