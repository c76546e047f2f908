"""What the report of one run tells."""

import json
from typing import Any
from urllib.parse import urlencode

import numpy as np

from playground import formats
from playground.analysis import config_summary, diagnosis, names
from playground.export import run_summary
from playground.export.report import matrix, samples, svg_charts
from playground.export.subject import Subject
from playground.recipes import RECIPES

CURVE_NOTE = (
    "Training figures are taken on each batch as it is trained on, with dropout and augmentation "
    "on, so they may look worse than the others."
)


def template_values(subject: Subject) -> dict[str, Any]:
    """Return what the template of a run is filled with."""
    run = subject.run
    return {
        "title": names.of_run(run),
        "summary": names.of_config(subject.config),
        "run": run,
        "ending": run_summary.describe_ending(run),
        "lead": _lead(subject),
        "figures": run_summary.figures(run),
        "facts": run_summary.facts(subject),
        "caveats": run_summary.caveats(subject),
        "findings": subject.findings,
        "curves": curves(subject),
        "curve_note": _curve_note(subject),
        "matrix": matrix.of(subject),
        "classes": run_summary.class_rows(subject),
        "samples": samples.of(subject),
        "plan": subject.plan,
        "input": formats.shape(subject.plan.input_shape),
        "layers": run_summary.layer_rows(subject.plan),
        "settings": config_summary.summarize(subject.config),
        "again": how_to_repeat(subject),
    }


def how_to_repeat(subject: Subject) -> dict[str, str]:
    """Describe how to make the run again: ``link`` is what follows the app's address."""
    recipe = next((name for name, one in RECIPES.items() if one.config == subject.config), "")
    settings = subject.config.settings()
    return {
        "recipe": recipe,
        "link": f"?{urlencode(settings)}" if settings else "",
        "json": json.dumps(json.loads(subject.config.canonical()), indent=1),
    }


def curves(subject: Subject) -> dict[str, Any]:
    """Return the charts by quantity; empty if the run came to no epoch."""
    if not subject.epochs:
        return {}
    watched = {"none": None, "test": "Test"}.get(subject.config.data.validation, "Validation")
    marked = diagnosis.marks(subject.run.best_epoch, subject.findings)
    return svg_charts.curves(subject.epochs, watched, marked)


def _curve_note(subject: Subject) -> str:
    note = CURVE_NOTE
    if best := subject.run.best_epoch:
        kept = subject.config.regularization.early_stopping.keep == "best"
        which = "whose weights were kept" if kept else "the best one"
        note += f" The dotted line marks epoch {best}, {which}."
    return note


def _lead(subject: Subject) -> str:
    """Describe what the run reached, in a sentence, beside what needs no network."""
    scores, test = subject.run.scores["test"], subject.predictions("test")
    if scores is None or test is None:
        return ""
    usual = np.bincount(test.labels).max() / len(test.labels)
    return (
        f"It names the right class of {formats.share(scores.accuracy)} of {scores.images:,} test "
        f"images. Always naming their most frequent class would be right in {formats.share(usual)} "
        "of them."
    )
