"""What is to be known of a run that ended, folded away: every split's figures, device, versions."""

import streamlit as st

from playground import formats
from playground.analysis import labels
from playground.formats import NOTHING
from playground.store import SPLITS, Run
from playground.ui import state

TEST_HIDDEN = "The test figures are shown when the teacher reveals them."


def draw(run: Run) -> None:
    """Draw the figures of every split, what computed the run and with which versions."""
    section = st.expander("Details", key="section.details", on_change="rerun")
    if section.open:
        with section:
            _details(run)


def _details(run: Run) -> None:
    hidden = ("test",) if state.is_test_hidden() else ()
    measured = {
        split.capitalize(): run.scores[split]
        for split in SPLITS
        if split not in hidden and (run.scores[split] or split in run.unmeasured)
    }
    if run.mirrored and not hidden:
        measured["Test, mirrored too"] = run.mirrored
    found = measured.values()
    table = {
        "Split": list(measured),
        "Accuracy": [
            formats.share(scores.accuracy) if scores else "not measured" for scores in found
        ],
        "Loss": [formats.loss(one.loss) if one else NOTHING for one in found],
        "Images": [f"{one.images:,}" if one else NOTHING for one in found],
    }
    noisy = " Train against the labels it was trained with." if run.config.data.label_noise else ""
    if any(found):
        st.markdown(f"**Measured at the end**, with dropout and augmentation off.{noisy}")
    if measured:
        st.table(table, hide_index=True, border="horizontal")
        if hidden:
            st.caption(TEST_HIDDEN)
    what = (
        "best epoch"
        if run.config.regularization.early_stopping.keep == "last"
        else "weights of epoch"
    )
    kept = f", {what} {run.best_epoch}" if run.best_epoch else ""
    computed = f", {labels.plain(run.execution_text)}" if run.execution_text else ""
    device = run.device or ""
    if computed and device.startswith("cpu ("):
        device = "cpu"  # how many threads is said by the execution
    versions = " · ".join(f"{name} {number}" for name, number in run.versions.items())
    trained = f"{run.epochs:,} epochs"
    if run.seconds is not None:
        trained += f" in {run.seconds:,.1f} s on {device}"
    parts = [f"{trained}{computed}{kept}"]
    if run.parameters is not None:
        parts.append(f"{run.parameters:,} parameters")
    st.caption(" · ".join([*parts, f"seed {run.config.run.seed}", f"run {run.name[:8]}"]))
    st.caption(versions)
