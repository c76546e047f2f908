"""What a run mixes up, at a glance: a small matrix and its worst mistakes, and the way to more."""

import numpy as np
import streamlit as st

from playground import charts, formats
from playground.analysis import evaluation, headline, labels
from playground.service import Engine
from playground.store import Run
from playground.ui import navigation
from playground.ui.errors import shows_errors
from playground.ui.images import gallery
from playground.ui.run import loaded_run
from playground.ui.run.loaded_run import LoadedRun

WORST = 3
"""Mistakes that are shown."""


@shows_errors()
def draw(engine: Engine, run: Run) -> None:
    """Draw both of a run that was measured; nothing of one whose predictions are gone."""
    if not run.is_measured:
        return
    loaded = loaded_run.load(engine, run)
    split = headline.split_of(run.config)
    if split not in loaded.parts:
        return
    left, right = st.columns([1, 1.4], gap="medium")
    with left:
        _matrix(loaded, split)
    with right:
        _mistakes(loaded, split)


def _matrix(loaded: LoadedRun, split: str) -> None:
    part = loaded.parts[split]
    count = len(loaded.classes)
    matrix = evaluation.confusion(part.labels, part.predicted, count)
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    row.markdown("**What it mixes up**")
    navigation.link(row, "Mistakes", loaded.run.config)
    mixed = matrix - np.diag(matrix.diagonal())
    true, predicted = divmod(int(mixed.argmax()), count)
    worst = f"{loaded.classes[true]} taken for {loaded.classes[predicted]}"
    text = f" Most often: {worst}, {mixed.max():,} times." if mixed.any() else " No mistake."
    st.vega_lite_chart(
        charts.glance_data(matrix, loaded.classes), charts.glance_spec(loaded.classes),
        key="live.matrix",
        alt=f"Confusion matrix of {len(part.labels):,} {split} images, true class by row.{text}",
    )  # fmt: skip


def _mistakes(loaded: LoadedRun, split: str) -> None:
    part, dataset = loaded.parts[split], loaded.dataset
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    row.markdown("**Most confident mistakes**")
    navigation.link(row, "Images", loaded.run.config)
    wrong = part.where(wrong=True)
    if not len(wrong):
        st.caption(f"All {split} images are right.")
        return
    noun = formats.plural(loaded.run.config.data.noun, len(wrong))
    if dataset is None or part.indices is None:
        st.caption(labels.plain(f"{len(wrong):,} {noun} wrong. {loaded_run.IMAGES_GONE}"))
        return
    worst = part.ordered(wrong, "confident")[:WORST]
    gallery.draw(dataset, loaded.classes, [("", part)], part.indices[worst])
