"""What a run's figures show: each finding on figures made for it, and all on the labelled runs."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks import labelled_runs
from playground.analysis import diagnosis, evaluation, headline
from playground.analysis.diagnosis import Change, Diagnosis, Record
from playground.analysis.diagnosis.stored import _units as stored_units
from playground.config import SGD, Cifar10, Digits, OwnImages, RunConfig, from_values
from playground.results import EpochMetrics, Scores
from playground.store import Run
from tests import own_images
from tests.small_runs import NOWHERE, images, network, small, trained

# Short of what the others reach; docs/diagnosis.md says so.
LEAST_PRECISION = {"penalty_too_strong": 0.9, "still_improving": 0.9}
LEAST_RECALL = {"rate_too_low": 0.7, "still_improving": 0.6}

GUESS = math.log(10)


def curve(start: float, end: float, count: int) -> list[float]:
    """A loss that falls at once, and ever slower."""
    return [end + (start - end) * math.exp(-10 * at / count) for at in range(count)]


def record(
    config: RunConfig | None = None,
    train: list[float] | None = None,
    validation: list[float] | None = None,
    accuracies: list[float] | None = None,
    seen: float = 0.95,
    unseen: float = 0.93,
    images: int = 1000,
    matrix: np.ndarray | None = None,
    status: str = "finished",
) -> Record:
    """A run of which nothing is to be said, but for what is given."""
    train = train if train is not None else curve(GUESS, 0.1, 30)
    validation = validation if validation is not None else curve(GUESS, 0.2, len(train))
    accuracies = accuracies if accuracies is not None else [unseen] * len(train)
    config = config or RunConfig()
    config = from_values(
        config.model_dump() | {"run": config.run.model_dump() | {"epochs": len(train)}}
    )
    epochs = [
        EpochMetrics(number, loss, 0.9, watched, accuracy, 0.1, 1.0, 0.1, 100.0)
        for number, (loss, watched, accuracy) in enumerate(
            zip(train, validation, accuracies, strict=True), 1
        )
    ]
    scores = {
        "train": Scores(train[-1], seen, 1000),
        "validation": Scores(validation[-1], unseen, images),
        "test": Scores(validation[-1], unseen, 450),
    }
    if matrix is None:
        each = images // 10
        matrix = np.full((10, 10), round(each * (1 - unseen) / 9))
        np.fill_diagonal(matrix, round(each * unseen))
    if status == "diverged":
        scores, matrix = dict.fromkeys(scores), None
    return Record(config, status, epochs, scores, matrix)  # type: ignore[arg-type]


def config_of(**parts) -> RunConfig:
    return from_values(parts)


def kinds(of: Record) -> list[str]:
    return [one.kind for one in diagnosis.diagnose(of)]


def the(kind: str, of: Record) -> diagnosis.Diagnosis:
    (found,) = [one for one in diagnosis.diagnose(of) if one.kind == kind]
    return found


def labels_of(found: diagnosis.Diagnosis) -> list[str]:
    return [change.label for change in found.changes]


def test_of_a_run_that_went_well_nothing_is_said():
    assert kinds(record()) == []


def test_a_run_that_diverged_is_told_smaller_steps():
    fast = config_of(optimizer={"name": "sgd", "learning_rate": 5})
    found = the("diverged", record(fast, status="diverged"))
    assert labels_of(found) == ["Learning rate 0.1", "Clip gradients at 1"]
    assert [one.config.optimizer.learning_rate for one in found.changes] == [0.1, 5]
    assert kinds(record(fast, status="diverged")) == ["diverged"]


def test_raw_pixels_are_scaled_first():
    raw = record(config_of(data={"scaling": "raw"}), status="diverged")
    assert labels_of(the("diverged", raw))[0] == "Scale the pixels to 0 to 1"


DEAD = np.array([[1, 1, 0, 32, 2, 269], [4, 2, 0, 64, 24, 269], [8, 0, 1, 6, 6, 269]], np.int32)


def test_a_layer_of_which_many_units_are_dead_is_named():
    found = the("dead_units", replace(record(), units=stored_units(DEAD)))
    assert found.sentence.startswith("38\u00a0% of block 2's channels are dead")
    assert "24 of 64 answered none of 269 images" in found.evidence
    assert labels_of(found) == ["Leaky ReLU"]
    fast = record(config_of(optimizer={"name": "adam", "learning_rate": 0.05}))
    found = the("dead_units", replace(fast, units=stored_units(DEAD)))
    assert labels_of(found) == ["Learning rate 0.001", "Leaky ReLU"]
    dense = np.array([[1, 0, 1, 32, 2, 269], [3, 0, 1, 16, 5, 269]], np.int32)
    found = the("dead_units", replace(record(), units=stored_units(dense)))
    assert found.sentence.startswith("31\u00a0% of the units of dense layer 2 are dead")


@pytest.mark.parametrize("dead", [0, 7])
def test_few_dead_units_are_told_nothing_of(dead):
    rows = np.array([[1, 0, 1, 32, dead, 269]], np.int32)
    assert kinds(replace(record(), units=stored_units(rows))) == []


def test_what_a_run_counts_is_what_its_network_does():
    result = trained(small(epochs=3))
    (row,) = result.units.tolist()
    model = network(small(epochs=3), result)
    given = images(small(epochs=3), "validation")
    outputs = model[:3](given[: row[5]])
    assert row[:4] == [2, 0, 1, 16]
    assert row[4] == int((outputs <= 0).all(0).sum()) and row[5] == 100


def test_more_epochs_are_not_advised_to_who_knows_by_heart(monkeypatch):
    advised = (Change("Train 60 epochs", config_of()),)
    found = {
        "overfitting": lambda _: Diagnosis("It overfits.", "", ()),
        "still_improving": lambda _: Diagnosis("30 epochs were too few.", "", advised),
    }
    monkeypatch.setattr(diagnosis, "FINDINGS", found)
    _, improving = diagnosis.diagnose(record())
    assert improving.sentence == "It still improved a little when it ended."
    assert improving.kind == "still_improving" and not improving.changes
    del found["overfitting"]
    (improving,) = diagnosis.diagnose(record())
    assert improving.sentence == "30 epochs were too few." and improving.changes == advised


@pytest.mark.parametrize("status", ["stopped", "failed", "interrupted"])
def test_a_run_that_did_not_come_to_its_end_is_told_nothing(status):
    assert kinds(record(unseen=0.1, seen=0.1, status=status)) == []


def test_a_validation_loss_that_turns_is_memorising_from_there():
    turned = [2.3, 1.9, 1.6, 1.5, 1.45, 1.5, 1.6, 1.7, 1.8, 1.9, 2.0, 2.1, 2.2, 2.3, 2.4, 2.5]
    few = config_of(data={"name": "cifar10", "train_images": 1000})
    found = the("memorising", record(few, validation=turned, train=curve(2.3, 0.05, 16),
                                     seen=0.96, unseen=0.44))  # fmt: skip
    assert found.epoch == 5 and "from epoch 5 on" in found.sentence
    assert "96.0\u00a0%" in found.evidence and "44.0\u00a0%" in found.evidence
    assert labels_of(found) == ["Train on 4,000 images", "Dropout 0.5"]
    assert found.changes[0].config.data.train_images == 4000
    assert diagnosis.marks(None, [found]) == {5: "memorises from epoch 5 on"}
    assert diagnosis.marks(5, [found]) == {5: "best epoch: 5 · memorises from epoch 5 on"}


def test_a_loss_that_rises_without_a_gap_is_not_memorising():
    turned = [2.3, 1.9, 1.6, 1.5, 1.45, 1.5, 1.6, 1.7, 1.8, 1.9, 2.0, 2.1, 2.2, 2.3, 2.4, 2.5]
    assert "memorising" not in kinds(record(validation=turned, train=curve(2.3, 0.5, 16)))


def test_whoever_keeps_the_best_epoch_is_cured():
    turned = [2.3, 1.9, 1.6, 1.5, 1.45, 1.5, 1.6, 1.7, 1.8, 1.9, 2.0, 2.1, 2.2, 2.3, 2.4, 2.5]
    early = config_of(regularization={"early_stopping": {"watch": "validation_loss"}})
    of = record(early, validation=turned, train=curve(2.3, 0.05, 16), seen=0.9, unseen=0.44)
    assert "memorising" not in kinds(of)


def test_a_validation_loss_that_falls_to_the_end_asks_for_twice_the_epochs():
    falling = [2.0 - 0.06 * at for at in range(20)]
    of = record(train=curve(2.3, 1.0, 20), validation=falling, seen=0.7, unseen=0.68)
    found = the("still_improving", of)
    assert "the validation loss fell from 1.49 to 0.890" in found.evidence
    assert labels_of(found) == ["Train 40 epochs"] and found.changes[0].config.run.epochs == 40


def test_a_loss_that_falls_as_steadily_as_ever_has_too_low_a_rate():
    slow = config_of(optimizer={"name": "sgd", "learning_rate": 0.01})
    falling = [2.3 - 0.05 * at for at in range(20)]
    of = record(slow, train=falling, seen=0.5, unseen=0.5, accuracies=[0.5] * 20)
    found = the("rate_too_low", of)
    assert labels_of(found) == ["Learning rate 0.1"]
    assert found.changes[0].config.optimizer.learning_rate == 0.1


def test_one_that_memorises_is_not_told_to_train_longer_or_faster():
    slow = config_of(optimizer={"name": "sgd", "learning_rate": 0.01})
    rising = [1.5 - 0.1 * at for at in range(6)] + [1.0 + 0.1 * at for at in range(14)]
    falling = [2.3 - 0.05 * at for at in range(20)]
    of = record(slow, train=falling, validation=rising, seen=0.8, unseen=0.5)
    assert kinds(of) == ["memorising"]


def test_a_validation_loss_of_zero_says_nothing():
    assert kinds(record(validation=[0.0] * 20, train=curve(2.3, 1.0, 20))) == []


def test_with_noisy_labels_a_loss_far_from_zero_says_nothing_of_a_penalty():
    parts = {"data": {"label_noise": 0.4}, "regularization": {"weight_decay": 0.003}}
    noisy = config_of(**parts)
    of = record(noisy, train=curve(2.3, 1.6, 30), seen=0.6, unseen=0.95)
    assert "penalty_too_strong" not in kinds(of)
    of = record(config_of(regularization={"weight_decay": 0.003}), train=curve(2.3, 1.6, 30),
                seen=0.4, unseen=0.4)  # fmt: skip
    found = the("penalty_too_strong", of)
    assert labels_of(found) == ["Weight decay 0.0003", "No weight decay"]


def test_a_loss_that_jumps_far_from_zero_has_too_high_a_rate():
    fast = config_of(optimizer={"name": "adam", "learning_rate": 0.1})
    jumping = [2.3] + [1.5, 2.0] * 10
    found = the("rate_too_high", record(fast, train=jumping, seen=0.4, unseen=0.4))
    assert labels_of(found) == ["Learning rate 0.001"]
    usual = config_of(optimizer={"name": "adam", "learning_rate": 0.001})
    assert "rate_too_high" not in kinds(record(usual, train=jumping, seen=0.4, unseen=0.4))


def guesses(seen: float = 0.1) -> np.ndarray:
    matrix = np.zeros((10, 10), np.int64)
    matrix[:, 3] = 100
    return matrix


def test_whoever_knows_the_training_images_alone_overfits_from_where_the_curves_part():
    flat = [2.3, 1.5, *[1.2] * 18]
    of = record(validation=flat, train=curve(2.3, 0.05, 20), seen=1.0, unseen=0.52,
                accuracies=[0.9] * 4 + [0.52] * 16)  # fmt: skip
    found = the("overfitting", of)
    assert found.epoch == 5 and found.sentence.startswith("It overfits: from epoch 5 on it knows")
    assert "100.0\u00a0%" in found.evidence and "52.0\u00a0%" in found.evidence
    assert "overfitting" not in kinds(record(seen=1.0, unseen=0.93))


def test_what_two_findings_offer_stands_once():
    slow = config_of(optimizer={"name": "adam", "learning_rate": 1e-6})
    of = record(slow, train=[2.3] * 20, validation=[2.3] * 20, seen=0.1, unseen=0.1,
                matrix=guesses())  # fmt: skip
    every = [change.config for one in diagnosis.diagnose(of) for change in one.changes]
    assert len(every) == len(set(every))


@pytest.mark.parametrize("kind", ["memorising", "overfitting", "few_validation"])
def test_a_lesson_about_a_finding_asks_for_what_came_out_and_opens_what_helps(kind):
    run = stored_run(seen=0.96, unseen=0.44)
    more = record().change("Train on all images", data__train_images=500)
    lesson = diagnosis.lesson_about(run, diagnosis.Diagnosis("It…", "…", more, kind=kind))
    assert lesson.start == run.config and lesson.open == ("data.train_images",)
    assert lesson.guess.right == "about 44 %" and lesson.guess.right in lesson.guess.choices
    assert len(lesson.guess.choices) >= 3
    bare = diagnosis.lesson_about(run, diagnosis.Diagnosis("It…", "…", kind=kind))
    assert bare.open == ("run.epochs",)


def stored_run(seen: float, unseen: float) -> Run:
    config = RunConfig()
    scores = {"train": Scores(0.1, seen, 1000), "validation": Scores(1, unseen, 500), "test": None}
    return Run(
        config.name, config.family, config.canonical(), "", False, "finished", "", "", 0.0, 0.0,
        1.0, 30, None, 100, 1.0, "cpu", {}, scores, None, None, None,
    )  # fmt: skip


def test_who_guesses_is_told_so_with_the_share_of_the_most_frequent_class():
    of = record(unseen=0.1, seen=0.1, matrix=guesses(), train=curve(2.31, 2.3, 30))
    found = the("guessing", of)
    assert found.sentence == "It does no better than guessing."
    assert "10\u00a0% would be if it always said the most frequent class" in found.evidence
    learnt = record(unseen=0.1, seen=0.9, matrix=guesses())
    assert "has not seen" in the("guessing", learnt).sentence


def test_guessing_is_told_by_the_shares_of_the_classes_and_not_by_their_number():
    matrix = np.array([[900, 0], [100, 0]])
    of = record(unseen=0.9, seen=0.9, matrix=matrix)
    assert "guessing" in kinds(of)
    right = record(unseen=1.0, seen=1.0, images=50, matrix=np.array([[25, 0], [0, 25]]))
    assert "guessing" not in kinds(right)


def test_a_class_that_is_never_the_answer_is_named():
    matrix = np.diag([100] * 10)
    matrix[4] = 0
    matrix[4, 9] = 100
    found = the("never_predicted", record(unseen=0.9, matrix=matrix))
    assert found.sentence == "It never answers “4”."
    few = matrix.copy()
    few[4] = 0
    few[4, 9] = 4
    assert "never_predicted" not in kinds(record(unseen=0.99, matrix=few))


def test_wrong_labels_that_are_known_by_heart_are_told():
    noisy = config_of(data={"label_noise": 0.3, "train_images": 200})
    found = the("noise_learnt", record(noisy, seen=0.98, unseen=0.6))
    assert "30\u00a0%" in found.evidence and "98.0\u00a0%" in found.evidence
    assert "noise_learnt" not in kinds(record(noisy, seen=0.68, unseen=0.93))
    assert "noise_learnt" not in kinds(record(seen=1.0, unseen=0.6))


def test_of_two_classes_a_wrong_answer_is_the_other_one():
    noisy = config_of(data={"label_noise": 0.35})
    seen = 0.65 * 0.7 + 0.35 * 0.3
    of = record(noisy, seen=seen, unseen=0.7, matrix=np.array([[350, 150], [150, 350]]))
    assert "noise_learnt" not in kinds(of)


def test_too_few_validation_images_are_told_with_what_they_leave_open():
    found = the("few_validation", record(unseen=0.8, images=60))
    assert found.sentence == "60 validation images are too few to tell small differences."
    assert "few_validation" not in kinds(record(unseen=0.8, images=1000))
    without = config_of(data={"validation": "none"})
    assert "few_validation" not in kinds(record(without, unseen=0.8, images=60))


@pytest.mark.parametrize("data", [Digits(), Cifar10(train_images=1000)])
def test_every_change_can_be_trained_and_changes_something(data):
    """Whatever a diagnosis offers is a config of its own."""
    turned = [2.3, 1.9, 1.6, 1.5, 1.45, 1.5, 1.6, 1.7, 1.8, 1.9, 2.0, 2.1, 2.2, 2.3, 2.4, 2.5]
    base = RunConfig(data=data)
    found = diagnosis.diagnose(
        record(base, validation=turned, train=curve(2.3, 0.05, 16), seen=0.96, unseen=0.44,
               images=60)
    )  # fmt: skip
    changes = [change for one in found for change in one.changes]
    assert len(changes) >= 2
    assert base not in [change.config for change in changes]


# --- runs that were really trained ---


def diagnosed(config: RunConfig, folder: Path = NOWHERE) -> list[diagnosis.Diagnosis]:
    """What is found of a run of these settings."""
    result = trained(config, folder)
    split = headline.split_of(config)
    predicted = result.probabilities[split].argmax(1)
    matrix = evaluation.confusion(
        result.labels[split], predicted, result.probabilities[split].shape[1]
    )
    return diagnosis.diagnose(Record(config, result.status, result.history, result.scores, matrix))


def of_classes(folder: Path, counts: tuple[int, ...], clear: bool = True) -> OwnImages:
    """Images of so many of each class: of one shade, or with ``clear`` False of noise."""
    labels = np.repeat(np.arange(len(counts)), counts)
    labels = np.random.default_rng(1).permutation(labels)
    images = np.random.default_rng(0).integers(0, 256, (len(labels), 8, 8), np.uint8)
    if clear:
        images[:] = (labels * 250 // len(counts))[:, None, None]
    return own_images.save(folder, x_train=images, y_train=labels)


def test_steps_of_fifty_end_at_guessing():
    found = {one.kind for one in diagnosed(small(epochs=2, optimizer=SGD(learning_rate=50)))}
    assert {"rate_too_high", "guessing"} <= found


def test_a_network_of_two_classes_that_is_always_right_does_not_guess(tmp_path):
    """It has to beat half; three of four of its training labels were right by the noise alone."""
    data = of_classes(tmp_path, (40, 40)).model_copy(update={"label_noise": 0.35})
    config = small(data=data, epochs=40, optimizer=SGD(learning_rate=0.1))
    assert not {"guessing", "noise_learnt"} & {one.kind for one in diagnosed(config, tmp_path)}


def test_who_always_answers_the_most_frequent_class_guesses(tmp_path):
    data = of_classes(tmp_path, (360, 40), clear=False)
    config = small(data=data, epochs=1, optimizer=SGD(learning_rate=0.001))
    (found,) = [one for one in diagnosed(config, tmp_path) if one.kind == "guessing"]
    assert "would be if it always said the most frequent class" in found.evidence


def test_without_validation_images_the_test_images_tell(tmp_path):
    data = of_classes(tmp_path, (50, 50), clear=False).model_copy(update={"validation": "none"})
    (found,) = [
        one for one in diagnosed(small(data=data, epochs=60, batch=5), tmp_path)
        if one.kind == "guessing"
    ]  # fmt: skip
    assert "of the test images are right" in found.evidence
    assert "images that it has not seen" in found.sentence


# --- the labelled runs ---


def test_every_finding_is_as_right_on_the_labelled_runs_as_the_documentation_says():
    assert labelled_runs.page(labelled_runs.PAGE.read_text()) == labelled_runs.PAGE.read_text()


@pytest.mark.parametrize("kind", labelled_runs.LABELLED)
def test_no_finding_is_much_of_a_false_alarm(kind):
    """The bounds are those of the runs kept apart and of the further ones together."""
    runs = labelled_runs.records("kept apart") | labelled_runs.records("further")
    found = labelled_runs.count(runs)[kind]
    assert found.precision >= LEAST_PRECISION.get(kind, 0.95), found
    assert found.recall >= LEAST_RECALL.get(kind, 0.8), found
