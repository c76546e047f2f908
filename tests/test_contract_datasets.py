"""What every data set promises, by being a class below ``Data``: this file knows none by name.

A set that is read from files needs small ones: see ``tests/small_sets.py``.
"""

import importlib
import re

import nbformat
import numpy as np
import onnxruntime
import pytest
from nbclient import NotebookClient

from playground import training
from playground.analysis import names
from playground.config import (
    CNN,
    KINDS,
    ConvBlock,
    RunConfig,
    beginning,
    settings_of,
    with_settings,
)
from playground.config.lessons import lesson_of
from playground.config.sweeps import Axis, Sweep
from playground.data import datasets, drawing
from playground.data.datasets import DataError
from playground.export import FILE_FORMATS
from playground.network import lay_out
from playground.results import Result
from playground.service import stacking
from playground.store import RunStore
from playground.training.stacked_loop import train_stacked
from playground.ui.images import canvas
from tests import pages, report_runs, small_runs, small_sets
from tests.command_line import CommandLine
from tests.exported import assert_same, executed, module_of
from tests.serving import serving

pytestmark = pytest.mark.slow

LINE = [[[0.5, 0.15], [0.48, 0.85]]]


@pytest.fixture(scope="module", params=small_sets.ALL)
def data(request, tmp_path_factory):
    """A small data set of each kind; ``folder`` has its files."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp(request.param)
        yield small_sets.save(request.param, folder, patch), folder


@pytest.fixture(scope="module")
def stored(data, tmp_path_factory):
    """A run on it that was trained, as its exports read it."""
    store = RunStore(tmp_path_factory.mktemp("runs"))
    yield report_runs.subject(store, run_on(data[0]), folder=data[1])
    store.close()


def run_on(data) -> RunConfig:
    """A small run: on few images, and with convolutions, so that shape and channels matter."""
    few = data.model_copy(update={"train_images": 30, "validation_fraction": 0.5})
    network = CNN(blocks=(ConvBlock(channels=(3,)),), hidden=())
    return small_runs.small(data=few, architecture=network, epochs=2, batch=10)


# --- what it says of itself ----------------------------------------------------------------------


@pytest.mark.parametrize("kind", small_sets.ALL)
def test_it_says_what_it_is_where_it_comes_from_and_what_it_is_not_for(kind):
    data = KINDS["data"][kind]
    assert data.label and data.__doc__
    assert data.short or "file" in settings_of(data), "a line on a run calls it something"
    assert data.origin.endswith(".") and data.not_for and all(map(sentence, data.not_for))
    assert all(map(sentence, filter(None, (data.licence, data.mirrored, *data.limits))))
    assert data.licence or "file" in settings_of(data)
    assert callable(importlib.import_module(data.loader).load)
    if data.shape:
        height, width, channels = data.shape
        lay_out(beginning(kind).architecture, (channels, height, width), len(data.classes))


def sentence(text: str) -> bool:
    return text[0].isupper() and text.endswith(".")


@pytest.mark.parametrize("kind", small_sets.ALL)
def test_without_its_files_it_says_what_to_do(kind, tmp_path):
    data = KINDS["data"][kind]()
    assert datasets.ready(kind, tmp_path) is (data.download is None)
    if data.shape and not data.download:
        assert len(datasets.load(data, tmp_path).labels)
        return
    with pytest.raises(DataError) as raised:
        datasets.load(data, tmp_path)
    told = str(raised.value)
    assert sentence(told) and "data folder" in told and str(tmp_path) not in told
    if data.download:
        assert f"fetch {kind}" in told and told.startswith(data.short)


# --- what is loaded ------------------------------------------------------------------------------


def test_what_is_loaded_is_as_it_says(data):
    data, folder = data
    found = datasets.load(data, folder)
    assert found.images.dtype == np.uint8 and found.labels.dtype == np.int64
    assert found.images.ndim == 4 and len(found.images) == len(found.labels)
    assert found.images.max() <= found.max_pixel
    assert data.shape in (None, found.images.shape[1:])
    assert data.classes in ((), found.classes)
    assert set(np.unique(found.labels)) <= set(range(len(found.classes)))
    if data.counts:
        assert 0 < found.test_start <= data.counts[0]
        assert 0 < len(found.labels) - found.test_start <= data.counts[1]
    assert (found.test_start is None) or data.counts or not data.shape
    assert "test_fraction" in settings_of(type(data)) or found.test_start
    assert datasets.ready(data.name, folder)


def test_facts_count_what_the_split_has(data):
    data, folder = data
    whole = data.model_copy(update={"train_images": "all", "validation": "none"})
    facts, found = datasets.facts(whole, folder), datasets.load(whole, folder)
    split = datasets.split(found, whole)
    assert (facts.n_train_pool, facts.n_test) == (len(split.train), len(split.test))
    assert facts.input_shape == found.input_shape and facts.classes == found.classes


def test_its_fingerprint_is_the_same_wherever_it_is_prepared(data, tmp_path, monkeypatch):
    data, folder = data
    again = small_sets.save(data.name, tmp_path, monkeypatch)
    assert again == data
    fingerprint = datasets.fingerprint(data, folder)
    assert datasets.fingerprint(again, tmp_path) == fingerprint and len(fingerprint) == 64


# --- as a run ------------------------------------------------------------------------------------


def test_a_script_comes_to_the_runs_figures(data):
    data, folder = data
    assert assert_same(run_on(data), folder).status == "finished"


def test_the_script_as_it_is_handed_out_runs(stored, data):
    *_, result = training.train(stored.config, data[1])
    executed(module_of(FILE_FORMATS["script"].make([stored]).decode()), result, data[1])


def test_a_notebook_comes_to_the_runs_figures(stored, data, tmp_path, monkeypatch):
    monkeypatch.delenv("MPLBACKEND", raising=False)  # a package of the app sets it
    (tmp_path / "data").symlink_to(data[1])
    notebook = nbformat.reads(FILE_FORMATS["notebook"].make([stored]).decode(), as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": tmp_path}}).execute()
    cell = next(one for one in notebook.cells if one.id == "figures")
    told = "".join(one.get("text", "") for one in cell.outputs)
    for name, scores in stored.run.scores.items():
        assert re.search(rf"{name} +loss {scores.loss:.4f}  accuracy +{scores.accuracy:.2%}", told)


def test_an_onnx_file_gives_the_stored_probabilities(stored):
    session = onnxruntime.InferenceSession(FILE_FORMATS["onnx"].make([stored]))
    pixels = stored.dataset.images[stored.split.test].transpose(0, 3, 1, 2)
    (found,) = session.run(["probabilities"], {"pixels": np.ascontiguousarray(pixels)})
    assert np.abs(found - stored.predictions("test").probabilities).max() < 1e-4


def test_its_card_says_where_it_comes_from_and_what_it_is_not_for(stored):
    data, card = stored.config.data, FILE_FORMATS["card"].make([stored]).decode()
    assert data.licence in card and data.origin.partition("{")[0] in card
    assert all(line in card for line in (*data.not_for, *data.limits))
    assert stored.dataset.fingerprint in card


def test_a_link_a_sweep_and_a_lesson_hold_it(data):
    config = run_on(data[0])
    assert with_settings(config.settings()) == (config, [])
    axes = (Axis(path="data.validation_fraction", values=("0.2", "0.4")),)
    members = [one.config for one in Sweep(base=config, axes=axes, seeds=(0,)).members()]
    assert [one.data.validation_fraction for one in members] == [0.2, 0.4]
    assert {type(one.data) for one in members} == {type(config.data)}
    fixed = lesson_of(title="A lesson", start=config, open=("run.epochs",))
    assert fixed.hold(RunConfig()).data == config.data
    free = lesson_of(title="A lesson", start=RunConfig(), open=("data.name",))
    assert free.hold(config).data.name == config.data.name
    assert names.of_config(config).startswith(config.data.in_a_line)


def test_it_trains_in_a_stack_as_it_does_alone(data):
    one, folder = data
    few = one.model_copy(update={"train_images": 30, "validation_fraction": 0.5})
    configs = [small_runs.small(data=few, seed=seed) for seed in (0, 1)]
    assert stacking.key(configs[0], datasets.facts(few, folder))
    told = train_stacked(configs, folder, lambda: set(), lambda epochs: None)
    results = {place: item for place, item in told if isinstance(item, Result)}
    for place, config in enumerate(configs):
        for name, scores in small_runs.trained(config, folder).scores.items():
            assert results[place].scores[name].loss == pytest.approx(scores.loss, rel=2e-3)


def test_the_command_line_trains_it(data, tmp_path, monkeypatch, capsys):
    command = CommandLine(tmp_path, monkeypatch, capsys)
    monkeypatch.setenv("PLAYGROUND_DATA", str(data[1]))
    settings = [f"{path}={text}" for path, text in run_on(data[0]).settings().items()]
    (tmp_path / "empty.json").write_text("{}")
    chosen = [word for setting in settings for word in ("--set", setting)]
    said = command("run", str(tmp_path / "empty.json"), *chosen, "--json")
    assert said.code == 0 and said.json["config"]["data"]["name"] == data[0].name
    assert said.json["run"] == run_on(data[0]).name


# --- on the pages --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", small_sets.ALL)
def test_the_sidebar_chooses_it_with_what_it_begins_with_and_keeps_what_was_set(kind, tmp_path):
    with pages.idle_engine(tmp_path) as engine:
        at = pages.change(pages.open_page(), "data.kind", kind)
        config = pages.config_of(at)
        assert config == beginning(kind)
        labels = {button.label for button in at.sidebar.button}
        if download := KINDS["data"][kind].download:
            short = KINDS["data"][kind].short
            label = f"Download {short} ({download.size / 1e6:,.0f} MB)"
            (button,) = [one for one in at.sidebar.button if one.label == label]
            button.click().run()
            assert engine.download(kind).active
        else:
            assert not any(label.startswith("Download") for label in labels)
        own = pages.change(pages.open_page(), "architecture.mlp.hidden", "7")
        there = pages.change(own, "data.kind", kind)
        assert kind == "digits" or pages.config_of(there) == beginning(kind)
        back = pages.config_of(pages.change(there, "data.kind", "digits"))
        assert back.architecture.hidden == (7,), "what was set for a data set waits there"


def test_it_is_shown_and_drawn_for(data, stored, tmp_path, monkeypatch):
    data, folder = data
    monkeypatch.setattr(canvas, "canvas", lambda key, label: LINE)
    with pages.idle_engine(tmp_path) as engine:
        engine.data.rmdir()
        engine.data.symlink_to(folder)
        at = pages.open_page(stored.config, pages.DATA)
        assert not at.sidebar.error
        assert len(at.main.get("image")) == len(stored.dataset.classes)
        monkeypatch.setattr(
            engine, "predict", lambda run, pixels: np.eye(len(stored.dataset.classes))[:1]
        )
        report = small_runs.trained(stored.config, folder)
        report_runs.stored(engine.store, stored.config, report, folder=folder)
        link = stored.config.settings() | {"run": stored.config.name[:16]}
        at = pages.open_page(link, "pages/10_Draw.py")
        assert not at.main.error
        is_grey = stored.dataset.input_shape[0] == 1
        assert ("The network says" in {one.label for one in at.main.metric}) is is_grey


def test_a_drawing_becomes_one_of_its_images(data):
    data, folder = data
    found = datasets.load(data, folder)
    if found.input_shape[0] != 1:
        pytest.skip("nothing is drawn for colour")
    pixels = drawing.pixels_of(LINE, found.input_shape, found.max_pixel, data.drawing)
    assert pixels.shape == found.images.shape[1:] and pixels.dtype == np.uint8
    assert pixels.max() == found.max_pixel and pixels.min() == 0


# --- its download --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", small_sets.DOWNLOADED)
def test_it_is_downloaded_checked_and_prepared(kind, tmp_path, monkeypatch, capsys):
    command = CommandLine(tmp_path, monkeypatch, capsys)
    with serving() as (address, answers):
        contents = small_sets.publish(kind, monkeypatch, address)
        answers |= {f"/{name}": (200, len(one), one) for name, one in contents.items()}
        said = command("fetch", kind)
        short = KINDS["data"][kind].short
        assert (said.code, said.out) == (0, f"{short} is now in {command.data}.\n")
        answers.clear()
        assert "already" in command("fetch", kind).out
    assert len(datasets.load(KINDS["data"][kind](), command.data).labels)
    assert not list(command.data.rglob("*.partial"))


@pytest.mark.parametrize("kind", small_sets.DOWNLOADED)
def test_a_file_that_is_not_the_published_one_is_refused(kind, tmp_path, monkeypatch):
    with serving() as (address, answers):
        contents = small_sets.publish(kind, monkeypatch, address)
        for name, one in contents.items():
            answers |= {f"/{other}": (200, len(o), o) for other, o in contents.items()}
            answers[f"/{name}"] = (200, len(one), bytes(len(one)))
            with pytest.raises(DataError, match="not the published file") as raised:
                datasets.fetch(kind, tmp_path)
            assert name in str(raised.value)
            assert not list(tmp_path.rglob("*.partial")) and not list(tmp_path.rglob(name))
        del answers[f"/{name}"]
        with pytest.raises(DataError, match="answered 404"):
            datasets.fetch(kind, tmp_path)


@pytest.mark.parametrize("kind", small_sets.DOWNLOADED)
def test_broken_files_that_were_put_there_are_refused(kind, tmp_path, monkeypatch):
    contents = small_sets.module(kind).contents()
    for place, (name, one) in enumerate(contents.items()):
        for number, broken in enumerate((one[: len(one) // 2], b"", b"\x1f\x8b" + one[2:][::-1])):
            with pytest.MonkeyPatch.context() as patch:
                small_sets.publish(kind, patch, **{name: broken})
                home = tmp_path / f"{place}-{number}"
                folder = home / KINDS["data"][kind].download.folder
                folder.mkdir(parents=True)
                for other, content in (contents | {name: broken}).items():
                    (folder / other).write_bytes(content)
                with pytest.raises(DataError) as raised:
                    datasets.load(KINDS["data"][kind](), home)
            assert sentence(str(raised.value)) and "download" in str(raised.value)
