"""The model card: figures from the store, honest words, and code that loads what it speaks of."""

import re
from dataclasses import replace

import numpy as np
import pytest

from playground import formats
from playground.analysis import evaluation
from playground.config import Digits, EarlyStopping, Regularization, from_json, with_settings
from playground.export import FILE_FORMATS
from playground.export.card import card_of
from playground.export.network_files import weights_of
from playground.store import RunStore
from tests import own_images, report_runs, small_runs, stored_runs


@pytest.fixture(scope="module")
def subject(tmp_path_factory):
    store = RunStore(tmp_path_factory.mktemp("runs"))
    config = with_settings({"data.scaling": "standard"}, report_runs.CONVOLUTIONS)[0]
    yield report_runs.subject(store, config, "*My* first | run <b>")
    store.close()


def tables(card: str) -> dict[str, list[list[str]]]:
    """The rows of each table, by its first heading."""
    found = {}
    for block in re.findall(r"(?:^\|.*\|\n?)+", card, re.M):
        rows = [re.split(r" (?<!\\)\| ", f" {line[1:-1]} ") for line in block.splitlines()]
        rows = [[cell.strip() for cell in row] for row in rows]
        found[rows[0][0]] = [rows[0], *rows[2:]]
    return found


def test_figures_are_those_of_the_store_and_its_predictions(subject):
    card = FILE_FORMATS["card"].make([subject]).decode()
    found = tables(card)
    for row, split in zip(found["Images"][1:], ("train", "validation", "test"), strict=True):
        told = subject.run.scores[split]
        figures = [f"{told.images:,}", formats.share(told.accuracy), formats.loss(told.loss)]
        assert row == [split.capitalize(), *figures]
    assert found["Split"][1:] == [["Train", "160"], ["Validation", "269"], ["Test", "450"]]
    test = subject.predictions("test")
    figures = evaluation.per_class(evaluation.confusion(test.labels, test.predicted, 10))
    for row, recall, n in zip(found["Class"][1:], figures.recall, figures.images, strict=True):
        assert (row[1], row[3]) == (str(n), formats.share(recall))
    error = evaluation.calibration(test.labels, test.probabilities).error
    assert (
        f"{100 * error:.1f} points apart, on average over the 450 test images (expected calibration"
        in card
    )
    facts = dict(found["How it was computed"])
    assert facts["Parameters"] == f"{subject.run.parameters:,}"
    assert facts["Versions"].startswith("python ")
    assert [row[0] for row in found["Layer"][1:]] == [one.title for one in subject.plan.layers]
    assert f"`{subject.run.name}`" in card and subject.dataset.fingerprint in card


def test_its_settings_are_the_run_s_and_run_again(subject):
    card = card_of(subject).decode()
    (text,) = re.findall(r"```json\n(.*?)```", card, re.S)
    assert from_json(text) == subject.config


def test_its_code_loads_the_weights_and_predicts_what_was_stored(subject, tmp_path, capsys):
    card = card_of(subject).decode()
    (code,) = re.findall(r"```python\n(.*?)```", card, re.S)
    (tmp_path / f"{subject.stem}.safetensors").write_bytes(weights_of(subject))
    code = code.replace(f'"{subject.stem}', f'"{tmp_path}/{subject.stem}')
    pixels = subject.dataset.images[subject.split.test]
    code = code.replace("np.zeros((1, 8, 8, 1), np.uint8)", "given")
    told = {"given": pixels}
    exec(code, told)
    stored = subject.predictions("test").probabilities
    assert np.abs(told["probabilities"].numpy() - stored).max() < 1e-5
    assert capsys.readouterr().out.split()[0] == str(stored[0].argmax())


def test_what_others_wrote_is_escaped(subject, store, tmp_path):
    assert card_of(subject).startswith(b"# \\*My\\* first \\| run \\<b\\>\n")
    names = np.array(["a | b", "<script>", "[x](http://example.org)"])
    own = own_images.save(tmp_path, class_names=names)
    made = report_runs.subject(store, small_runs.small(data=own, epochs=1), folder=tmp_path)
    card = card_of(made).decode()
    assert "from the file mine.npz. Say here where they come from" in card
    assert r"a \| b" in card and r"\<script\>" in card and r"\[x\](http\:" in card
    assert [len(row) for row in tables(card)["Class"]] == [5] * 4
    assert "https://" not in card and "Say here what else follows" in card


def test_it_says_how_the_choice_was_made(subject, store):
    assert "The test images were read once, at the end" in card_of(subject).decode()
    config = small_runs.small(
        epochs=9,
        data=Digits(train_images=200, validation="test", label_noise=0.1),
        regularization=Regularization(early_stopping=EarlyStopping(watch="validation_loss")),
    )
    card = card_of(report_runs.subject(store, config)).decode()
    assert "so the test figures are not independent." in card
    assert "standard error" not in card
    assert "10\u00a0% of the training labels were made wrong on purpose" in card
    assert "once its validation loss had not got better for 5 epochs" in card


def test_it_says_what_it_is_not_for(subject, store, cifar10_folder):
    assert "Reading handwriting on forms" in card_of(subject).decode()
    config = with_settings({"data.name": "cifar10", "run.epochs": "2"})[0]
    stored_runs.finished(store, config, cifar10_folder)
    card = card_of(report_runs.read(store, config, cifar10_folder)).decode()
    assert "A. Krizhevsky" in card and "given one of ten names" in card
    assert "Classes: airplane, automobile, bird," in card


def test_a_run_that_failed_has_a_card_without_figures(subject):
    scores = dict.fromkeys(subject.run.scores)
    run = replace(subject.run, status="failed", scores=scores, seconds=None, device=None)
    card = card_of(replace(subject, run=run, arrays={}, weights=b"")).decode()
    assert "There are no figures" in card and "This run left no weights." in card
    assert "It failed" in card and "One run is one sample" not in card
