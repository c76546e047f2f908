"""What the card and the report tell of a run: its figures, settings and layers, in words."""

from dataclasses import dataclass

from playground import formats
from playground.analysis import evaluation, labels
from playground.export.subject import Subject
from playground.formats import NOTHING
from playground.network import Plan
from playground.results import Scores
from playground.store import SPLITS, Run

_ENDINGS = {
    "stopped": "It was stopped before its end, so what it reached is not what its settings do.",
    "diverged": "It diverged, so there are no figures.",
    "failed": "It failed, so there are no figures.",
    "interrupted": "It was interrupted before its end, so there are no figures.",
}


@dataclass(frozen=True)
class ClassRow:
    """The test figures of one class: from 0 to 1, NaN if not defined, and its images."""

    name: str
    precision: float
    recall: float
    f1: float
    images: int


def describe_ending(run: Run) -> str:
    """Describe what ended the run, in sentences."""
    said = _ENDINGS.get(run.status, "")
    if run.status == "finished" and run.epochs == run.config.run.epochs:
        said = (
            "It finished its one epoch."
            if run.epochs == 1
            else f"It finished all {run.epochs:,} epochs."
        )
    return " ".join(filter(None, [said, run.message]))


def figures(run: Run) -> list[tuple[str, Scores]]:
    """Return (split, scores) of what was measured at the end, the mirrored test images last."""
    found = [(split.capitalize(), scores) for split in SPLITS if (scores := run.scores[split])]
    return found + ([("Test, mirrored too", run.mirrored)] if run.mirrored else [])


def facts(subject: Subject) -> dict[str, str]:
    """Describe how the run was computed and what that took, by what it is called."""
    run = subject.run
    device = run.device or NOTHING
    if run.execution_text and device.startswith("cpu ("):
        device = "cpu"  # how many threads is said by the execution
    kept = subject.config.regularization.early_stopping.keep == "best"
    best = {"Weights kept of epoch" if kept else "Best epoch": f"{run.best_epoch}"}
    return {
        "Epochs": f"{run.epochs:,} of {subject.config.run.epochs:,}",
        **(best if run.best_epoch else {}),
        "Parameters": f"{subject.plan.parameters:,}",
        **({"Training": formats.seconds(run.seconds)} if run.seconds is not None else {}),
        "Device": device,
        **({"Computed with": run.execution_text} if run.execution_text else {}),
        "Seed": f"{subject.config.run.seed}",
        **({"Trained on": formats.day(run.ended)} if run.ended else {}),
        "Versions": ", ".join(f"{name} {number}" for name, number in run.versions.items())
        or NOTHING,
    }


def caveats(subject: Subject) -> list[str]:
    """Describe how the figures came about and what that allows to be said, a sentence each."""
    data, stopping = subject.config.data, subject.config.regularization.early_stopping
    said = []
    if subject.run.is_measured:
        said.append("The figures were measured at the end, with dropout and augmentation off.")
    if subject.run.unmeasured:
        named = formats.listed(subject.run.unmeasured)
        said.append(f"It was stopped before its {named} images were measured.")
    elif data.validation == "test":
        said.append(
            "The validation images were the test images, so the test figures are not independent."
        )
    elif data.validation == "none":
        said.append("There were no validation images; the test images were read once, at the end.")
    else:
        said.append(
            "The test images were read once, at the end; what was watched before were the "
            "validation images."
        )
    if stopping.watch != "off":
        watched = labels.of_current_value(
            subject.config, "regularization.early_stopping.watch"
        ).lower()
        done = (
            "ended, and the weights of its best epoch kept," if stopping.keep == "best" else "ended"
        )
        said.append(
            f"Training was to be {done} once its {watched} had not got better for "
            f"{formats.counted(stopping.patience, 'epoch')}."
        )
    if subject.run.is_stacked:
        said.append(labels.STACKED)
    if data.label_noise:
        said.append(
            f"{formats.share(data.label_noise, 0)} of the training labels were made wrong on "
            "purpose; the training figures are against those labels."
        )
    if subject.run.is_measured:
        said.append("One run is one sample: other seeds come to somewhat other figures.")
    return said


def class_rows(subject: Subject) -> list[ClassRow]:
    """Return the test figures of each class, in the order of the classes; empty without
    predictions."""
    test = subject.predictions("test")
    if test is None:
        return []
    names = subject.dataset.classes
    found = evaluation.per_class(evaluation.confusion(test.labels, test.predicted, len(names)))
    columns = (found.precision, found.recall, found.f1, found.images)
    return [
        ClassRow(name, float(precision), float(recall), float(f1), int(images))
        for name, precision, recall, f1, images in zip(names, *columns, strict=True)
    ]


def layer_rows(plan: Plan) -> list[tuple[str, str, str, str]]:
    """Return (layer, what it puts out, parameters, how they come about) of each layer."""
    return [
        (
            layer.title,
            formats.shape(layer.output),
            f"{layer.parameters:,}" if layer.parameters else NOTHING,
            layer.arithmetic,
        )
        for layer in plan.layers
    ]
