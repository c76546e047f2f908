"""What early stopping saves."""

import streamlit as st

from playground import charts
from playground.config import RunConfig
from playground.recipes.ideas import overfitting
from playground.ui import trying


def show(config: RunConfig) -> None:
    """A tiny network that overfits, and where early stopping would have ended it."""
    stopping = config.regularization.early_stopping
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    # Another patience in the sidebar is another widget, which begins with it.
    patience = row.slider(
        "Patience (epochs)", 1, 200, min(stopping.patience, 200), width=320,
        key=f"ideas.patience.{stopping.patience}", persist_state="session",
    )  # fmt: skip
    trying.button(row, "cures-early-stopping", "ideas.try.early_stopping")
    fit = overfitting.fit()
    stop, best = overfitting.stopped_at(fit.validation_loss, patience)
    saved = overfitting.EPOCHS - stop
    kept, last = fit.validation_loss[best - 1], fit.validation_loss[-1]
    st.markdown(
        "A network that trains too long learns the noise of its training data: their loss goes on "
        "falling while that of validation data rises. Early stopping watches the validation loss, "
        f"ends the run when it has not been lower for {patience} epochs, and keeps the weights of "
        "the best epoch (or of the last, if so set)."
    )
    st.markdown(
        f"Here it stops after epoch {stop:,} and saves {saved:,} of {overfitting.EPOCHS:,} epochs "
        f"({saved / overfitting.EPOCHS:.0%}). The weights of epoch {best:,} are kept: validation "
        f"loss **{kept:.3f}** in place of **{last:.3f}** at the end."
    )
    left, right = st.columns(2)
    left.markdown("**Loss by epoch**")
    left.vega_lite_chart(
        charts.overfit_data(fit.train_loss, fit.validation_loss, best, stop),
        charts.overfit_spec(overfitting.EPOCHS),
        key="ideas.early_stopping.loss",
        alt=f"Line chart of loss by epoch. Validation: lowest {kept:.3f} after epoch {best}, "
        f"{last:.3f} at the end. Training: {fit.train_loss[best - 1]:.3f}, then "
        f"{fit.train_loss[-1]:.3f}.",
    )
    right.markdown("**What it learned**")
    right.vega_lite_chart(
        charts.fit_data(fit.points, fit.x, fit.truth, fit.curves[best - 1], fit.curves[-1]),
        charts.fit_spec(),
        key="ideas.early_stopping.fit",
        alt=f"The curves of the network after epoch {best} and after the last one, through "
        f"{len(fit.points)} noisy points of a sine: the last one follows the noise.",
    )
    st.caption(
        f"A network of {overfitting.UNITS} tanh units, fitted by full-batch gradient descent to "
        f"{overfitting.POINTS} points of a sine with noise of deviation {overfitting.NOISE:g}. The "
        "points are drawn with a seed whose noise misleads it plainly; with others it may do less."
    )
