"""The curves that are known of a recipe: measured, or of a run in this store."""

from dataclasses import dataclass

import streamlit as st

from playground.recipes import RECIPES, Scale
from playground.recipes.reproduction import Curves, curves_of
from playground.store import RunStore, StoreError
from playground.ui.articles.measured import Evidence


@dataclass(frozen=True)
class Known:
    """Curves by Reported.key, and in words where they are from."""

    curves: Curves
    scale: Scale
    source: str


def of(name: str, evidence: Evidence) -> Known | None:
    """Find the measured curves of the recipe in full; else those of the last finished run here;
    else the measured ones of its quick form. None where there are none yet."""
    recipe = RECIPES[name]
    if (full := evidence.measured(name, "full")) and any(full.curves.values()):
        return Known(full.curves, "full", "measured, full, one seed")
    for run in sorted(evidence.runs(recipe), key=lambda run: -(run.ended or 0)):
        if run.status != "finished":
            continue
        try:
            found = _stored(run.name, run.ended, evidence.engine.store)
        except StoreError:
            continue
        if any(found.values()):
            seed = run.config.run.seed
            scale = evidence.scale_of(recipe)
            return Known(found, scale, f"here, {scale}, seed {seed}")
    if (quick := evidence.measured(name, "quick")) and any(quick.curves.values()):
        return Known(quick.curves, "quick", "measured, quick, one seed")
    return None


@st.cache_data(max_entries=16, show_spinner=False)
def _stored(name: str, ended: float | None, _store: RunStore) -> Curves:
    """Kept by the run alone: the store is no key, so a closed one is not held."""
    return curves_of(_store.epochs(name))
