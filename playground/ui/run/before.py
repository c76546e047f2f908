"""What was there before the run on the screen: its curves, what the change did, the last tries."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import streamlit as st

from playground import formats
from playground.analysis import before_after, headline, names
from playground.analysis.before_after import SEEDS, Difference, same_images
from playground.analysis.labels import plain
from playground.config import RunConfig
from playground.service import Engine
from playground.store import Run
from playground.ui import inputs, state
from playground.ui.errors import shows_errors
from playground.ui.run import ask, hidden_test

LISTED = 8
"""Tries that stand in the row."""
FAINT = "Faint lines: the run before."
POLL = 1.0
"""Seconds between two looks at seeds that are on."""


@shows_errors()
def read(engine: Engine) -> dict[str, Run]:
    """Read the runs that were looked at lately, by name, in the order they were met."""
    lately = state.tries()
    stored = engine.store.get_many(lately)
    return {name: stored[name] for name in lately if name in stored}


def of(stored: Mapping[str, Run], run: Run) -> Run | None:
    """Return the run that was looked at before this one and finished, if their figures compare."""
    for name in state.runs_before():  # what was overtaken did not come to its end
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
    wanted = _seeds(before.config, run.config) if found.seeds_missing else ()
    if any(engine.has_run(one.name) for one in wanted):
        st.fragment(_wait, run_every=POLL)(engine, before, run, found)
    else:  # a fragment takes half a millisecond
        _line(engine, before, run, found, 0)


# Asked at each run of the script, and a config's name takes 0.1 ms.
@lru_cache(maxsize=64)
def _seeds(before: RunConfig, after: RunConfig) -> tuple[RunConfig, ...]:
    """Return what is to be trained for a verdict, beside the two runs themselves."""
    wanted = [config.with_seed(seed) for config in (before, after) for seed in SEEDS]
    return tuple(config for config in wanted if config not in (before, after))


def _wait(engine: Engine, before: Run, run: Run, found: Difference) -> None:
    on = sum(engine.has_run(config.name) for config in _seeds(before.config, run.config))
    if not on:
        st.rerun()  # the whole page: there is more to say
    _line(engine, before, run, found, on)


def _line(engine: Engine, before: Run, run: Run, found: Difference, on: int) -> None:
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    change = f"{plain(found.changed)}: " if found.changed else ""
    row.markdown(
        f":material/compare_arrows: {change}**{found.figures}** "
        f"({formats.points(found.points)}), {found.judged}. :gray[{FAINT}]",
        width="content",
    )
    if found.seeds_missing and not state.lesson():
        _offer_seeds(row, engine, before, run, on)


def _offer_seeds(row: Any, engine: Engine, a: Run, b: Run, on: int) -> None:
    wanted = _seeds(a.config, b.config)
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
        ask.train_beside(engine, wanted)
        st.rerun()


def tries(stored: Mapping[str, Run], run: Run) -> None:
    """Draw the last tries as a row, each with what it changed and what it came to, to go back to;
    nothing while there is one only."""
    there = [name for name, one in stored.items() if name != run.name and _is_listed(one)]
    if not there:
        return
    kept = {*there[1 - LISTED :], run.name}
    shown = {name: run if name == run.name else stored[name] for name in stored if name in kept}
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
