"""What a run's figures show: each finding on figures made for it, and all on the labelled runs."""

import math

import numpy as np
import pytest

from playground.analysis import diagnosis
from playground.analysis.diagnosis import Record
from playground.config import Cifar10, Digits, RunConfig, from_values
from playground.results import EpochMetrics, Scores

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
    assert labels_of(found) == ["Learning rate 0.5", "Clip gradients at 1"]
    assert [one.config.optimizer.learning_rate for one in found.changes] == [0.5, 5]
    assert kinds(record(fast, status="diverged")) == ["diverged"]


def test_raw_pixels_are_scaled_first():
    raw = record(config_of(data={"scaling": "raw"}), status="diverged")
    assert labels_of(the("diverged", raw))[0] == "Scale the pixels to 0 to 1"


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
    assert labels_of(found) == ["Train on 4,000 images", "Add dropout 0.5"]
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


def test_an_accuracy_that_rises_to_the_end_asks_for_twice_the_epochs():
    rising = [0.3 + 0.02 * at for at in range(20)]
    of = record(train=curve(2.3, 1.0, 20), accuracies=rising, seen=0.7, unseen=0.68)
    found = the("still_improving", of)
    assert labels_of(found) == ["Train 40 epochs"] and found.changes[0].config.run.epochs == 40


def test_a_loss_that_falls_as_steadily_as_ever_has_too_low_a_rate():
    slow = config_of(optimizer={"name": "sgd", "learning_rate": 0.01})
    falling = [2.3 - 0.05 * at for at in range(20)]
    of = record(slow, train=falling, seen=0.5, unseen=0.5, accuracies=[0.5] * 20)
    found = the("rate_too_low", of)
    assert labels_of(found) == ["Learning rate 0.1"]
    assert found.changes[0].config.optimizer.learning_rate == 0.1


def test_a_loss_that_jumps_far_from_zero_has_too_high_a_rate():
    fast = config_of(optimizer={"name": "adam", "learning_rate": 0.1})
    jumping = [2.3] + [1.5, 2.0] * 10
    found = the("rate_too_high", record(fast, train=jumping, seen=0.4, unseen=0.4))
    assert labels_of(found) == ["Learning rate 0.01"]
    usual = config_of(optimizer={"name": "adam", "learning_rate": 0.001})
    assert "rate_too_high" not in kinds(record(usual, train=jumping, seen=0.4, unseen=0.4))


def guesses(seen: float = 0.1) -> np.ndarray:
    matrix = np.zeros((10, 10), np.int64)
    matrix[:, 3] = 100
    return matrix


def test_who_guesses_is_told_so_with_the_share_of_the_most_frequent_class():
    of = record(unseen=0.1, seen=0.1, matrix=guesses(), train=curve(2.31, 2.3, 30))
    found = the("guessing", of)
    assert found.sentence == "It does little better than guessing."
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
