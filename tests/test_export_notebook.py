"""The notebook of a run is the script in steps: it executes, and comes to the run's figures."""

import json
import re
import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient

from playground.config import CNN, KINDS, ConvBlock
from playground.export.script import notebook_of
from playground.export.source import OPTIONS
from tests import own_images, report_runs, small_cifar10
from tests.small_runs import EVERYTHING, small

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def plots_are_drawn_by_the_notebook(monkeypatch):
    monkeypatch.delenv("MPLBACKEND", raising=False)  # a package of the app sets it


def executed(subject, folder):
    """The notebook with its outputs."""
    notebook = nbformat.reads(notebook_of(subject).decode(), as_version=4)
    return NotebookClient(notebook, timeout=120, resources={"metadata": {"path": folder}}).execute()


def output_of(notebook, cell) -> str:
    found = next(one for one in notebook.cells if one.id == cell)
    return "".join(one.get("text", "") for one in found.outputs)


def pictures(notebook) -> int:
    outputs = [one for cell in notebook.cells for one in cell.get("outputs", ())]
    return sum("image/png" in one.get("data", {}) for one in outputs)


def test_it_executes_and_comes_to_the_figures_of_the_run(store, tmp_path):
    subject = report_runs.subject(store, EVERYTHING)
    notebook = executed(subject, tmp_path)
    assert pictures(notebook) == 3
    figures = output_of(notebook, "figures")
    for name, scores in subject.run.scores.items():
        line = rf"{name} +loss {scores.loss:.4f}  accuracy +{scores.accuracy:.2%}  "
        assert re.search(line, figures)
    assert len(output_of(notebook, "train").splitlines()) == EVERYTHING.run.epochs


def test_own_images_with_odd_names_execute(store, tmp_path):
    names = ['"; import os #', "ка'т", r"{{ 7 * 7 }} $\bad$"]
    home = tmp_path / "data"
    home.mkdir()
    data = own_images.save(home, "it's [x](1) {{ 7 }} ü.npz", class_names=names)
    network = CNN(blocks=(ConvBlock(channels=(3,)),), hidden=())
    subject = report_runs.subject(
        store, small(data=data, architecture=network, batch="full"), folder=home
    )
    notebook = executed(subject, tmp_path)
    assert pictures(notebook) == 3
    assert notebook.cells[0].source.startswith(r"# it's \[x\](1) {{ 7 }} ü.npz · CNN 3 ·")


@pytest.fixture
def every_kind(store, tmp_path):
    """Notebooks of data sets with a test of their own and without, as they are exported."""
    small_cifar10.save_npz(tmp_path)
    configs = [
        small(data=KINDS["data"]["cifar10"](train_images=40, flip=True)),
        small(data=own_images.save(tmp_path)),
        small(data=KINDS["data"]["digits"](validation="none")),
    ]
    return [notebook_of(report_runs.subject(store, config, folder=tmp_path)) for config in configs]


def test_it_is_valid_says_what_it_is_and_is_laid_out_by_ruff(every_kind, tmp_path):
    for number, content in enumerate(every_kind):
        notebook = nbformat.reads(content.decode(), as_version=4)
        nbformat.validate(notebook)
        first = notebook.cells[0].source
        assert (
            first.startswith("# ")
            and "bit for bit" in " ".join(first.split())
            and "accuracy" in first
        )
        assert "pip install matplotlib torch" in first and "the script" not in first
        assert not any(cell.get("outputs") for cell in notebook.cells)
        json.loads(content)
        (tmp_path / f"run_{number}.ipynb").write_bytes(content)
    ruff = [sys.executable, "-m", "ruff"]
    subprocess.run([*ruff, "check", *OPTIONS, str(tmp_path)], check=True)


def test_the_same_run_gives_the_same_file(store):
    subject = report_runs.subject(store, small())
    assert notebook_of(subject) == notebook_of(subject)
