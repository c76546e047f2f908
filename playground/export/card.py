"""A model card: what a run's network is, what it was trained and tested on, what it is for."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from playground import formats
from playground.analysis import evaluation, labels, names
from playground.analysis.labels import plain
from playground.data.datasets.scaling import scaling_of
from playground.export import run_summary
from playground.export.subject import Subject

_FOR = (
    "To learn and to teach how small networks are trained: its curves, its mistakes and its "
    "settings can be looked at and compared. It was made for that and for no product."
)


def card_of(subject: Subject) -> bytes:
    """Return the card in Markdown, UTF-8. What others wrote (titles, class names) stands in it as
    text."""
    parts = [
        f"# {plain(names.of_run(subject.run))}",
        *_about(subject),
        "## Data",
        *_data(subject),
        "## Figures",
        *_figures(subject),
        "## How the choice was made",
        *run_summary.caveats(subject),
        "## Settings",
        *_settings(subject),
        "## What it is for",
        _FOR,
        "## What it is not for",
        _listed(subject.config.data.not_for),
        "## How to load it",
        *_loading(subject),
        "## Limits",
        _listed(_limits(subject)),
    ]
    return ("\n\n".join(parts) + "\n").encode()


def _about(subject: Subject) -> list[str]:
    plan, named = subject.plan, subject.config.architecture.about
    rows = [(plain(a), b, c, plain(d)) for a, b, c, d in run_summary.layer_rows(plan)]
    return [
        f"{named} with {plan.parameters:,} parameters that gives an image one of {plan.classes} "
        f"classes: {plain(names.of_config(subject.config))}.",
        f"Run `{subject.run.name}`. {plain(run_summary.describe_ending(subject.run))}",
        f"From an image of {formats.shape(plan.input_shape)} (channels × height × width) to one "
        "score (logit) for each class:",
        _table(("Layer", "Output", "Parameters", "How they come about"), rows, "llrl"),
    ]


def _data(subject: Subject) -> list[str]:
    data, dataset, split = subject.config.data, subject.dataset, subject.split
    counts = [
        (name.capitalize(), f"{len(getattr(split, name)):,}")
        for name in ("train", "validation", "test")
    ]
    file = plain(getattr(data, "file", ""))
    names = ", ".join(plain(name) for name in dataset.classes)
    factor, shift = scaling_of(data.scaling, dataset, subject.split.train)
    return [
        " ".join(filter(None, [data.origin.format(file=file), data.licence])),
        f"SHA-256 of the data: `{dataset.fingerprint}`.",
        _table(("Split", "Images"), counts, "lr"),
        f"Classes: {names}.",
        f"Pixels are whole numbers from 0 to {dataset.max_pixel}. The network sees them scaled "
        f"({labels.of_current_value(subject.config, 'data.scaling').lower()}): "
        f"pixel × {_numbers(factor)}"
        f"{f' + {_numbers(shift)}' if shift.any() else ''}.",
    ]


def _figures(subject: Subject) -> list[str]:
    said = [f"**{plain(one.sentence)}** {plain(one.evidence)}" for one in subject.findings]
    rows = [
        (name, f"{one.images:,}", formats.share(one.accuracy), formats.loss(one.loss))
        for name, one in run_summary.figures(subject.run)
    ]
    if rows:
        said.append(_table(("Images", "n", "Accuracy", "Loss (cross-entropy)"), rows, "lrrr"))
    else:
        said.append("There are no figures: this run was not measured at its end.")
    if test := subject.predictions("test"):
        error = evaluation.calibration(test.labels, test.probabilities).error
        said.append(
            f"How sure it is and how often it is right are {100 * error:.1f} points apart, on "
            f"average over the {len(test.labels):,} test images (expected calibration error, ten "
            "bins of equal width)."
        )
        classes = [
            (plain(one.name), f"{one.images:,}", *map(formats.share, _shares(one)))
            for one in run_summary.class_rows(subject)
        ]
        said.append("Test images by class:")
        heads = ("Class", "n", "Precision", "Recall", "F1")
        said.append(_table(heads, classes, "lrrrr"))
    facts = [(name, plain(value)) for name, value in run_summary.facts(subject).items()]
    return [*said, _table(("How it was computed", ""), facts, "ll")]


def _shares(one: run_summary.ClassRow) -> tuple[float, float, float]:
    return one.precision, one.recall, one.f1


def _settings(subject: Subject) -> list[str]:
    changed = labels.of_settings(subject.config)
    return [
        "All settings are the defaults."
        if not changed
        else f"What differs from the defaults: {plain('; '.join(changed))}.",
        "All settings, which `python -m playground run` takes as a file:",
        f"```json\n{json.dumps(json.loads(subject.config.canonical()), indent=2)}\n```",
    ]


def _loading(subject: Subject) -> list[str]:
    if not subject.weights:
        return ["This run left no weights."]
    _, height, width = subject.dataset.input_shape
    channels = subject.dataset.images.shape[-1]
    factor, shift = scaling_of(subject.config.data.scaling, subject.dataset, subject.split.train)
    code = (
        (Path(__file__).parent / "templates" / "loading.txt")
        .read_text()
        .format(
            file=f"{subject.stem}.safetensors",
            shape=f"{height}, {width}, {channels}",
            max_pixel=subject.dataset.max_pixel,
            factor=factor.tolist(),
            shift=shift.tolist(),
        )
    )
    return [
        "With the playground's code and its export of the weights (safetensors), whose header "
        "holds the settings and the classes:",
        f"```python\n{code}```",
    ]


def _limits(subject: Subject) -> list[str]:
    run, scores = subject.run, subject.run.scores["test"]
    said = ["Its probabilities are those of a softmax: they add up to 1 over its classes, always."]
    if scores and subject.config.data.validation != "test":
        error = (scores.accuracy * (1 - scores.accuracy) / scores.images) ** 0.5
        said.append(
            f"With {scores.images:,} test images the standard error of the test accuracy is "
            f"{error * 100:.1f} points, for images like these."
        )
    said += subject.config.data.limits
    said.append(
        "The same settings give the same network on the same machine; elsewhere the last digits "
        "differ, and after many epochs more than those."
    )
    if run.status != "finished":
        said.append("It did not come to its end: do not take it for what its settings can do.")
    return said


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], sides: str) -> str:
    """Write a table in Markdown; ``sides`` has l or r for each column."""
    rule = ["---:" if side == "r" else "---" for side in sides]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rows))


def _listed(sentences: Iterable[str]) -> str:
    return "\n".join(f"- {sentence}" for sentence in sentences)


def _numbers(values: np.ndarray) -> str:
    """Format one number, or one for each colour channel if they are not the same."""
    texts = [formats.minus(f"{value:.6g}") for value in values]
    return texts[0] if len(set(texts)) == 1 else f"({', '.join(texts)})"
