"""Which settings to vary, over which values, with how many seeds."""

from functools import cache, partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from playground import formats
from playground.analysis import labels
from playground.config import ConfigError, RunConfig, Setting, label_at, setting_of
from playground.config.sweeps import Member, Sweep, SweepError, sweep_of
from playground.data import datasets
from playground.data.datasets import DataError
from playground.errors import Problem
from playground.network import ImpossibleNetwork, check_batch, plan_of
from playground.ui import inputs, state
from playground.ui.errors import show_error, shows_errors
from playground.ui.frame import Frame
from playground.ui.studies import study_time, suggested_values

_SEEDS = Setting.of_number(
    "Seeds", 1, 20, 1, "How often each combination is trained, from other random numbers: one seed "
    "cannot tell a better setting from luck.",
)  # fmt: skip
_NEVER = ("run.device", "data.name", "data.file", "architecture.kind")
Axes = dict[str, list[str]]
"""Path -> values, as text."""


def show(page: Frame) -> None:
    """Draw the form; the button starts the sweep and puts it on the screen."""
    config = page.sidebar.config
    if config is None:
        st.info("The sidebar's settings cannot be run yet: see the message there.")
        return
    st.markdown(
        "Train the sidebar's network once for **every value** of one setting, or for every pair of "
        "two. What is stored already is not trained again."
    )
    columns = st.columns([4, 6, 4, 6], vertical_alignment="bottom")
    axes: Axes = {}
    problems: list[Problem] = []
    for place, pair in (("first", columns[:2]), ("second", columns[2:])):
        try:
            path, values = _axis(config, place, *pair)
        except ConfigError as error:
            problems += error.problems
            continue
        if path in axes:
            problems.append(Problem.of_all("Both change the same setting: choose two that differ."))
        elif path:
            axes[path] = values
            if not values:
                problems.append(Problem(path, "has no values yet: write some."))
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    seeds = int(inputs.number(row, _SEEDS, "sweep.seeds", width=140))
    sweep, members = None, ()
    if not problems:
        first = config.run.seed
        try:
            sweep = sweep_of(config, axes, range(first, first + seeds))
            members = sweep.members()
            problems += _impossible(page, members)
        except SweepError as error:
            problems += error.problems
    pressed = row.button(
        "Start the sweep", type="primary", icon=":material/play_arrow:", disabled=bool(problems)
    )
    if sweep and not problems:
        with row:
            eta = partial(page.engine.sweeps.eta, sweep)
            study_time.show(page.engine, _size(sweep, members), eta)
    for problem in problems[:3]:
        called = label_at(config, problem.path) if problem.path in axes else None
        show_error(problem.sentence(called))
    if pressed and sweep and not problems:
        _start(page, sweep)


def _start(page: Frame, sweep: Sweep) -> None:
    with shows_errors(state.keep_error):
        with st.spinner("Entering the runs …"):
            page.engine.sweeps.start(sweep, state.visitor())
        state.show_study(sweep.name)
        state.write_link(page.sidebar.config)
    st.rerun()


def _axis(
    config: RunConfig, place: str, left: DeltaGenerator, right: DeltaGenerator
) -> tuple[str | None, list[str]]:
    """Draw one setting, None if none is chosen, and its values. Raises ConfigError."""
    options = suggested_values.settings_to_vary(config, _NEVER)
    named = labels.of_paths(config, options)
    key, first = f"sweep.{place}", place == "first"
    state.set_default(key, options[0] if first else None)
    if state.get(key) not in options:  # the sidebar has another network now
        state.set_value(key, options[0] if first else None)
    path = left.selectbox(
        "Vary" if first else "And", options, key=key, format_func=named.__getitem__,
        index=0 if first else None, placeholder="Nothing else", persist_state="session",
    )  # fmt: skip
    return path, _values(config, place, path, right) if path else []


def _values(config: RunConfig, place: str, path: str, column: DeltaGenerator) -> list[str]:
    """Draw what is to be tried of a setting: chosen from a list, or written. Raises ConfigError."""
    setting = setting_of(config, path)
    key = f"sweep.{place}.{suggested_values.key_of(config, path)}"
    begins = suggested_values.sweep_values(config, path, setting)
    if choices := suggested_values.choices_of(path, setting):
        state.set_default(key, begins)
        return column.multiselect(
            "Values", choices, key=key, persist_state="session",
            format_func=lambda value: labels.of_value(config, path, value),
        )  # fmt: skip
    state.set_default(key, ", ".join(begins))
    text = column.text_input(
        "Values, with commas between", key=key, max_chars=1000,
        persist_state="session",
        placeholder="0.01, 0.1, 1",
        help=f"Each must be {setting.expects()}. Semicolons serve too." if setting else None,
    )  # fmt: skip
    return setting.split_values(text) if setting else [text]


def _impossible(page: Frame, members: tuple[Member, ...]) -> list[Problem]:
    """List the combinations that cannot be run, or give one problem if none can."""
    problems: dict[str, str] = {}
    facts_of = cache(lambda data: datasets.facts(data, page.engine.data))
    for member in members:
        try:
            facts = facts_of(member.config.data)
            facts.images_of(member.config.data)
            plan = plan_of(member.config, facts)
            check_batch(plan, member.config.run.batch_size)
        except DataError as error:
            return [Problem.of_all(str(error))]
        except ImpossibleNetwork as error:
            problems[f"With {', '.join(member.values)}: {error}"] = str(error)
    if len(problems) == len({member.values for member in members}):
        return [Problem.of_all(next(iter(problems.values())))]
    return list(map(Problem.of_all, problems))


def _size(sweep: Sweep, members: tuple[Member, ...]) -> str:
    """Describe how many runs it is."""
    runs = len({member.run for member in members})
    factors = [str(len(axis.values)) for axis in sweep.axes]
    factors += [f"{len(sweep.seeds)} seeds"] if len(sweep.seeds) > 1 else []
    text = f"**{formats.counted(runs, 'run')}**"
    if len(factors) > 1:
        text += f" ({' × '.join(factors)}{'' if runs == len(members) else ', some the same'})"
    return text
