"""A run, or several side by side, as one HTML file to hand in or to print.

It holds all it shows: no script, and nothing from outside. So it opens without a network and
survives a learning platform that takes scripts away. The same runs give the same file.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from playground import formats
from playground.charts import colors
from playground.export.report import comparison, single
from playground.export.subject import ExportError, Subject

MAX_RUNS = 8
"""Runs side by side, as many as there are colours for."""


def report_of(subjects: Sequence[Subject]) -> bytes:
    """Return the report of one to MOST runs, the first of them A, in UTF-8. Raises ExportError."""
    subjects = list({subject.run.name: subject for subject in subjects}.values())
    if not 1 <= len(subjects) <= MAX_RUNS:
        raise ExportError(f"A report is of one to {MAX_RUNS} runs: choose so many.")
    if len(subjects) == 1:
        name, values = "run.html.jinja", single.template_values(subjects[0])
    else:
        name, values = "comparison.html.jinja", comparison.template_values(subjects)
    return _templates().get_template(name).render(values).encode()


@cache
def _templates() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parents[1] / "templates"),
        autoescape=True,  # titles, class names and file names are written by others
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    shared: dict[str, Any] = {
        "share": formats.share,
        "loss": formats.loss,
        "nothing": formats.NOTHING,
        "colors": colors,
    }
    made.globals.update(shared)
    return made
