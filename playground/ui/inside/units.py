"""The view of the units: which are dead or saturated, layer by layer."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from playground import formats
from playground.analysis.labels import plain
from playground.inside import LayerUnits
from playground.ui.inside.subject import Subject
from playground.worker import questions

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
    for layer in found:
        if len(layer.dead):
            named = formats.listed([str(one) for one in layer.dead[:_NAMED]])
            more = len(layer.dead) - _NAMED
            place.markdown(
                f"Dead in {_where(layer)}{plain(layer.title)}: {named}"
                + (f" and {more:,} more" if more > 0 else "")
                + "."
            )


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


def _where(layer: LayerUnits) -> str:
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
            "nearly 0.",
            format="%.0f", min_value=0, max_value=100,
        )
        if saturates
        else None
    }  # fmt: skip
