"""Which settings to vary, over which values, with how many seeds."""

from collections import Counter
from functools import cache

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from playground import architecture, datasets
from playground.config import KINDS, RunConfig, Setting
from playground.datasets import DataError
from playground.runs import StoreError
from playground.sweeps import Axis, Member, Sweep, SweepError, paths_of
from playground.ui import state, words
from playground.ui.frame import Frame

MOST_SEEDS = 20
_FIRST = (
    "optimizer.learning_rate",
    "optimizer.name",
    "architecture.hidden",
    "architecture.blocks.0.channels",
    "architecture.dropout",
    "architecture.activation",
    "regularization.weight_decay",
    "run.batch_size",
    "run.epochs",
    "data.train_images",
)
_NEVER = ("run.device", "data.file", "data.name", "architecture.kind")
_SUGGESTED = {
    "optimizer.learning_rate": "0.001, 0.005, 0.01, 0.05, 0.1",
    "architecture.hidden": "16-10, 16-16, 32-16, 64-64, 128-64",
    "architecture.dropout": "0, 0.2, 0.4, 0.6",
    "regularization.weight_decay": "0, 0.0001, 0.001, 0.01",
    "regularization.l1": "0, 0.0001, 0.001, 0.01",
    "regularization.l2": "0, 0.0001, 0.001, 0.01",
    "regularization.label_smoothing": "0, 0.05, 0.1, 0.2",
    "run.batch_size": "16, 32, 64, 128, full",
    "data.test_fraction": "0.10, 0.18, 0.25, 0.32, 0.40",
    "data.label_noise": "0, 0.1, 0.2, 0.4",
}


def show(page: Frame) -> None:
    """Draw the form; the button starts the sweep and puts it on the screen."""
    config = page.drawn.config
    if config is None:
        st.info("The sidebar's settings cannot be run yet: see the message there.")
        return
    st.markdown(
        "Train the sidebar's network once for **every value** of one setting, or for every pair of "
        "two. What is stored already is not trained again."
    )
    columns = st.columns([4, 6, 4, 6], vertical_alignment="bottom")
    places = (("first", columns[:2]), ("second", columns[2:]))
    axes = [axis for place, pair in places if (axis := _axis(config, place, *pair))]
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    state.default("sweep.seeds", 1)
    seeds = row.number_input(
        "Seeds", 1, MOST_SEEDS, step=1, key="sweep.seeds", width=140, persist_state="session",
        help="How often each combination is trained, from other random numbers: one seed cannot "
        "tell a better setting from luck.",
    )  # fmt: skip
    first = config.run.seed
    sweep = Sweep(base=config, axes=tuple(axes), seeds=tuple(range(first, first + int(seeds))))
    members, problems = _checked(page, sweep) if axes else ((), [])
    pressed = row.button(
        "Start the sweep", type="primary", icon=":material/play_arrow:",
        disabled=bool(problems) or not axes,
        help=words.plain(problems[0]) if problems else None,
    )  # fmt: skip
    if members and not problems:
        row.markdown(_size(page, sweep, members))
    for problem in problems[:3]:
        st.error(words.plain(problem), icon=":material/error:")
    if pressed and not problems:
        _start(page, sweep)


def _start(page: Frame, sweep: Sweep) -> None:
    try:
        with st.spinner("Entering the runs …"):
            page.engine.sweeps.start(sweep)
    except (SweepError, DataError, StoreError) as error:
        state.refuse(str(error))
        return
    state.show_study(sweep.name)
    state.write_link(page.drawn.config)
    st.rerun()


def load(sweep: Sweep) -> None:
    """Fill the form; to be called in a callback, or before it is drawn."""
    state.hold("sweep.seeds", len(sweep.seeds))
    for place in ("first", "second"):
        state.hold(f"sweep.{place}", None)
    for place, axis in zip(("first", "second"), sweep.axes, strict=False):
        state.hold(f"sweep.{place}", axis.path)
        several = _choices(sweep.base, axis.path)
        held = list(axis.values) if several else ", ".join(axis.values)
        state.hold(_key(place, axis.path), held)


def _key(place: str, path: str) -> str:
    return f"sweep.values.{place}.{path}"


def _axis(
    config: RunConfig, place: str, left: DeltaGenerator, right: DeltaGenerator
) -> Axis | None:
    """One setting and its values; None where none is chosen or it has no values."""
    options = _ordered(config)
    labels = _labels(config, options)
    key, first = f"sweep.{place}", place == "first"
    state.default(key, options[0] if first else None)
    if state.get(key) not in options:  # the sidebar has another network now
        state.hold(key, options[0] if first else None)
    path = left.selectbox(
        "Vary" if first else "And", options, key=key, format_func=labels.__getitem__,
        index=0 if first else None, placeholder="Nothing else", persist_state="session",
    )  # fmt: skip
    if path is None:
        return None
    values = _values(config, place, path, right)
    return Axis(path=path, values=tuple(values)) if values else None


def _values(config: RunConfig, place: str, path: str, column: DeltaGenerator) -> list[str]:
    """What is to be tried of a setting: chosen from a list, or written with commas between."""
    setting, key = words.of_setting(config, path), _key(place, path)
    choices = _choices(config, path)
    if choices:
        state.default(key, choices)
        return column.multiselect(
            "Values", choices, key=key, format_func=words.of_value, persist_state="session"
        )
    state.default(key, _suggested(config, path, setting))
    text = column.text_input(
        "Values, with commas between", key=key, max_chars=1000, persist_state="session",
        placeholder="0.01, 0.1, 1", help=f"Each must be {setting.expects()}." if setting else None,
    )  # fmt: skip
    return [value.strip() for value in text.split(",") if value.strip()]


def _choices(config: RunConfig, path: str) -> list[str]:
    """The values there are, where a setting has only so many."""
    setting = words.of_setting(config, path)
    if setting is None:
        return list(KINDS[path.partition(".")[0]])
    return ["false", "true"] if setting.kind == "switch" else list(setting.choices)


def _suggested(config: RunConfig, path: str, setting: Setting | None) -> str:
    """Some values around what the sidebar has."""
    if path in _SUGGESTED:
        return _SUGGESTED[path]
    at: object = config
    for step in path.split("."):
        at = at[int(step)] if isinstance(at, tuple) else getattr(at, step)
    if isinstance(at, tuple):
        return "8, 16, 32, 64" if path.endswith("channels") else "-".join(map(str, at))
    if isinstance(at, bool) or not isinstance(at, int | float) or setting is None:
        return str(at)
    numbers = [at / 2, at, at * 2] if at else [0, 1, 2]
    low = setting.low if setting.low is not None else float("-inf")
    high = setting.high if setting.high is not None else setting.below or float("inf")
    whole = isinstance(at, int)
    fitting = [int(n) if whole else round(n, 6) for n in numbers if low <= n <= high]
    return ", ".join(dict.fromkeys(f"{n:g}" if not whole else str(n) for n in fitting))


def _ordered(config: RunConfig) -> list[str]:
    paths = [path for path in paths_of(config) if path not in _NEVER]
    return [p for p in _FIRST if p in paths] + [p for p in paths if p not in _FIRST]


def _labels(config: RunConfig, paths: list[str]) -> dict[str, str]:
    labels = {path: words.of_path(config, path) for path in paths}
    often = Counter(labels.values())
    return {
        path: label if often[label] == 1 else f"{label} ({path.partition('.')[0]})"
        for path, label in labels.items()
    }


def _checked(page: Frame, sweep: Sweep) -> tuple[tuple[Member, ...], list[str]]:
    """The runs of a sweep, or a sentence for each thing that cannot be run."""
    try:
        members = sweep.members()
    except SweepError as error:
        return (), error.problems
    problems: dict[str, None] = {}
    facts_of = cache(lambda data: datasets.facts(data, page.engine.data))
    for member in members:
        try:
            facts = facts_of(member.config.data)
            plan = architecture.plan(
                member.config.architecture, facts.input_shape, len(facts.classes)
            )
            architecture.check_batch(plan, member.config.run.batch_size)
        except (DataError, architecture.ImpossibleNetwork) as error:
            problems[f"With {', '.join(member.values)}: {error}"] = None
    return members, list(problems)


def _size(page: Frame, sweep: Sweep, members: tuple[Member, ...]) -> str:
    """How many runs it is, and how many of them are stored."""
    factors = [str(len(axis.values)) for axis in sweep.axes]
    factors += [f"{len(sweep.seeds)} seeds"] if len(sweep.seeds) > 1 else []
    try:
        stored = page.engine.store.several(member.config.name for member in members)
    except StoreError:
        stored = {}
    done = sum(run.status in ("finished", "diverged") for run in stored.values())
    text = f"**{len(members)} run{'s' if len(members) > 1 else ''}**"
    text += f" ({' × '.join(factors)})" if len(factors) > 1 else ""
    return text + (f", {done} of them stored already" if done else "")


def called(sweep: Sweep) -> str:
    """A sweep in one line, such as ``Learning rate × Dropout · Digits · MLP 32-16 …``."""
    labels = " × ".join(words.of_path(sweep.base, axis.path) for axis in sweep.axes)
    runs = f"{sweep.runs} run{'s' if sweep.runs > 1 else ''}"
    return " · ".join(filter(None, [labels, runs, words.summary(sweep.base)]))
