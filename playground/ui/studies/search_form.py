"""Which settings a search chooses, among which values, and in how many trials."""

from dataclasses import replace
from functools import lru_cache, partial

import streamlit as st
from pydantic import ValidationError

from playground.analysis import labels
from playground.config import ConfigError, RunConfig, Setting, setting_of
from playground.config.sweeps import (
    MAX_TRIALS,
    Choice,
    Range,
    Search,
    SweepError,
    corner_configs,
    describe_error,
    measured_on,
)
from playground.data import datasets
from playground.data.datasets import DataError
from playground.errors import Problem
from playground.network import ImpossibleNetwork, check_batch, plan_of
from playground.ui import inputs, state
from playground.ui.errors import show_error, shows_errors
from playground.ui.frame import Frame
from playground.ui.studies import study_time, suggested_values

MAX_SETTINGS = 6
"""Settings chosen at once: with more, the trials of a class are too few to tell them apart."""
_FIELDS = "search.fields"
_TRIALS = Setting.of_number(
    "Trials", 2, MAX_TRIALS, 20, "How many networks are trained. The first is the sidebar's own, "
    "if its values are among those below.",
)  # fmt: skip
_SEED = Setting.of_number(
    "Search seed", 0, 2**32 - 1, 0, "Starts the random numbers of the search: with another one it "
    "tries other values. The networks' own seed is the sidebar's.",
)  # fmt: skip
_NEVER = {"run.epochs", "run.device", "architecture.kind"}
"""What decides how long a trial takes, and on what."""


def show(page: Frame) -> None:
    """Draw the form; the button starts the search and puts it on the screen."""
    config = page.sidebar.config
    if config is None:
        st.info("The sidebar's settings cannot be run yet: see the message there.")
        return
    st.markdown(
        "Let the playground **look for the best settings**, in trials. A **trial** is one network, "
        "trained with values that follow from what the earlier trials came to; one that falls "
        "behind them is **pruned**: given up early, to save time. It chooses by validation "
        "accuracy, never by the test."
    )
    never = _NEVER | measured_on(config.data.validation_from)  # which images measure a trial
    options = suggested_values.settings_to_vary(config, never)
    names = labels.of_paths(config, options)
    state.set_default(
        _FIELDS, [path for path in suggested_values.USUAL_SETTINGS if path in options]
    )
    state.set_value(_FIELDS, [path for path in state.get(_FIELDS) if path in options])
    chosen = st.multiselect(
        "Settings to choose", options, key=_FIELDS, format_func=names.__getitem__,
        max_selections=MAX_SETTINGS, persist_state="session", placeholder="Choose settings",
        help="All other settings stay as the sidebar has them.",
    )  # fmt: skip
    fields: list[Range | Choice] = []
    problems = [] if chosen else [Problem.of_all("Choose a setting to search.")]
    for path in chosen:
        try:
            field = _field(config, path, names[path])
        except ConfigError as error:
            problems += error.problems
            continue
        if field is None:
            problems.append(Problem(path, "needs two values at least."))
        else:
            fields.append(field)
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    asked = []
    for setting, key in ((_TRIALS, "search.trials"), (_SEED, "search.seed")):
        try:
            asked.append(int(inputs.number(row, setting, key, width=140)))
        except ConfigError as error:
            problems += error.problems
    search = None
    if not problems:
        try:
            trials, seed = asked
            search = Search(base=config, fields=tuple(fields), trials=trials, seed=seed)
            problems += _problems(page, search)
        except ValidationError as error:
            problems.append(Problem.of_all(describe_error(error)))
    pressed = row.button(
        "Start the search", type="primary", icon=":material/play_arrow:",
        disabled=bool(problems), key="search.start",
    )  # fmt: skip
    if search and not problems:
        with row:
            eta = partial(page.engine.searches.eta, search)
            study_time.show(page.engine, f"**{search.trials} trials**", eta)
    for problem in problems[:3]:
        show_error(problem.sentence(names.get(problem.path)))
    if pressed and search and not problems:
        _start(page, search)


def _start(page: Frame, search: Search) -> None:
    with shows_errors(state.keep_error):
        page.engine.searches.start(search, state.visitor())
        state.show_study(search.name)
        state.write_link(page.sidebar.config)
    st.rerun()


def _field(config: RunConfig, path: str, label: str) -> Range | Choice | None:
    """Draw a row for one setting; None if it has no values. Raises ConfigError."""
    setting = setting_of(config, path)
    name = suggested_values.label_of(setting, label)
    if setting and suggested_values.is_range(setting):
        return _range(config, path, name, setting)
    key = f"search.{suggested_values.key_of(config, path)}.values"
    if setting and setting.kind == "switch":
        st.markdown(f"{name}: off and on")
        return Choice(path=path, values=("false", "true"))
    begins = suggested_values.search_values(config, path, setting)
    state.set_default(key, begins)
    choices = suggested_values.choices_of(path, setting)
    options = choices or tuple(dict.fromkeys([*begins, *state.get(key)]))
    found = st.multiselect(
        name, options, key=key, persist_state="session", accept_new_options=not choices,
        format_func=lambda text: labels.of_value(config, path, text),
        help=None if choices or setting is None else f"Each must be {setting.expects()}.",
        placeholder="Choose values" if choices else "Choose values, or type others",
    )  # fmt: skip
    values = tuple(setting.written(one) if setting else one for one in found)
    return Choice(path=path, values=values) if values else None


def _range(config: RunConfig, path: str, name: str, setting: Setting) -> Range:
    key = f"search.{suggested_values.key_of(config, path)}"
    low, high, log = suggested_values.range_of(config, path, setting)
    left, middle, right = st.columns([2, 2, 1], vertical_alignment="bottom")
    ends = []
    problems = []
    for column, end, value in ((left, "lowest", low), (middle, "highest", high)):
        asked = replace(
            setting, label=f"{name}, {end}", default=value,
            help=setting.help if end == "lowest" else "",
        )  # fmt: skip
        try:
            ends.append(inputs.number(column, asked, f"{key}.{end}"))
        except ConfigError as error:
            problems += error.problems
    state.set_default(f"{key}.log", log)
    log = inputs.switch(
        right, "Logarithmic", "Looks as hard from 0.001 to 0.01 as from 0.1 to 1: right for a "
        "number whose size is unknown.", key=f"{key}.log", persist_state="session",
    )  # fmt: skip
    if problems:
        raise ConfigError(problems)
    return Range(path=path, low=ends[0], high=ends[1], log=log)


def _problems(page: Frame, search: Search) -> list[Problem]:
    """List what cannot be run."""
    try:
        configs = corner_configs(search)
        facts = datasets.facts(search.base.data, page.engine.data)
        for data in {config.data for config in configs}:
            facts.images_of(data)
    except SweepError as error:
        return error.problems
    except DataError as error:
        return [Problem.of_all(str(error))]
    return list(_impossible(configs, facts))


@lru_cache(maxsize=32)
def _impossible(configs: tuple[RunConfig, ...], facts: datasets.Facts) -> tuple[Problem, ...]:
    """Return why some of these networks cannot be built or trained."""
    problems: dict[Problem, None] = {}
    alike = {(one.architecture, one.run.batch_size): one for one in configs}
    for config in alike.values():
        try:
            plan = plan_of(config, facts)
            check_batch(plan, config.run.batch_size)
        except ImpossibleNetwork as error:
            problems[Problem.of_all(f"Some of these values cannot be trained: {error}")] = None
    return tuple(problems)
