"""Activation functions, their derivatives, and how long they take."""

import platform
from functools import lru_cache

import numpy as np
import streamlit as st

from playground import charts
from playground.config import RunConfig, activation
from playground.recipes.ideas import activations
from playground.recipes.ideas.activations import ACTIVATIONS, ARTICLES, ARTICLES_LEAK, LEAK
from playground.ui import navigation

_LIMITS = {"Value": (-1.5, 3.0), "Slope": (-0.25, 1.25)}
_AT = (-2.0, 0.0, 2.0)
"""Where the descriptions for screen readers tell the values."""


def show(config: RunConfig) -> None:
    """Draw all of them in two charts; the sidebar's, or the one that is chosen, stands out."""
    mine, kinds = config.architecture.activation, list(activation.ACTIVATIONS)
    row = st.container(horizontal=True, vertical_alignment="bottom")
    name = row.selectbox(
        "Activation", kinds, index=kinds.index(mine),
        format_func=lambda one: _called(one) + (", as in the sidebar" if one == mine else ""),
        key=f"ideas.activation.{mine}", persist_state="session", width=280,
    )  # fmt: skip
    navigation.try_recipe_button(row, "pyramid-relu", "ideas.try.activations")
    curve = ACTIVATIONS.get(name)
    about = curve.about if curve else "Its curve is not drawn here, only those of the others."
    st.markdown(f"**{_called(name)}.** {about}")
    drawn = {"Value": ("The function", ""), "Slope": ("Its derivative", "")}
    if curve:
        drawn["Value"] = "The function", f"f(x) = {curve.formula}"
        drawn["Slope"] = "Its derivative", f"f'(x) = {curve.slope}"
    for column, (title, (head, formula)) in zip(st.columns(2), drawn.items(), strict=True):
        column.markdown(f"**{head}**")
        if formula:
            column.container(height=90, border=False, vertical_alignment="center").latex(formula)
        curves = _curves(title)
        column.vega_lite_chart(
            charts.function_data(_grid(), curves, _called(name)),
            charts.function_spec(title, tuple(curves), _LIMITS[title]),
            key=f"ideas.activation.{title}",
            alt=_describe(head, name, title),
        )
    st.caption(
        "Point at a line to see which it is. In training each gradient is multiplied by the slope "
        "of every activation on its way back: near 0 it fades, near 1 it passes."
    )
    left, right = st.columns(2)
    with left:
        _article()
    with right:
        _times()


def _article() -> None:
    """Draw five curves in one picture, as an article draws them."""
    st.markdown("**Five of them as an article draws them**")
    labels = {
        "leaky_relu": f"Leaky ReLU, slope {LEAK:g}",
        "prelu": f"PReLU, slope {ARTICLES_LEAK:g}",
    }
    x = np.linspace(-5, 5, 201)
    curves = {labels.get(name, _called(name)): one(x) for name, one in ARTICLES.items()}
    ends = "; ".join(f"{name} from {y[0]:.2f} to {y[-1]:.2f}" for name, y in curves.items())
    st.vega_lite_chart(
        charts.function_data(x, curves, ""),
        charts.function_spec(
            "Value", tuple(curves), (-1.1, 2.0), tuple(list(ACTIVATIONS).index(n) for n in ARTICLES)
        ),
        key="ideas.activation.article",
        alt=f"Line chart of five activation functions for x from -5 to 5: {ends}.",
    )
    st.caption(
        f"The PReLU here has learned the slope {ARTICLES_LEAK:g}. Values above 2 are cut off: the "
        "three ReLUs go on upwards."
    )


def _times() -> None:
    """Draw how long each takes here, in NumPy; timed when it is asked for, as that takes a
    moment."""
    st.markdown(f"**How long each takes for {activations.TIMED_VALUES:,} numbers**")
    chart = st.container()
    kept = _timed()
    again = " again" if kept else ""
    st.button(
        f"Time them{again}", icon=":material/timer:", key="ideas.activation.time", on_click=_time
    )
    if not kept:
        st.caption(
            "Not timed yet: it takes less than a second, on the machine that serves this page."
        )
        return
    seconds, turns = kept[0]
    found = {_called(name): 1000 * one for name, one in seconds.items()}
    relu, slowest = found[_called("relu")], max(found, key=found.__getitem__)
    chart.vega_lite_chart(
        charts.time_data(found),
        charts.time_spec(_called("relu"), 1.5 * found[slowest]),
        key="ideas.activation.times",
        alt="Bar chart of the time of each activation function: "
        + ", ".join(f"{name} {time:.2g} ms" for name, time in found.items())
        + ".",
    )
    chart.markdown(
        f"ReLU only compares with zero, and took {relu:.2g} ms; {slowest} took "
        f"{found[slowest]:.2g} ms, {found[slowest] / relu:.1f} times as long."
    )
    st.caption(
        "Measured for all visitors at once, on the machine that serves this page "
        f"({platform.machine()}): NumPy on float32 values, the best of {turns} turns. What else "
        "the machine does moves the times. PyTorch's own functions and a graphics card have other "
        "ratios. GELU is left out: NumPy has no function for it."
    )


@st.cache_resource(show_spinner=False, max_entries=1)
def _timed() -> list[tuple[dict[str, float], int]]:
    """Return for all visitors what was timed last, if anything was: by the activation's name, in
    seconds, and how many turns were taken."""
    return []


def _time() -> None:
    functions = {n: one.function for n, one in ACTIVATIONS.items() if n not in ("gelu", "none")}
    _timed()[:] = [activations.time_functions(functions)]


def _called(name: str) -> str:
    return "None (identity)" if name == "none" else activation.ACTIVATIONS[name].label


@lru_cache(maxsize=1)
def _grid() -> np.ndarray:
    """Return x from −4 to 4, with two points at 0, so that a jump there is drawn upright."""
    return np.sort(np.append(np.linspace(-4, 4, 81), 1e-9))


@lru_cache(maxsize=2)
def _curves(title: str) -> dict[str, np.ndarray]:
    return {
        _called(name): (one.function if title == "Value" else one.derivative)(_grid())
        for name, one in ACTIVATIONS.items()
    }


def _describe(head: str, name: str, title: str) -> str:
    """Describe a chart in words, for screen readers."""
    chart = f"Line chart of {len(ACTIVATIONS)} activation functions, {head.lower()}."
    one = ACTIVATIONS.get(name)
    if one is None:
        return chart
    values = (one.function if title == "Value" else one.derivative)(np.array(_AT))
    texts = [f"{y:.3g} at {x:g}" for x, y in zip(_AT, values, strict=True)]
    return f"{chart} {_called(name)} is {', '.join(texts)}."
