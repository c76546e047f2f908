"""What a run reached and what it cost, as columns of a table."""

from typing import Any

import streamlit as st

from playground.store import SPLITS, Run

_FIGURES = {"accuracy (%)": ("accuracy", 100, "%.2f"), "loss": ("loss", 1, "%.4g")}
"""Heading -> the field of Scores, by what it is multiplied, its digits."""


def cells(run: Run) -> dict[str, Any]:
    """A row's part: accuracies and losses, None where they were not measured; epochs and cost."""
    found: dict[str, Any] = {}
    for heading, (field, factor, _) in _FIGURES.items():
        for split in SPLITS:
            scores = run.scores[split]
            value = factor * getattr(scores, field) if scores else None
            found[f"{split.capitalize()} {heading}"] = value
    return found | {"Epochs": run.epochs, "Parameters": run.parameters, "Seconds": run.seconds}


def columns() -> dict[str, Any]:
    """How the columns of ``cells`` are written."""
    number = st.column_config.NumberColumn
    found = {
        f"{split.capitalize()} {heading}": number(format=digits)
        for heading, (_, _, digits) in _FIGURES.items()
        for split in SPLITS
    }
    return found | {"Parameters": number(format="localized"), "Seconds": number(format="%.1f")}
