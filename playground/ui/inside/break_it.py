"""The view in which a network is broken: disturbed images, a unit less, coarse weights."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from playground import charts, formats
from playground.analysis import names
from playground.analysis.headline import Headline
from playground.analysis.labels import plain
from playground.data.disturbances import DISTURBANCES
from playground.inside import LayerUnits
from playground.ui import inputs
from playground.ui.inside.progress import with_progress
from playground.ui.inside.subject import Subject
from playground.worker import questions

_BITS = (8.0, 6.0, 5.0, 4.0, 3.0, 2.0)
_AT_ONCE = 16
"""Units that are switched off, one after the other, in one question."""
_WORST = 5
"""Units that are named."""
_WAYS = {name: one.title for name, one in DISTURBANCES.items()} | {
    "bits": "Coarse weights",
    "units": "A unit less",
}


def draw(place: Any, subject: Subject) -> None:
    """Draw the choice of what is done, and how much of what the network knows is left."""
    with place:
        way = inputs.one_of(
            st, "What to do", list(_WAYS), "inside.break", format_func=_WAYS.__getitem__, pills=True
        )
        if way == "units":
            _units(subject)
        else:
            _curve(subject, way)


def _curve(subject: Subject, way: str) -> None:
    """Draw the accuracy against how much is done, of the run and of the one beside it."""
    levels = _BITS if way == "bits" else DISTURBANCES[way].levels
    title = "Bits of a weight" if way == "bits" else DISTURBANCES[way].unit
    subjects = [subject, *([subject.beside] if subject.beside else [])]
    if subject.beside and not subject.engine.store.weights(subject.beside.loaded.run.name):
        st.info("The second run left no weights, so it is not drawn: train it again.")
        subjects.pop()
    told = names.together([one.loaded.run for one in subjects])
    runs = [plain(told[one.loaded.run.name]) for one in subjects]
    asked = 0
    steps = [(run, one, level) for run, one in zip(runs, subjects, strict=True) for level in levels]
    lines: dict[str, list[tuple[float, float, float, float]]] = {run: [] for run in runs}
    for run, one, level in with_progress(steps, "Measured"):
        if way == "bits":
            right, images = one.ask(questions.WITH_ROUNDED, split=one.split, bits=int(level))
        else:
            right, images = one.ask(
                questions.WITH_DISTURBED, split=one.split, kind=way, level=level
            )
        asked = images
        found = Headline("test", right / images, images)
        lines[run].append((level, found.accuracy, *found.interval))
    said = [_said(run if len(runs) > 1 else "Right", points, way) for run, points in lines.items()]
    st.markdown("  \n".join(said))
    st.vega_lite_chart(
        charts.broken_data(lines),
        charts.broken_spec(tuple(runs), title, tuple(levels), falling=way == "bits"),
        key=f"inside.broken.{way}",
        alt=f"Line chart of accuracy by {title.lower()}. {' '.join(said)}",
    )  # fmt: skip
    st.caption(
        f"Measured on the first {asked:,} {subject.split} images: the band is where the accuracy "
        "on many more would lie (95 % interval). Repeating it gives the same figures."
    )


def _said(run: str, points: Sequence[tuple[float, float, float, float]], way: str) -> str:
    first, last = points[0], points[-1]
    unit = "bits" if way == "bits" else DISTURBANCES[way].unit.partition("(")[2].rstrip(")")
    ends = [
        f"**{plain(formats.share(accuracy))}** at {level:g} {unit}"
        for level, accuracy, *_ in (first, last)
    ]
    return f"{run}: {ends[0]}, {ends[1]}."


def _units(subject: Subject) -> None:
    """Draw how much each unit of a layer is missed, ranked."""
    layers: list[LayerUnits] = subject.ask(questions.UNITS, split=subject.split)
    if not layers:
        st.info("This network has no hidden units.")
        return
    at = st.selectbox(
        "Layer", range(len(layers)), format_func=lambda at: _named(layers[at]),
        key=f"inside.layer.{subject.loaded.run.name[:8]}", width=420,
    )  # fmt: skip
    layer = layers[at]
    right, images = subject.ask(
        questions.WITH_DISTURBED, split=subject.split, kind="noise", level=0
    )
    groups = [
        range(start, min(start + _AT_ONCE, layer.units))
        for start in range(0, layer.units, _AT_ONCE)
    ]
    left: list[tuple[int, int]] = []
    for group in with_progress(groups, "Switched off", of=layer.units, each=_AT_ONCE):
        left += subject.ask(
            questions.WITHOUT_UNITS, split=subject.split, place=layer.place, units=list(group)
        )
    lost = [100 * (right - without) / images for without, _ in left]
    data = charts.lost_data(range(layer.units), lost)
    ranked = zip(data["unit"].tolist(), data["lost"].tolist(), strict=True)
    worst = ", ".join(f"unit {unit} ({one:.1f} points)" for unit, one in list(ranked)[:_WORST])
    spare = sum(one <= 0 for one in lost)
    st.markdown(
        f"Missed most: {worst}. Nothing is lost without any single one of "
        f"**{spare:,} of {layer.units:,}**; without all of them it may be."
    )
    st.vega_lite_chart(
        data, charts.lost_spec("unit"), key="inside.lost",
        alt=f"Bar chart of the accuracy lost without each unit. Missed most: {worst}.",
    )  # fmt: skip
    st.caption(
        f"Measured on the first {images:,} {subject.split} images: a point or two may be chance."
        + (" Of the first run only." if subject.beside else "")
    )


def _named(layer: LayerUnits) -> str:
    return (f"Block {layer.block}: " if layer.block else "") + layer.title
