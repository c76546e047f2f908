"""The view of the units: which are dead or saturated, layer by layer."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from playground import charts, formats
from playground.analysis.labels import plain
from playground.inside import LayerHistory, LayerUnits
from playground.ui import inputs
from playground.ui.inside.progress import with_progress
from playground.ui.inside.subject import Subject
from playground.worker import questions

_DEAD, _SATURATED, _WEIGHTS, _GRADIENTS, _STEP = (
    "Dead units", "Saturation", "Weights", "Gradients", "Steps"
)  # fmt: skip
_MEASURES = {
    _DEAD: "The share of a layer's units that put out 0 for each image.",
    _SATURATED: "The share of outputs of tanh or sigmoid within 5 % of their ends.",
    _WEIGHTS: "The median of a layer's weights, and where the middle 90 % of them lie.",
    _GRADIENTS: "The median of the gradient of each epoch's last batch, and its middle 90 %: near "
    "0 throughout, a layer hardly learns.",
    _STEP: "How far each epoch's last step went, as a share of the length of the weights: about "
    "0.001 is usual; far above, training is restless, far below, it stands still.",
}
_AXES = {
    _DEAD: "Dead units (%)", _SATURATED: "Saturated outputs (%)", _WEIGHTS: "Weights",
    _GRADIENTS: "Gradient", _STEP: "Length of a step (share of the weights)",
}  # fmt: skip
Lines = dict[str, list[tuple[float, float]]]
_NAMED = 24
"""Dead units of a layer that are named one by one."""


def draw(place: Any, subject: Subject) -> None:
    """Draw a row for each layer: how many of its units are dead, and which."""
    found: list[LayerUnits] = subject.ask(questions.UNITS, split=subject.split)
    if not found:
        place.info("This network has no hidden units.")
        return
    images = found[0].images
    dead = sum(len(layer.dead) for layer in found)
    units = sum(layer.units for layer in found)
    place.markdown(
        f"**{dead:,} of {units:,} units are dead**: they put out 0 for each of {images:,} "
        f"{subject.split} images, so they tell the layers after them nothing."
        if dead
        else f"**No unit is dead**: each puts out something other than 0 for some of {images:,} "
        f"{subject.split} images."
    )
    place.dataframe(_table(found), hide_index=True, column_config=_columns(found))
    with place:
        _named(found)
        _through(subject)


def _named(found: Sequence[LayerUnits]) -> None:
    """Name the dead units, layer by layer."""
    for layer in found:
        if len(layer.dead):
            named = formats.listed([str(one) for one in layer.dead[:_NAMED]])
            more = len(layer.dead) - _NAMED
            st.markdown(
                f"Dead in {_where(layer)}{plain(layer.title)}: {named}"
                + (f" and {more:,} more" if more > 0 else "")
                + "."
            )


def _through(subject: Subject) -> None:
    """Draw how the layers were through training: one of several measures at a time."""
    epochs = subject.engine.store.snapshot_epochs(subject.loaded.run.name)
    if not epochs:
        st.caption(
            "How they came to it is not known: this run kept no epochs on the way. It had one "
            "epoch only, trained beside others or before they were kept, its network is too large, "
            "or they were removed to make room."
        )
        return
    st.markdown("**Through training**")
    measure = inputs.one_of(st, "Measure", list(_MEASURES), "inside.measure", pills=True)
    st.caption(_MEASURES[measure])
    if measure in (_DEAD, _SATURATED):
        lines, bands = _shares(subject, epochs, measure), {}
    else:
        lines, bands = _spreads(subject.ask(questions.HISTORY), measure)
    if not lines:
        st.info(
            "This network has no tanh or sigmoid, which could be saturated."
            if measure == _SATURATED
            else "This was not noted in training."
        )
        return
    last = ", ".join(f"{name}: {formats.number(points[-1][1])}" for name, points in lines.items())
    st.vega_lite_chart(
        charts.layer_data(lines, bands),
        charts.layer_spec(
            tuple(lines), _AXES[measure], log=measure == _STEP,
            is_share=measure in (_DEAD, _SATURATED),
        ),
        key=f"inside.through.{measure}",
        alt=f"Line chart of {_AXES[measure].lower()} by epoch, a line a layer. At the end: {last}.",
    )  # fmt: skip


def _shares(subject: Subject, epochs: Sequence[int], measure: str) -> Lines:
    """Measure which share of each layer's units is dead, or of its outputs saturated."""
    lines: Lines = {}
    for epoch in with_progress(epochs, "Epochs looked at"):
        then = replace(subject, epoch=epoch)
        for layer in then.ask(questions.UNITS, split=subject.split):
            value = len(layer.dead) / layer.units if measure == _DEAD else layer.saturated
            if np.isfinite(value):
                lines.setdefault(_called(layer), []).append((epoch, 100 * value))
    return lines


def _spreads(
    found: Sequence[LayerHistory], measure: str
) -> tuple[Lines, dict[str, list[tuple[float, float]]]]:
    """Return each layer's median by epoch with its middle 90 %, or how far its steps went."""
    lines: Lines = {}
    bands: dict[str, list[tuple[float, float]]] = {}
    for layer in found:
        if measure == _STEP:
            values, ends = layer.steps, [(float("nan"), float("nan"))] * len(layer.epochs)
        else:
            every = layer.weights if measure == _WEIGHTS else layer.gradients
            values, ends = every[:, 3], list(map(tuple, every[:, [1, 5]].tolist()))
        known = np.isfinite(values) & ((values > 0) | (measure != _STEP))  # its axis is logarithmic
        lines[_called(layer)] = [
            (int(epoch), float(value))
            for epoch, value in zip(layer.epochs[known], values[known], strict=True)
        ]
        bands[_called(layer)] = [end for end, is_known in zip(ends, known, strict=True) if is_known]
    return {name: points for name, points in lines.items() if points}, bands


def _called(layer: LayerUnits | LayerHistory) -> str:
    """Name a layer so that two of one kind differ."""
    return f"{layer.place + 1}. {_where(layer)}{layer.title}"


def _table(found: list[LayerUnits]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Layer": [f"{_where(one)}{one.title}" for one in found],
            "Units": [one.units for one in found],
            "Dead": [len(one.dead) for one in found],
            "Dead (%)": [100 * len(one.dead) / one.units for one in found],
            "Saturated (%)": [100 * one.saturated for one in found],
            "Zeros (%)": [100 * one.zeros for one in found],
        }
    )


def _where(layer: LayerUnits | LayerHistory) -> str:
    return f"block {layer.block}, ".capitalize() if layer.block else ""


def _columns(found: list[LayerUnits]) -> dict[str, Any]:
    percent = {
        name: st.column_config.ProgressColumn(
            name, help=told, format="%.0f", min_value=0, max_value=100
        )
        for name, told in {
            "Dead (%)": "Units that put out 0 for every image.",
            "Zeros (%)": "Outputs that are 0, over all units and images.",
        }.items()
    }
    saturates = any(np.isfinite(one.saturated) for one in found)
    return percent | {
        "Saturated (%)": st.column_config.ProgressColumn(
            "Saturated (%)",
            help="Outputs of tanh or sigmoid within 5 % of their ends, where the gradient is "
            "small.",
            format="%.0f", min_value=0, max_value=100,
        )
        if saturates
        else None
    }  # fmt: skip
