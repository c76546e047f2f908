"""What was there before the run on the screen: its curves, what the change did, the last tries."""

from typing import Any

import streamlit as st

from playground import formats
from playground.analysis import before_after, headline, names
from playground.analysis.before_after import Difference, same_images
from playground.analysis.conclusions import MIN_SEEDS
from playground.analysis.labels import plain
from playground.config import RunConfig
from playground.results import EpochMetrics
from playground.service import Engine
from playground.store import Run
from playground.ui import inputs, state
from playground.ui.errors import shows_errors
from playground.ui.run import ask, hidden_test

LISTED = 8
"""Tries that stand in the row."""
POLL = 1.0
"""Seconds between two looks at seeds that are on."""
SEEDS = tuple(range(MIN_SEEDS))
"""The seeds that tell whether a change is more than chance."""


@shows_errors()
def of(engine: Engine, run: Run) -> Run | None:
    """Return the run that was looked at before this one and finished, if their figures compare."""
    lately = state.runs_before()
    stored = engine.store.get_many(lately)
    for name in lately:  # what was overtaken did not come to its end
        found = stored.get(name)
        if found and found.status == "finished" and _belongs(found):
            return found if same_images(found, run) and not hidden_test.watches(found) else None
    return None


@shows_errors()
def told(engine: Engine, before: Run | None, run: Run) -> Difference | None:
    """Say what changed from one run to the other, and what it did; None of one that is on."""
    if before is None or run.status != "finished" or hidden_test.judges(run):
        return None
    families = [engine.store.family(one.family, one.fingerprint) for one in (before, run)]
    return before_after.difference(before, run, (families[0], families[1]))


def draw(engine: Engine, before: Run, run: Run, found: Difference) -> None:
    """Draw what the change did, as it was ``found``, in one line, with a way to more seeds if these
    would tell; until those that are on have ended, it is kept up to date."""
    if any(engine.has_run(one.name) for one in _seeds(before, run)):
        st.fragment(_wait, run_every=POLL)(engine, before, run, found)
    else:  # a fragment takes half a millisecond
        _line(engine, before, run, found, 0)


def _seeds(before: Run, run: Run) -> list[RunConfig]:
    """Return what is to be trained for a verdict, beside the two runs themselves."""
    wanted = [one.config.with_seed(seed) for one in (before, run) for seed in SEEDS]
    return [config for config in wanted if config not in (before.config, run.config)]


def _wait(engine: Engine, before: Run, run: Run, found: Difference) -> None:
    on = sum(engine.has_run(config.name) for config in _seeds(before, run))
    if not on:
        st.rerun()  # the whole page: there is more to say
    _line(engine, before, run, found, on)


def _line(engine: Engine, before: Run, run: Run, found: Difference, on: int) -> None:
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    change = f"{plain(found.changed)}: " if found.changed else ""
    row.markdown(
        f":material/compare_arrows: {change}**{found.figures}** "
        f"({formats.points(found.points)}), {found.judged}.",
        width="content",
    )
    if found.seeds_missing and not state.lesson():
        _offer_seeds(row, engine, before, run, on)


def _offer_seeds(row: Any, engine: Engine, a: Run, b: Run, on: int) -> None:
    wanted = [config.name for config in _seeds(a, b)]
    there = engine.store.get_many(wanted)
    missing = [one for one in wanted if one not in there or there[one].status == "stopped"]
    if not on and not missing:
        return  # some of them diverged, as is said
    if on:
        row.caption(
            f":material/hourglass_empty: {formats.counted(on, 'run')} with other seeds to go"
        )
        return
    each = [run.seconds for run in (a, b) if run.seconds]
    takes = f" That takes {formats.wait(sum(each) * len(SEEDS))}." if each else ""
    pressed = row.button(
        "Other seeds", key="before.seeds", type="tertiary", icon=":material/casino:",
        help=f"Trains both settings with seeds {formats.listed([str(s) for s in SEEDS])}.{takes}",
    )  # fmt: skip
    if pressed:
        ask.train_beside(engine, _seeds(a, b))
        st.rerun()


def tries(engine: Engine, run: Run) -> None:
    """Draw the last tries as a row, each with what it changed and what it came to, to go back to;
    nothing while there is one only."""
    with shows_errors():
        lately = [name for name in state.tries() if name != run.name]
        stored = engine.store.get_many(lately)
        there = [name for name in lately if name in stored and _is_listed(stored[name])]
        if not there:
            return
        kept = {*there[1 - LISTED :], run.name}
        shown = {name: stored.get(name, run) for name in state.tries() if name in kept}
        said = names.together(shown.values())
        state.set_value("before.try", run.name)
        inputs.one_of(
            st, "Last tries", list(shown), "before.try", run.name, pills=True,
            format_func=lambda name: _named(shown[name], said[name]), label_visibility="visible",
            on_change=_go_back, args=(shown,),
        )  # fmt: skip


def _is_listed(run: Run) -> bool:
    return _belongs(run) and (run.is_measured or run.status == "diverged")


def _belongs(run: Run) -> bool:
    """Tell whether a run's settings are known here, and are some of the lesson's if one is
    taken."""
    lesson = state.lesson()
    return run.is_readable and (lesson is None or lesson.hold(run.config) == run.config)


def _named(run: Run, said: str) -> str:
    found = None if hidden_test.judges(run) else headline.of_run(run)
    figure = formats.share(found.accuracy) if found else run.status
    return plain(f"{figure} · {said}")


def _go_back(shown: dict[str, Run]) -> None:
    if run := shown.get(state.get("before.try") or ""):
        state.choose_runs([run.name])
        state.load(run.config)


def epochs_of(engine: Engine, run: Run, upto: int) -> list[EpochMetrics]:
    """Read the epochs of the run before, as far as the chart of one of so many epochs goes."""
    return [one for one in engine.store.epochs(run.name) if one.epoch <= upto]
