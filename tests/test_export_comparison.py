"""The report of several runs: what differs, what became of each image, and no claim too many."""

from dataclasses import replace

import pytest

from playground import formats
from playground.analysis import conclusions, evaluation
from playground.config import with_settings
from playground.export import ExportError
from playground.export.report import report_of
from playground.store import RunStore
from tests import report_runs, small_runs, stored_runs
from tests.report_pages import Page


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Trained runs by name."""
    store = RunStore(tmp_path_factory.mktemp("runs"))
    configs = {
        "mlp": report_runs.MLP,
        "cnn": report_runs.CONVOLUTIONS,
        "seed": report_runs.MLP.with_seed(1),
        "early": report_runs.EARLY,
        "diverged": report_runs.DIVERGING,
    }
    yield {name: report_runs.subject(store, config) for name, config in configs.items()}
    store.close()


def test_a_comparison_says_what_differs_and_what_became_of_each_image(made):
    a, b = made["mlp"], made["early"]
    page = Page(report_of([a, b]))
    accuracies = [one.run.scores["validation"].accuracy for one in (a, b)]
    points = f"validation accuracy {(accuracies[1] - accuracies[0]) * 100:+.1f} points"
    assert f"{points}. Which of them did it cannot be told" in page.text
    assert "One run is one sample" in page.text and conclusions.CHOOSING not in page.text
    (settings,) = [rows for rows in page.tables.values() if rows[0] == ["Setting", "A", "B"]]
    assert ["Learning rate", "0.001", "0.03"] in settings
    assert ["Early stopping", "Off", "Validation loss"] in settings
    assert not [row for row in settings if row[0] == "Batch size"]
    before, after = a.predictions("validation"), b.predictions("validation")
    change = evaluation.change(before.labels, before.predicted, after.predicted)
    (pair,) = [rows[1] for rows in page.tables.values() if rows[0][0] == "From → to"]
    p = formats.p_value(change.p_value).removeprefix("= ")
    fixed, broken = len(change.fixed), len(change.broken)
    images = a.run.scores["validation"].images
    share = f"{(fixed - broken) / images * 100:+.1f}"
    assert pair == [
        "A\xa0→\xa0B",
        f"{images} validation",
        str(fixed),
        str(broken),
        share.replace("-", "−"),
        p,
    ]
    (figures,) = [rows for rows in page.tables.values() if rows[0] == ["Figure", "A", "B"]]
    for split in ("train", "validation", "test"):
        told = [formats.share(one.run.scores[split].accuracy) for one in (a, b)]
        assert [f"{split.capitalize()} accuracy", *told] in figures
    for letter in "AB":
        assert f"Confusion matrix of {letter}: 450 test images" in page.tables


def test_a_comparison_claims_no_more_than_its_runs_carry(made, store):
    seeds = Page(report_of([made["mlp"], made["seed"]])).text
    assert "Only the seed changed, 0 → 1" in seeds and "That is chance alone." in seeds
    assert "McNemar" not in seeds and "(n = 2)" in seeds
    stopped = replace(made["early"], run=replace(made["early"].run, status="stopped"))
    text = Page(report_of([made["mlp"], stopped])).text
    assert "B was stopped before its end" in text and " points" not in text.split("Figures")[0]
    other = with_settings({"data.split_seed": "7"}, report_runs.MLP)[0]
    text = Page(report_of([made["mlp"], report_runs.subject(store, other)])).text
    assert conclusions.OTHER_IMAGES in text and "McNemar" not in text
    text = Page(report_of([made["mlp"], made["diverged"]])).text
    assert "B diverged, so there is nothing to compare" in text
    assert "There is no confusion matrix: this run left no predictions." in text


def test_several_seeds_lead_with_their_means(made, store):
    sides = [made["mlp"], made["seed"]], [made["early"]]
    sides[1].append(report_runs.subject(store, report_runs.EARLY.with_seed(1)))
    spreads = [
        evaluation.spread((one.run.scores["test"].accuracy for one in side), 450) for side in sides
    ]
    page = Page(report_of([*sides[0], *sides[1]]))
    assert "too few seeds to judge" in page.text and "t-test" not in page.text
    assert "McNemar" not in page.text
    more = [
        report_runs.subject(store, one.with_seed(2)) for one in (report_runs.MLP, report_runs.EARLY)
    ]
    three = [
        evaluation.spread(
            (one.run.scores["validation"].accuracy for one in [*side, last]),
            last.run.scores["validation"].images,
        )
        for side, last in zip(sides, more, strict=True)
    ]
    told = formats.p_value(evaluation.welch(*three))
    text = Page(report_of([*sides[0], more[0], *sides[1], more[1]])).text
    assert f"(Welch's t-test, p {told};" in text
    rows = page.tables["Mean accuracy over the seeds ± sample standard deviation"]
    for row, letters, of in zip(rows[1:], ("A B", "C D"), spreads, strict=True):
        mean = f"{formats.share(of.mean)} ± {of.deviation * 100:.1f} (n = 2)"
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
        == "Digits · MLP 16 · 160 images · 12 epochs · on CPU"
    )
