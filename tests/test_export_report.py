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

from playground import evaluation
from playground.config import (
    MLP,
    SGD,
    Adam,
    Digits,
    EarlyStopping,
    Regularization,
    RunConfig,
    from_json,
    with_settings,
)
from playground.export import FORMS, ExportError
from playground.export.report import report_of
from playground.runs import RunStore
from tests import own_images, report_runs, small_runs, stored_runs
from tests.report_pages import Page

EARLY = small_runs.small(
    epochs=40,
    optimizer=Adam(learning_rate=0.03),
    regularization=Regularization(
        early_stopping=EarlyStopping(watch="validation_loss", patience=2)
    ),
)
DIVERGING = small_runs.small(
    epochs=20,
    data=Digits(train_images=200),
    architecture=MLP(hidden=(64,) * 5, activation="none"),
    optimizer=SGD(learning_rate=100),
)
HOSTILE = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "a&amp;'{{ 7*7 }}{% raw"]
TITLE = '</title><script>alert("1")</script>{{ 7*7 }}'


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Trained runs by name."""
    store = RunStore(tmp_path_factory.mktemp("runs"))
    configs = {
        "mlp": report_runs.MLP,
        "cnn": report_runs.CONVOLUTIONS,
        "seed": report_runs.MLP.with_seed(1),
        "early": EARLY,
        "diverged": DIVERGING,
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
        figures = [f"{told.images:,}", f"{told.accuracy:.2%}", f"{told.loss:.4f}"]
        assert row == [split.capitalize(), *figures]
    facts = dict(pages[name].tables["How it was computed"])
    assert facts["Epochs"] == f"{run.epochs} of {run.config.run.epochs}"
    assert facts["Parameters"] == f"{run.parameters:,}"
    assert facts["Computed with"] == run.path and facts["Device"] == "cpu"
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
        close = [">99.9%" if 0.999 < s < 1 else f"{s:.1%}" if s == s else "–" for s in shares]
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
    assert "?data.train_images=200&architecture.hidden=16" in pages["mlp"].text


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
    content = FORMS["report"].make([made[name] for name in names])
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


def test_a_comparison_says_what_differs_and_what_became_of_each_image(made):
    a, b = made["mlp"], made["early"]
    page = Page(report_of([a, b]))
    points = (b.run.scores["test"].accuracy - a.run.scores["test"].accuracy) * 100
    assert f"test accuracy {points:+.1f} points. Which of them did it cannot be told" in page.text
    assert "One run is one sample" in page.text
    (settings,) = [rows for rows in page.tables.values() if rows[0] == ["Setting", "A", "B"]]
    assert ["Learning rate", "0.001", "0.03"] in settings
    assert ["Early stopping", "Off", "Validation loss"] in settings
    assert not [row for row in settings if row[0] == "Batch size"]
    before, after = a.predictions("test"), b.predictions("test")
    change = evaluation.change(before.labels, before.predicted, after.predicted)
    (pair,) = [rows[1] for rows in page.tables.values() if rows[0][0] == "From → to"]
    p = "< 0.001" if change.p_value < 0.001 else f"{change.p_value:.2g}"
    fixed, broken = len(change.fixed), len(change.broken)
    share = f"{(fixed - broken) / 450 * 100:+.1f}"
    assert pair == ["A\xa0→\xa0B", "450", str(fixed), str(broken), share.replace("-", "−"), p]
    (figures,) = [rows for rows in page.tables.values() if rows[0] == ["Figure", "A", "B"]]
    for split in ("train", "validation", "test"):
        told = [f"{one.run.scores[split].accuracy:.2%}" for one in (a, b)]
        assert [f"{split.capitalize()} accuracy", *told] in figures
    for letter in "AB":
        assert f"Confusion matrix of {letter}: 450 test images" in page.tables


def test_a_comparison_claims_no_more_than_its_runs_carry(made, store):
    seeds = Page(report_of([made["mlp"], made["seed"]])).text
    assert "only Seed changed, 0 → 1" in seeds and "That is chance alone." in seeds
    assert "McNemar" not in seeds and "(n = 2)" in seeds
    stopped = replace(made["early"], run=replace(made["early"].run, status="stopped"))
    text = Page(report_of([made["mlp"], stopped])).text
    assert (
        "B was stopped before its end" in text and "test accuracy" not in text.split("Figures")[0]
    )
    other = with_settings({"data.split_seed": "7"}, report_runs.MLP)[0]
    text = Page(report_of([made["mlp"], report_runs.subject(store, other)])).text
    assert "They were tested on different images" in text and "McNemar" not in text
    text = Page(report_of([made["mlp"], made["diverged"]])).text
    assert "B diverged: its loss stopped being a number" in text
    assert "There is no confusion matrix: this run left no predictions." in text


def test_several_seeds_lead_with_their_means(made, store):
    sides = [made["mlp"], made["seed"]], [made["early"]]
    sides[1].append(report_runs.subject(store, EARLY.with_seed(1)))
    spreads = [evaluation.spread(one.run.scores["test"].accuracy for one in side) for side in sides]
    page = Page(report_of([*sides[0], *sides[1]]))
    p = evaluation.welch(*spreads)
    told = "p < 0.001" if p < 0.001 else f"p = {p:.2g}"
    assert f"(Welch's t-test, {told})." in page.text and "McNemar" not in page.text
    rows = page.tables["Mean accuracy over the seeds ± sample standard deviation"]
    for row, letters, of in zip(rows[1:], ("A B", "C D"), spreads, strict=True):
        mean = f"{of.mean * 100:.1f}% ± {of.deviation * 100:.1f} (n = 2)"
        assert (row[0], row[1], row[-1]) == (letters, "0, 1", mean)


def test_eight_runs_stand_side_by_side_and_no_more(store, made):
    subjects = list(made.values())
    for seed in range(2, 6):
        config = report_runs.MLP.with_seed(seed)
        stored_runs.finished(store, config, small_runs.NOWHERE)
        subjects.append(replace(made["mlp"], run=store.get(config.name)))
    page = Page(report_of(subjects[:8]))
    assert len(page.all("svg")) == 2 and page.headings[0] == (1, "8 runs compared")
    with pytest.raises(ExportError, match="one to 8 runs"):
        report_of(subjects)
    with pytest.raises(ExportError, match="one to 8 runs"):
        report_of([])
    assert (
        Page(report_of([made["mlp"]] * 2)).headings[0][1]
        == "Digits · MLP 16 · Adam 0.001 · 12 epochs"
    )


def test_a_run_that_watched_its_test_images_says_that_they_are_not_independent(store):
    config = small_runs.small(data=Digits(train_images=200, validation="test", label_noise=0.25))
    text = Page(report_of([report_runs.subject(store, config)])).text
    assert "The validation images were the test images, so the test figures are not" in text
    assert "25% of the training labels were made wrong on purpose" in text


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
