"""The report: its figures are the store's, its text is text, and it needs nothing from outside."""

import base64
import io
import json
import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from playground import formats
from playground.analysis import evaluation
from playground.config import (
    Digits,
    RunConfig,
    from_json,
    with_settings,
)
from playground.export import FILE_FORMATS
from playground.export.report import report_of
from playground.store import RunStore
from tests import own_images, report_runs, small_runs, stored_runs
from tests.report_pages import Page

HOSTILE = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "a&amp;'{{ 7*7 }}{% raw"]
TITLE = '</title><script>alert("1")</script>{{ 7*7 }}'


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Trained runs by name."""
    store = RunStore(tmp_path_factory.mktemp("runs"))
    configs = {
        "mlp": report_runs.MLP,
        "cnn": report_runs.CONVOLUTIONS,
        "early": report_runs.EARLY,
        "diverged": report_runs.DIVERGING,
    }
    yield {name: report_runs.subject(store, config) for name, config in configs.items()}
    store.close()


@pytest.fixture(scope="module")
def pages(made):
    """The report of each run alone."""
    return {name: Page(report_of([subject])) for name, subject in made.items()}


@pytest.mark.parametrize("name", ["mlp", "cnn", "early"])
def test_figures_are_those_of_the_store(made, pages, name):
    run = made[name].run
    _, *rows = pages[name].tables["Loss and accuracy by split"]
    for row, split in zip(rows, ("train", "validation", "test"), strict=True):
        told = run.scores[split]
        figures = [f"{told.images:,}", formats.share(told.accuracy), formats.loss(told.loss)]
        assert row == [split.capitalize(), *figures]
    facts = dict(pages[name].tables["How it was computed"])
    assert facts["Epochs"] == f"{run.epochs} of {run.config.run.epochs}"
    assert facts["Parameters"] == f"{run.parameters:,}"
    assert facts["Computed with"] == run.execution_text and facts["Device"] == "cpu"
    assert facts["Versions"] == ", ".join(f"{name} {of}" for name, of in run.versions.items())


def test_matrix_and_classes_are_those_of_the_stored_predictions(made, pages):
    test = made["early"].predictions("test")
    matrix = evaluation.confusion(test.labels, test.predicted, 10)
    head, *rows = pages["early"].tables["Confusion matrix: 450 test images"]
    assert head[1:-1] == list("0123456789")
    assert [[int(cell or 0) for cell in row[1:-1]] for row in rows] == matrix.tolist()
    assert [int(row[-1]) for row in rows] == matrix.sum(axis=1).tolist()
    figures = evaluation.per_class(matrix)
    _, *rows = pages["early"].tables["Test images of each class"]
    for index, row in enumerate(rows):
        shares = (figures.precision[index], figures.recall[index], figures.f1[index])
        close = [formats.share(s) for s in shares]
        assert row == [str(index), str(figures.images[index]), *close]


def test_samples_are_the_surest_mistakes_with_their_true_pixels(made, pages):
    subject, images = made["early"], pages["early"].all("img")
    test = subject.predictions("test")
    wrong = np.flatnonzero(test.wrong)
    surest = wrong[np.argsort(-test.confidence[wrong], kind="stable")][:12]
    assert len(images) == len(surest) + 6
    for image, position in zip(images, surest, strict=False):
        number = test.indices[position]
        assert image["alt"].startswith(f"Image {number}, true class {test.labels[position]}, ")
        assert f"predicted {test.predicted[position]} with " in image["alt"]
        pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(image["src"].split(",")[1]))))
        small = pixels[::12, ::12].astype(float) / 255 * 16
        assert np.array_equal(small.round(), subject.dataset.images[number][..., 0])


def test_network_and_settings_are_told_and_the_run_can_be_made_again(made, pages):
    for name, subject in made.items():
        page = pages[name]
        (layers,) = [rows for title, rows in page.tables.items() if "parameters: from" in title]
        assert [row[0] for row in layers[1:]] == [layer.title for layer in subject.plan.layers]
        assert json.loads(re.search(r"\{.*\}", page.text).group())  # the settings below
        assert from_json(re.search(r"\{.*\}", page.text).group()) == subject.config
        assert subject.run.name in page.text
    run = dict(pages["early"].tables["Run"])
    assert run["Epochs"] == "40 epochs (differs from the default)"
    assert "?data.train_images=160&architecture.hidden=16" in pages["mlp"].text


def test_the_kept_epoch_is_marked_and_what_ended_the_run_is_told(made, pages):
    run = made["early"].run
    assert run.best_epoch and run.message in pages["early"].text
    assert f"The dotted line marks epoch {run.best_epoch}, whose weights were kept." in (
        pages["early"].text
    )
    assert b'stroke-dasharray="2,3"' in report_of([made["early"]])
    assert b'stroke-dasharray="2,3"' not in report_of([made["mlp"]])


def test_a_run_that_diverged_or_failed_says_so_and_leaves_out_what_is_not_there(made, pages):
    text = pages["diverged"].text
    assert "It diverged, so there are no figures." in text
    assert "There is no confusion matrix and nothing by class" in text
    assert "There are no samples" in text
    run = replace(made["diverged"].run, status="failed", message="It broke.", epochs=0)
    failed = replace(made["diverged"], run=replace(run, seconds=None, device=None), epochs=())
    text = Page(report_of([failed])).text
    assert "It failed, so there are no figures. It broke." in text
    assert "There are no curves" in text


@pytest.mark.parametrize("names", [["mlp"], ["cnn"], ["early"], ["diverged"], ["mlp", "cnn"]])
def test_it_is_one_file_without_script_or_address_and_small(made, names):
    content = FILE_FORMATS["report"].make([made[name] for name in names])
    assert content == report_of([made[name] for name in names])  # the same runs, the same file
    assert len(content) < 1_000_000
    assert b"://" not in content and b"url(" not in content and b"@import" not in content
    page = Page(content)
    kinds = {name for name, _ in page.elements}
    assert not kinds & {"script", "link", "iframe", "object", "a", "form", "foreignObject"}
    for _, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or "href" in name]
        assert (attributes.get("src") or "data:image/png;").startswith("data:image/png;")
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_it_can_be_read_without_seeing_it(pages):
    for page in pages.values():
        assert page.all("html") == [{"lang": "en"}]
        levels = [level for level, _ in page.headings]
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
        assert all(one["scope"] in ("row", "col") for one in page.all("th"))
        assert len(page.all("caption")) == len(page.all("table")) and "" not in page.tables
        for chart in page.all("svg"):
            assert chart["role"] == "img" and "by epoch. After epoch" in chart["aria-label"]
        assert all(image["alt"] for image in page.all("img"))


def test_what_others_wrote_stays_text(store, tmp_path):
    own = own_images.save(tmp_path, class_names=np.array(HOSTILE))
    subjects = []
    for seed in (0, 1):
        config = small_runs.small(data=own, epochs=2, seed=seed)
        subjects.append(report_runs.subject(store, config, TITLE, tmp_path))
    for chosen in (subjects[:1], subjects):
        page = Page(report_of(chosen))
        assert "script" not in {name for name, _ in page.elements}
        assert not any("onerror" in attributes for _, attributes in page.elements)
        assert TITLE in page.text and "49" not in page.headings[0][1]
        (head,) = {tuple(r[0][1:-1]) for t, r in page.tables.items() if t.startswith("Confusion")}
        assert list(head) == HOSTILE


def test_many_classes_are_a_heatmap_with_its_mix_ups_in_words(store, tmp_path):
    labels = np.arange(600) % 100
    images = np.random.default_rng(0).integers(0, 256, (600, 8, 8), np.uint8)
    names = np.array([f"<i>kind {n}" for n in range(100)])
    own = own_images.save(tmp_path, x_train=images, y_train=labels, class_names=names)
    subject = report_runs.subject(store, small_runs.small(data=own, epochs=1), folder=tmp_path)
    content = report_of([subject])
    page = Page(content)
    chart = page.all("svg")[2]
    assert chart["aria-label"].startswith("Confusion matrix of 100 classes, 150 images, ")
    assert "i" not in {name for name, of in page.elements if "style" not in of}
    assert " taken for <i>kind " in page.text
    assert len(content) < 1_000_000


def test_a_run_that_watched_its_test_images_says_that_they_are_not_independent(store):
    config = small_runs.small(data=Digits(train_images=200, validation="test", label_noise=0.25))
    text = Page(report_of([report_runs.subject(store, config)])).text
    assert "The validation images were the test images, so the test figures are not" in text
    assert "25 % of the training labels were made wrong on purpose" in text


def test_a_recipe_is_named_as_the_command_line_takes_it(store, made):
    stored_runs.finished(store, RunConfig(), small_runs.NOWHERE)
    subject = replace(made["mlp"], run=store.get(RunConfig().name))
    text = Page(report_of([subject])).text
    assert "In the browser these are the settings that the playground opens with." in text


def test_cifar10_is_told_in_less_than_two_megabytes(store, cifar10_folder):
    config = with_settings({"data.name": "cifar10", "run.epochs": "2"})[0]
    stored_runs.finished(store, config, cifar10_folder)
    subject = report_runs.read(store, config, cifar10_folder)
    content = report_of([subject])
    assert len(content) < 2_000_000
    head = Page(content).tables["Confusion matrix: 10,000 test images"][0]
    assert head[1:-1] == list(subject.dataset.classes)
