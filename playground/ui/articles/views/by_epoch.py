"""One chart of a recipe's accuracy or loss by epoch."""

from collections.abc import Mapping

import streamlit as st

from playground import charts
from playground.recipes import RECIPES
from playground.recipes.reproduction import OF, Curves

TRAINING = "Training, as it trained"


def watched(name: str) -> str:
    """Name the images of a recipe's curve beside that of training."""
    return "Test" if RECIPES[name].config.data.validation == "test" else "Validation"


def lines_of(name: str, curves: Curves, quantity: str) -> dict[str, tuple[float, ...]]:
    """Collect the lines of a recipe that there are: training, and what it watches."""
    return {
        line: tuple(curves[key])
        for line, key in zip((TRAINING, watched(name)), OF[quantity], strict=True)
        if curves.get(key)
    }


def draw(
    lines: Mapping[str, tuple[float, ...]],
    quantity: str,
    key: str,
    title: str,
    span: tuple[float, float] | None = None,
    mark: int | None = None,
) -> None:
    """Draw one chart of lines by epoch: accuracies (0 to 1) or losses (nats per image)."""
    epochs = max(map(len, lines.values()))
    shown = "{:.1%}" if quantity == "accuracy" else "{:.2f}"
    st.vega_lite_chart(
        charts.training_data(lines),
        charts.training_spec(quantity, tuple(lines), epochs, span, mark),
        key=f"{key}.{quantity}",
        alt=f"{quantity.capitalize()} by epoch of {title}, {epochs:,} epochs: "
        + "; ".join(
            f"{line} from {shown.format(values[0])} to {shown.format(values[-1])}"
            for line, values in lines.items()
        )
        + ".",
    )
