"""The confusion matrix: its sums, its moments, its classes, and the images in a cell."""

import io
import re

import numpy as np
import pyarrow as pa
import pytest
from sklearn import metrics

from playground import formats
from playground.analysis import evaluation
from playground.data import datasets
from playground.ui.matrix import cells
from tests import pages, stored_runs

PAGE = "pages/2_Confusion_matrix.py"
CONFIG = pages.made({"run.epochs": "6"})
DIGITS = datasets.load(CONFIG.data, None)


@pytest.fixture
def parts(engine):
    """What the stored run predicted, by split."""
    return stored_runs.finished(engine.store, CONFIG, engine.data)


def visit(*configs):
    return pages.open_page(stored_runs.link(*(configs or (CONFIG,))), PAGE)


def rows(at, chart: str):
    """The rows that were sent for a chart, found by how its description begins."""
    (found,) = [one for one in pages.charts(at) if one.alt.startswith(chart)]
    return pa.ipc.open_stream(io.BytesIO(found.data.data)).read_all().to_pandas()


def matrix(at) -> np.ndarray:
    """The counts that the page shows, true class by row."""
    sent = rows(at, "Confusion matrix")
    return sent.pivot(index="true", columns="predicted", values="images").to_numpy()


def of(part) -> np.ndarray:
    return metrics.confusion_matrix(part.labels, part.predicted, labels=range(10))


def numbers(at) -> list[int]:
    """The numbers of the images in the gallery."""
    bodies = [html.proto.body for html in at.main.get("html")]
    return [int(n) for body in bodies for n in re.findall(r'alt="Image (\d+),', body)]


@pytest.mark.parametrize("split", ["test", "validation"])
def test_the_matrix_is_scikit_learns_and_its_sum_the_size_of_the_split(engine, parts, split):
    at = pages.change(visit(), "matrix.split", split)
    assert (matrix(at) == of(parts[split])).all()
    assert matrix(at).sum() == len(parts[split].labels)
    right = of(parts[split]).trace()
    accuracy = formats.share(right / len(parts[split].labels))
    told = f"{right} of {len(parts[split].labels)} images right ({accuracy})"
    assert [text for text in pages.texts(at.main.caption) if text.startswith(told)]


@pytest.mark.parametrize(
    ("label", "normalize"), [("% of true class", "true"), ("% of predicted class", "pred")]
)
def test_shares_are_by_row_or_by_column(engine, parts, label, normalize):
    at = pages.change(visit(), "matrix.show", label)
    shown = rows(at, "Confusion matrix").pivot(index="true", columns="predicted", values="share")
    seen = parts["validation"]
    expected = metrics.confusion_matrix(seen.labels, seen.predicted, normalize=normalize)
    assert np.allclose(shown.to_numpy(), expected)


def test_classes_are_sorted_by_how_often_they_are_mixed_up(engine, parts):
    at = pages.change(visit(), "matrix.order", "Most mixed up first")
    order = rows(at, "Confusion matrix")["true"].drop_duplicates().tolist()
    seen = parts["validation"]
    mixed = [
        (seen.wrong & ((seen.labels == c) | (seen.predicted == c))).sum() for c in map(int, order)
    ]
    assert mixed == sorted(mixed, reverse=True) and sorted(order) == list("0123456789")


@pytest.mark.parametrize(
    ("label", "place"),
    [("Right of this class (recall)", 1), ("Precision", 0), ("F1", 2)],
)
def test_figures_by_class_are_scikit_learns(engine, parts, label, place):
    at = pages.change(visit(), "matrix.figure", label)
    seen = parts["validation"]
    figures = metrics.precision_recall_fscore_support(seen.labels, seen.predicted)
    assert np.allclose(rows(at, "Bar chart")["value"], figures[place])


def test_another_run_stands_beside_it_and_travels_in_the_link(engine, parts):
    other = pages.made({"run.epochs": "7"})
    found = stored_runs.finished(engine.store, other, engine.data, 3.0)["validation"]
    at = pages.change(visit(), "chosen.other", other.name)
    assert at.query_params["with"] == other.name[:16]
    sent = rows(at, "Bar chart")
    beside = sent[sent["run"] == "Second run"]["value"]
    assert np.allclose(beside, metrics.recall_score(found.labels, found.predicted, average=None))
    at = visit(CONFIG, other)
    assert pages.widget(at, "chosen.other").value == other.name
    assert "Second run: chosen" in pages.popovers(at) and "Second run: none" in pages.popovers(
        visit()
    )


def test_a_run_validated_on_other_images_stands_beside_on_the_test_only(engine, parts):
    other = pages.made({"data.validation_fraction": "0.3"})
    stored_runs.finished(engine.store, other, engine.data)
    at = visit(CONFIG, other)
    told = "The second run has other validation images, so it does not stand beside here."
    assert told in pages.texts(at.main.caption)
    assert set(rows(at, "Bar chart")["run"]) == {"This run"}
    pages.change(at, "matrix.split", "test")
    assert told not in pages.texts(at.main.caption)
    assert set(rows(at, "Bar chart")["run"]) == {"This run", "Second run"}


def test_the_page_opens_on_validation_with_why_and_play_at_once(engine, parts):
    at = visit()
    assert (matrix(at) == of(parts["validation"])).all()
    assert "Look and choose by the validation images: the test is for the end." in pages.texts(
        at.main.caption
    )
    assert "Play" in pages.enabled(at)
    pages.change(at, "matrix.split", "test")
    assert (matrix(at) == of(parts["test"])).all() and "Play" not in pages.enabled(at)


def test_how_it_is_shown_is_folded_under_a_label_that_tells_it(engine, parts):
    at = visit()
    assert "View: counts" in pages.popovers(at)
    pages.change(at, "matrix.show", "% of true class")
    pages.change(at, "matrix.order", "Most mixed up first")
    assert "View: % of true class · Most mixed up first" in pages.popovers(at)


def test_the_slider_moves_through_the_epochs_and_ends_at_the_final_matrix(engine, parts):
    _, validation = stored(engine)
    at = visit()
    slider = pages.widget(at, f"matrix.epoch.{CONFIG.name[:16]}")
    assert slider.options == [str(epoch) for epoch in range(1, 7)] and slider.value == 6
    assert (matrix(at) == of(parts["validation"])).all() and (matrix(at) == validation[-1]).all()
    pages.change(at, f"matrix.epoch.{CONFIG.name[:16]}", 2)
    assert (matrix(at) == validation[1]).all() and (validation[1] != validation[-1]).any()


def stored(engine):
    """Make the stored matrices differ from epoch to epoch; gives the run's name and them."""
    path = engine.store.folder / CONFIG.name / "probabilities.npz"
    arrays = engine.store.arrays(CONFIG.name)
    final = arrays["matrices"][-1]
    arrays["matrices"] = np.stack([np.roll(final, shift, axis=1) for shift in range(5, -1, -1)])
    np.savez(path, **arrays)
    return CONFIG.name, arrays["matrices"]


def test_a_run_that_ended_elsewhere_than_at_an_epoch_has_one_more_moment(engine):
    stored_runs.finished(engine.store, CONFIG, engine.data, status="stopped")
    path = engine.store.folder / CONFIG.name / "probabilities.npz"
    arrays = engine.store.arrays(CONFIG.name)
    final, arrays["matrices"] = arrays["matrices"][-1], np.roll(arrays["matrices"], 1, axis=2)
    np.savez(path, **arrays)
    at = visit()
    slider = pages.widget(at, f"matrix.epoch.{CONFIG.name[:16]}")
    assert slider.options[-2:] == ["6", "end"] and slider.value == 0
    assert (matrix(at) == final).all()


def test_the_cell_that_is_chosen_shows_those_very_images(engine, parts):
    seen = parts["validation"]
    true, predicted = np.unravel_index(np.argmax(of(seen) - 1000 * np.eye(10)), (10, 10))
    at = pages.change(visit(), "matrix.true", int(true))
    pages.change(at, "matrix.predicted", int(predicted))
    positions = seen.where(true=true, predicted=predicted)
    expected = seen.indices[seen.ordered(positions, "confident")].tolist()
    assert len(expected) > 0 and numbers(at) == expected
    confidence = [seen.confidence[seen.at(number)] for number in numbers(at)]
    assert confidence == sorted(confidence, reverse=True)
    pages.change(at, "matrix.split", "test")
    test = parts["test"]
    assert set(numbers(at)) == set(test.indices[test.where(true=true, predicted=predicted)])


def test_images_of_an_epoch_before_the_end_are_said_to_be_those_of_the_end(engine, parts):
    stored(engine)
    at = visit()
    for key, value in (("matrix.true", 3), ("matrix.predicted", 3)):
        pages.change(at, key, value)
    told = "kept from the end of the run only"
    assert not [text for text in pages.texts(at.main.caption) if told in text]
    pages.change(at, f"matrix.epoch.{CONFIG.name[:16]}", 1)
    assert [text for text in pages.texts(at.main.caption) if told in text]


def test_play_goes_from_the_first_epoch_to_the_last_and_stops(engine, parts):
    at = visit()
    key = f"matrix.epoch.{CONFIG.name[:16]}"
    pages.press(at, "Play")
    seen = [pages.widget(at, key).value]
    while "Pause" in pages.enabled(at):
        assert len(seen) < 10
        pages.run(at)
        seen.append(pages.widget(at, key).value)
    assert seen == sorted(seen) and seen[0] <= 2 and seen[-1] == 6
    assert "Play" in pages.enabled(at)


def test_play_ends_where_there_is_nothing_to_move_through(engine, parts):
    at = visit()
    pages.press(at, "Play")
    assert "Pause" in pages.enabled(at)
    pages.change(at, "matrix.split", "test")
    pages.change(at, "matrix.split", "validation")
    assert "Play" in pages.enabled(at)


def test_at_an_earlier_epoch_the_run_beside_is_shown_at_that_epoch_too(engine, parts):
    other = pages.made({"run.epochs": "3"})
    stored_runs.finished(engine.store, other, engine.data)
    at = visit(CONFIG, other)
    pages.change(at, f"matrix.epoch.{CONFIG.name[:16]}", 2)
    told = "This run after epoch 2, the second run after epoch 2."
    assert told in pages.texts(at.main.caption)
    pages.change(at, f"matrix.epoch.{CONFIG.name[:16]}", 5)
    assert "the second run after epoch 3." in " ".join(pages.texts(at.main.caption))


def test_emptying_the_run_beside_keeps_the_other_chosen_ones(engine, parts):
    others = [pages.made({"run.epochs": str(n)}) for n in (7, 8)]
    for config in others:
        stored_runs.finished(engine.store, config, engine.data)
    at = visit(CONFIG, *others)
    pages.change(at, "chosen.other", None)
    assert "Second run" not in set(rows(at, "Bar chart")["run"])
    assert at.query_params["with"] == ",".join(c.name[:16] for c in others)
    pages.change(at, "chosen.other", others[1].name)
    assert "Second run" in set(rows(at, "Bar chart")["run"])
    assert set(at.query_params["with"].split(",")) == {c.name[:16] for c in others}


def test_only_runs_tested_on_the_same_images_may_stand_beside(engine, parts):
    elsewhere = pages.made({"data.split_seed": "1"})
    stored_runs.finished(engine.store, elsewhere, engine.data)
    at = visit(CONFIG, elsewhere)
    assert "chosen.other" not in [getattr(w, "key", None) for w in at.main]


def test_runs_that_look_alike_are_told_apart_in_the_picker(engine, parts):
    other = pages.made({"run.epochs": "7"})
    stored_runs.finished(engine.store, other, engine.data)
    for name in (CONFIG.name, other.name):
        engine.store.rename(name, "Mine")
        engine.store.database.write(
            "UPDATE runs SET submitted = 0, validation_accuracy = 0.5 WHERE name = ?", name
        )
    labels = pages.widget(visit(), "chosen.run.Mistakes").options
    assert len(set(labels)) == 2 and all("Mine" in label for label in labels)


def test_the_calibration_error_is_told(engine, parts):
    at = visit()
    seen = parts["validation"]
    figures = evaluation.calibration(seen.labels, seen.probabilities)
    told = (
        f"**How sure it is and how often it is right: {100 * figures.error:.1f} points apart** "
        "(expected calibration error)"
    )
    assert [text for text in pages.texts(at.main.markdown) if text.startswith(told)]
    assert rows(at, "Reliability diagram")["images"].sum() == len(seen.labels)


def test_a_run_without_validation_images_has_its_test_matrix(engine):
    config = pages.made({"data.validation": "none"})
    part = stored_runs.finished(engine.store, config, engine.data)["test"]
    at = visit(config)
    assert (matrix(at) == of(part)).all()
    assert pages.widget(at, "matrix.split").options == ["Test"]


def test_a_run_that_watched_its_test_images_is_played_through_by_them(engine):
    config = pages.made({"data.validation": "test", "run.epochs": "6"})
    part = stored_runs.finished(engine.store, config, engine.data)["test"]
    at = visit(config)
    assert pages.widget(at, "matrix.split").options == ["Test"] and "Play" in pages.enabled(at)
    assert (matrix(at) == of(part)).all()
    told = "This run measured its test images after every epoch: it has no validation images."
    assert told in pages.texts(at.main.caption)


def test_the_most_mixed_up_come_first_and_ties_keep_their_order():
    assert cells.ranked(np.array([[5, 0, 0], [0, 5, 3], [0, 0, 5]])) == [1, 2, 0]
    assert cells.ranked(np.eye(4, dtype=int)) == [0, 1, 2, 3]


def test_a_link_to_no_stored_run_says_so_and_offers_others(engine):
    at = pages.open_page({"run": "0" * 16}, PAGE)
    assert pages.texts(at.main.info) == [
        "The run of this link is not stored here: it was deleted, or made elsewhere."
    ]
    stored_runs.finished(engine.store, CONFIG, engine.data)
    at = pages.open_page({"run": "0" * 16}, PAGE)
    assert "Choose another above." in pages.texts(at.main.info)[0]
    pages.change(at, "chosen.run.Mistakes", CONFIG.name)
    assert at.query_params["run"] == CONFIG.name[:16] and matrix(at).sum() == 269


def test_before_the_first_run_the_page_says_where_to_train(engine):
    at = pages.open_page(None, PAGE)
    assert pages.texts(at.main.info) == ["There is no run yet."]


def test_a_run_that_is_on_shows_how_far_it_is(engine):
    engine.train(CONFIG)
    at = visit()
    assert "when it has ended" in pages.texts(at.main.info)[0]
    assert at.main.get("progress")[0].proto.text == "Starting the worker …"


def test_a_run_that_failed_says_why(engine):
    engine.store.queue(CONFIG, datasets.fingerprint(CONFIG.data, engine.data))
    engine.store.end(CONFIG.name, "failed", "There was not enough memory.")
    at = visit()
    assert pages.texts(at.main.info) == [
        "This run left no predictions. There was not enough memory."
    ]


def test_a_run_whose_files_are_broken_says_what_to_do(engine, parts):
    (engine.store.folder / CONFIG.name / "probabilities.npz").write_bytes(b"PK cut off")
    at = visit()
    assert "delete the run, and train it again" in pages.texts(at.main.error)[0]


def test_a_run_that_diverged_shows_the_epochs_before(engine):
    stored_runs.finished(engine.store, CONFIG, engine.data, status="diverged")
    at = visit()
    assert matrix(at).sum() == 269
    assert pages.widget(at, "matrix.split").options == ["Validation"]
    pages.change(pages.change(at, "matrix.true", 1), "matrix.predicted", 1)
    assert "left no predictions" in " ".join(pages.texts(at.main.caption)) and not numbers(at)
