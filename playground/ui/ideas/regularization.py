"""What L1 and L2 penalties do to a weight, and what early stopping saves."""

import numpy as np
import streamlit as st

from playground import charts, formats
from playground.config import RunConfig, Setting
from playground.recipes.ideas import descent, overfitting
from playground.ui import inputs, navigation

_L1, _L2, _RATE = 0.02, 0.05, 0.1
"""Shown if the sidebar has none."""


def show_penalties(config: RunConfig) -> None:
    """Draw the same weights under no penalty, under L1 and under L2, step by step."""
    set_l1, set_l2 = config.regularization.l1, config.regularization.l2
    row = st.container(horizontal=True, vertical_alignment="bottom")
    l1 = _number(row, "L1 penalty", set_l1 or _L1, "l1")
    l2 = _number(row, "L2 penalty", set_l2 or _L2, "l2")
    rate = _number(row, "Learning rate", _RATE, "penalty.rate", 0.001, 0.5)
    steps = row.select_slider(
        "Steps", (20, 50, 100, 200, 500, 1000, 2000), 200, format_func=lambda n: f"{n:,}",
        key="ideas.penalty.steps", persist_state="session", width=220,
    )  # fmt: skip
    navigation.try_recipe_button(row, "size-model-4", "ideas.try.penalties")
    st.markdown(
        f"**L1** adds {l1:g} × the sum of the weights' sizes to the loss: each step takes the same "
        f"amount off every weight, {rate:g} × {l1:g} = {rate * l1:.3g}. After {steps:,} steps all "
        f"that began within {rate * l1 * steps:.3g} of zero are at zero, or hop about it by less "
        "than one such amount.\n\n"
        f"**L2** adds {l2:g} × the sum of the squared weights: each step takes the same share off "
        f"every weight, 2 × {rate:g} × {l2:g} = {2 * rate * l2:.3g} of it. Large weights shrink "
        "most, and none becomes quite zero. For plain SGD a weight decay of "
        f"{2 * l2:g}, twice the L2 penalty, does the same."
    )
    panels = {"No penalty": (0.0, 0.0), f"L1 of {l1:g}": (l1, 0.0), f"L2 of {l2:g}": (0.0, l2)}
    for column, (title, (one, two)) in zip(st.columns(3), panels.items(), strict=True):
        weights = _shrunk(one, two, rate, steps)
        small = int((np.abs(weights[-1]) <= 0.005).sum())
        column.markdown(f"**{title}**")
        column.vega_lite_chart(
            charts.shrinking_data(weights),
            charts.shrinking_spec(descent.PENALIZED_WEIGHTS, steps),
            key=f"ideas.penalty.{title.split()[0]}",
            alt=f"Line chart of {len(descent.PENALIZED_WEIGHTS)} weights by step under {title}. "
            + " ".join(
                f"From {first:g} to {last:.3f}."
                for first, last in zip(weights[0], weights[-1], strict=True)
            ),
        )
        column.caption(f"{small} of {len(weights[-1])} weights end within 0.005 of zero.")
    shown = [f"{name} {value:g}" for name, value in (("L1", set_l1), ("L2", set_l2)) if value]
    begun = f"The penalties begin with the sidebar's {' and '.join(shown)}." if shown else ""
    st.caption(
        "Weights that only the penalty pulls at, with plain gradient descent; in a run the loss "
        f"pulls too. {begun or 'The sidebar has no penalty.'}"
    )


def _number(
    place: object, label: str, first: float, name: str, low: float = 0.0, high: float = 1.0
) -> float:
    # Another value in the sidebar is another widget, which begins with it.
    asked = Setting.of_number(label, low, high, first, integer=False)
    return inputs.number_or_default(place, asked, f"ideas.{name}.{first:g}", width=150)


@st.cache_data(show_spinner=False, max_entries=64)
def _shrunk(l1: float, l2: float, rate: float, steps: int) -> np.ndarray:
    return descent.penalized_path(l1, l2, rate, steps)


def show_early_stopping(config: RunConfig) -> None:
    """Draw a tiny network that overfits, and where early stopping would have ended it."""
    stopping = config.regularization.early_stopping
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    # Another patience in the sidebar is another widget, which begins with it.
    patience = row.slider(
        "Patience (epochs)", 1, 200, min(stopping.patience, 200), width=320,
        key=f"ideas.patience.{stopping.patience}", persist_state="session",
    )  # fmt: skip
    navigation.try_recipe_button(row, "cures-early-stopping", "ideas.try.early_stopping")
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
        f"({formats.share(saved / overfitting.EPOCHS, 0)}). The weights of epoch {best:,} are "
        f"kept: validation loss **{kept:.3f}** in place of **{last:.3f}** at the end."
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
        f"{overfitting.POINTS} points of a sine with noise of standard deviation "
        f"{overfitting.NOISE:g}. The points are drawn with a seed whose noise misleads it plainly; "
        "with others it may do less."
    )
