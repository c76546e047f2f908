"""Two runs: what changed, what it did, and to which images."""

import numpy as np
import streamlit as st

from playground import charts
from playground.analysis import conclusions, evaluation, labels
from playground.analysis.comparison import Basis
from playground.service import Engine
from playground.store import Run
from playground.ui.errors import shows_errors
from playground.ui.images import gallery
from playground.ui.run import loaded_run
from playground.ui.run.loaded_run import LoadedRun

_HEADING = "From A to B, image by image"


@shows_errors()
def show(engine: Engine, a: Run, b: Run, basis: Basis, settled: bool) -> None:
    """Draw what became of A's images in B.

    ``settled`` is whether there are more seeds that say more about chance.
    """
    split = basis.split
    if split is None:
        if a.is_measured and b.is_measured:
            st.subheader(_HEADING)
            st.info(
                f"{basis.note} To compare image by image, keep the data set and all that says how "
                "its images are split."
            )
        return
    if not (a.scores[split] and b.scores[split]):
        left = [name for name, run in (("A", a), ("B", b)) if split in run.unmeasured]
        if left:
            were = "was stopped before its" if len(left) == 1 else "were stopped before their"
            st.info(f"{' and '.join(left)} {were} {split} images were measured.")
        return
    loaded_run.import_figures()
    st.subheader(_HEADING)
    was, now = loaded_run.load(engine, a), loaded_run.load(engine, b)
    if not (split in was.parts and split in now.parts):
        gone = [
            f"{name}: {text}"
            for name, run in (("A", a), ("B", b))
            if (text := labels.explain_removed(run))
        ]
        why = "The files of one of them are gone: delete that run, and train it again."
        st.info("  \n".join(gone) or why)
        return
    before, after = was.parts[split], now.parts[split]
    change = evaluation.change(before.labels, before.predicted, after.predicted)
    claim = conclusions.of_images(change, len(before.labels), settled, split)
    st.markdown(claim.told, help=claim.why or None)
    fixed, broken = st.tabs(
        [f"Fixed by B ({len(change.fixed):,})", f"Broken by B ({len(change.broken):,})"]
    )
    for tab, positions, key in ((fixed, change.fixed, "fixed"), (broken, change.broken, "broken")):
        with tab:
            if was.dataset is None or now.dataset is None:
                st.info(loaded_run.IMAGES_GONE)
                continue
            # The most striking first: where the one that is right was surest.
            right = after if key == "fixed" else before
            ordered = right.ordered(positions, "confident")
            st.fragment(gallery.show)(
                was.dataset, was.classes, before, ordered, f"compare.{key}", ("B", after)
            )
    _by_class(was, now, split)


def _by_class(was: LoadedRun, now: LoadedRun, split: str) -> None:
    st.markdown(f"**Class by class**: {split} accuracy of B minus that of A")
    figures = []
    for one in (was, now):
        part = one.parts[split]
        matrix = evaluation.confusion(part.labels, part.predicted, len(one.classes))
        figures.append(evaluation.per_class(matrix))
    texts = [
        f"{name} {difference * 100:+.1f}"
        for name, difference in zip(was.classes, figures[1].recall - figures[0].recall, strict=True)
        if np.isfinite(difference)
    ]
    st.vega_lite_chart(
        charts.difference_data(figures[0], figures[1], was.classes),
        charts.difference_spec("A", "B"),
        key="compare.classes",
        alt=f"Bar chart of the change of accuracy by class, in points: {', '.join(texts)}.",
    )
