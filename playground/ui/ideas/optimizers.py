"""The optimizers: their rules with numbers, and the steps they take on a small surface."""

from typing import Any

import numpy as np
import streamlit as st

from playground import charts, formats
from playground.analysis import labels
from playground.config import OPTIMIZER_KINDS, OptimizerConfig, RunConfig, settings_of
from playground.export.optimizers import optimizer_of
from playground.recipes.ideas import descent, formulas
from playground.recipes.ideas.descent import RATES, SURFACES, Surface
from playground.recipes.ideas.optimizers import RULES, Rule
from playground.ui import inputs, navigation

MAX_COMPARED = 3


def show(config: RunConfig) -> None:
    """Draw the rule of the sidebar's optimizer, or of another at its defaults, and its steps."""
    mine, kinds = config.optimizer, list(OPTIMIZER_KINDS)
    row = st.container(horizontal=True, vertical_alignment="bottom")
    name = row.selectbox(
        "Optimizer", kinds, index=kinds.index(mine.name),
        format_func=lambda one: _called(one) + (", as in the sidebar" if one == mine.name else ""),
        key=f"ideas.optimizer.{mine.name}", persist_state="session", width=280,
    )  # fmt: skip
    shown, rule = _settings(name, config), RULES.get(name)
    st.markdown(f"**{_called(name)}.** {(type(shown).__doc__ or '').strip()}")
    if rule is None:
        _call(shown, config)
        st.caption(
            "Its rule is not written out here, so its steps are not drawn. PyTorch explains "
            f"[{_called(name)}](https://docs.pytorch.org/docs/stable/generated/{shown.call.target}"
            ".html), with the paper that it is from."
        )
        return
    navigation.try_recipe_button(row, rule.recipe, "ideas.try.optimizers")
    _rule(rule, shown, config, name == mine.name)
    _call(shown, config)
    st.caption(
        "In a network each step looks at a batch, so its gradient is the true one with noise. "
        "That noise can carry a network out of a small valley, which the exact gradient of all "
        "images would stay in: here, on “Two valleys”, the gradient is exact."
    )
    st.markdown("**Its steps on a surface of two weights**")
    _steps(name, config)


def _called(name: str) -> str:
    return labels.of_kind("optimizer", name)


def _settings(name: str, config: RunConfig) -> OptimizerConfig:
    """Return the sidebar's optimizer with its settings, any other with its defaults."""
    if name == config.optimizer.name:
        return config.optimizer
    return OPTIMIZER_KINDS[name].model_validate({})


def _rule(rule: Rule, shown: OptimizerConfig, config: RunConfig, of_sidebar: bool) -> None:
    decay = config.regularization.weight_decay
    left, right = st.columns(2)
    left.markdown("**The rule of each step**")
    left.latex(formulas.symbols(shown, rule.lines))
    right.markdown("**With the sidebar's numbers**" if of_sidebar else "**With its defaults**")
    right.latex(formulas.numbers(shown, rule.lines, decay))
    fields = settings_of(type(shown))
    texts = ["$w$ a weight", "$g$ the loss's gradient there"]
    for field, symbol in formulas.meaning(shown).items():
        label = fields[field].label.lower() if field in fields else "weight decay"
        value = decay if field == "weight_decay" else getattr(shown, field)
        texts.append(f"${symbol} = {formulas.number(value)}$ {label}")
    sentences = [", ".join(texts)]
    if rule.kept:
        letters = ", ".join(f"${letter}$" for letter in rule.kept)
        first = "$s_0$" if "initial_accumulator" in fields else "0"
        verb = "is" if len(rule.kept) == 1 else "are"
        sentences.append(f"{letters} {verb} kept from step to step, at first {first}")
    if rule.counts:
        sentences.append("$t$ counts the steps from 1")
    if rule.note:
        sentences.append(rule.note)
    if not decay:
        sentences.append("Weight decay is off in the sidebar, so its line is not on the right")
    st.caption(". ".join(sentences) + ".")


def _call(shown: OptimizerConfig, config: RunConfig) -> None:
    """Show torch's call with the numbers."""
    decay = config.regularization.weight_decay
    made = config.model_copy(update={"optimizer": shown})
    call = optimizer_of(made, device=None)
    numbers = {"LEARNING_RATE": f"{shown.learning_rate:g}", "WEIGHT_DECAY": f"{decay:g}"}
    for constant, number in numbers.items():
        call = call.replace(constant, number)
    # Without colours: Streamlit's one of numbers is too faint on white (2.6 : 1).
    st.code(f"optimizer = torch.{call}", language=None, wrap_lines=True)


def _steps(name: str, config: RunConfig) -> None:
    row = st.container(horizontal=True, gap="medium")
    key = inputs.one_of(
        row, "Surface", list(SURFACES), "ideas.surface", label_visibility="visible",
        format_func=lambda one: SURFACES[one].title,
    )  # fmt: skip
    surface = SURFACES[key]
    beside = row.multiselect(
        "Compare with", [one for one in RULES if one != name], format_func=_called,
        max_selections=MAX_COMPARED, key=f"ideas.compared.{name}", persist_state="session",
        width=340, placeholder="Other optimizers",
    )  # fmt: skip
    left, right = st.columns(2)
    steps = left.slider("Steps", 5, 200, 50, step=5, key="ideas.steps", persist_state="session")
    rate = _rate(right, name, key, config)
    paths = {}
    for one in [name, *beside]:
        used = rate if one == name else RULES[one].rates[key]
        optimizer = _settings(one, config).model_copy(update={"learning_rate": used})
        label = f"{_called(one)} {used:g}"
        paths[label] = _path(optimizer, key, steps, config.regularization.weight_decay)
    _draw(surface, paths, steps)
    st.caption(
        f"{surface.about} The number after a name is its learning rate. One that suits a network "
        "may be tiny here, so each begins with one that suits this surface. "
        + _numbers(config, [name, *beside])
    )


def _rate(place: Any, name: str, key: str, config: RunConfig) -> float:
    """Return the learning rate of the chosen optimizer: one for this surface, or the sidebar's."""
    mine = config.optimizer.learning_rate
    with place:
        slot = st.empty()
        taken = name == config.optimizer.name and st.toggle(
            f"Take the sidebar's learning rate, {mine:g}", key="ideas.rate.sidebar",
            persist_state="session",
        )  # fmt: skip
        chosen = slot.select_slider(
            "Learning rate on this surface", RATES, RULES[name].rates[key],
            format_func=lambda rate: f"{rate:g}", key=f"ideas.rate.{key}.{name}",
            persist_state="session", disabled=taken,
        )  # fmt: skip
    return mine if taken else chosen


@st.cache_data(show_spinner=False, max_entries=256)
def _path(optimizer: OptimizerConfig, surface: str, steps: int, decay: float) -> np.ndarray:
    place = SURFACES[surface]
    return descent.optimizer_path(optimizer, place.slope, place.start, steps, decay, place.reach)


def _numbers(config: RunConfig, names: list[str]) -> str:
    """Describe whose numbers the paths have."""
    others = [_called(one) for one in names if one != config.optimizer.name]
    texts = []
    if config.optimizer.name in names:
        texts.append(f"{_called(config.optimizer.name)} has the sidebar's other settings.")
    if others:
        texts.append(f"{', '.join(others)}: other settings at their defaults.")
    if decay := config.regularization.weight_decay:
        texts.append(f"All have the sidebar's weight decay, {decay:g}, which pulls towards (0, 0).")
    return " ".join(texts)


def _height(loss: float) -> str:
    return formats.number(loss, 2) if loss >= charts.MIN_LOSS else f"less than {charts.MIN_LOSS:f}"


def _draw(surface: Surface, paths: dict[str, np.ndarray], steps: int) -> None:
    losses = {label: surface.loss(path) for label, path in paths.items()}
    away = {label: len(path) - 1 for label, path in paths.items() if len(path) <= steps}
    ends = [
        f"{label}: runs away in step {away[label]}"
        if label in away
        else f"{label}: {_height(losses[label][-1])} above the lowest point after {steps} steps"
        for label in paths
    ]
    for label, step in away.items():
        st.warning(
            f"{label} runs away: in step {step} a weight is more than {surface.reach:g} from "
            "zero, and its path ends there. A smaller learning rate keeps it on the surface.",
            icon=":material/trending_up:",
        )
    labels = tuple(paths)
    data = charts.descent_data(
        surface.contours(), {label: (paths[label], losses[label]) for label in labels},
        surface.lowest,
    )  # fmt: skip
    left, right = st.columns(2)
    left.vega_lite_chart(
        data,
        charts.surface_spec(labels, surface.limits),
        key="ideas.surface.above",
        alt=f"{surface.title} from above, with a path from the start for each optimizer. "
        + ". ".join(ends)
        + ".",
    )
    right.vega_lite_chart(
        data,
        charts.descent_spec(labels, steps),
        key="ideas.surface.loss",
        alt=f"Line chart of the loss by step. {'. '.join(ends)}.",
    )
    st.markdown("\n".join(f"- {end}" for end in ends))
