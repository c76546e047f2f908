"""The fragment that watches a run: it polls while the run is on, and stands still when it ended."""

import threading
import time
from collections.abc import Mapping
from contextlib import nullcontext
from functools import lru_cache
from typing import Any

import streamlit as st

from playground import charts, formats
from playground.analysis import diagnosis, labels, names
from playground.data import datasets
from playground.data.datasets import DataError
from playground.results import EpochMetrics
from playground.service import Engine
from playground.store import Run, RunStore
from playground.ui import rights, state
from playground.ui.errors import show_kept_error, shows_errors
from playground.ui.run import ask, before, details, findings, glance, header, hidden_test

_HERE = nullcontext()
_LOG = "live.log"
POLL = 0.5
"""Seconds between two looks at a run that is on."""
MAX_AT_FULL_PACE = 8
"""Sessions that may look so often; if more do, each looks less often (see ``pace``)."""
_polling: dict[str, float] = {}
"""Session -> until when it counts: what has not looked twice as late as it should polls no more."""
_watched: dict[str, str] = {}
"""Session -> the run that it watches."""
SLACK = 5.0
"""Seconds by which a look may be late, as with a slow network, and its session still counts."""
_read_lock = threading.Lock()


def pace() -> float:
    """Return the seconds between this session's looks: all sessions together look about 16 times a
    second.

    A look takes the app's process 10 ms: thirty sessions that looked twice a second each would
    leave it no time for those who change a setting.
    """
    now, mine = time.monotonic(), state.session()
    for session, until in list(_polling.items()):
        if now > until or not state.is_connected(session):
            _polling.pop(session, None)
    seconds = POLL * max(1.0, len(_polling.keys() | {mine}) / MAX_AT_FULL_PACE)
    _polling[mine] = now + 2 * seconds + SLACK
    return seconds


def is_watched_elsewhere(name: str) -> bool:
    """Tell whether another session's page watches a run that is on, such as a visitor's other
    tab."""
    mine = state.session()
    return any(
        run == name and session != mine and state.is_connected(session)
        for session, run in list(_watched.items())
    )


def show(engine: Engine, run: Run, below: Any = _HERE) -> None:
    """Draw a run, and keep drawing it while it is on; in ``below`` what comes after its curves."""
    state.note_shown(run.name)
    for session in [one for one in _watched if not state.is_connected(one)]:
        _watched.pop(session, None)
    _watched[state.session()] = run.name
    every = pace() if run.is_active else None
    lately = before.read(engine) or {}
    st.fragment(_watch, run_every=every)(engine, run.name, every, lately)
    with below:
        before.tries(lately, run)
        if not run.is_active and not hidden_test.watches(run):
            st.fragment(_after)(engine, run)


def wait_for_end(engine: Engine, run: Run) -> None:
    """Say that a run is on and how far it is; the whole page is drawn again when it ended."""
    st.info("What it predicts can be looked at when it has ended.", icon=":material/schedule:")
    every = pace()
    st.fragment(_wait, run_every=every)(engine, run.name, every)


def _keep_pace(every: float) -> None:
    """Look again; if that should now be much sooner or later, draw the whole page anew, which
    alone can change how often."""
    if not every / 2 <= pace() <= every * 2:
        st.rerun()


@shows_errors()
def _look(engine: Engine, name: str) -> tuple[Run | None, list[EpochMetrics]] | None:
    """Read a run, None if it is gone, and its epochs; None after a message if the store cannot be
    read: the next look may find it again."""
    run = engine.store.get(name)
    return run, _epochs(engine, run) if run else []


def _wait(engine: Engine, name: str, every: float) -> None:
    if (found := _look(engine, name)) is None:
        return
    run, epochs = found
    if run is None or not run.is_active:
        st.rerun()
    _keep_pace(every)
    header.draw(engine, run, epochs)
    _on(engine, run, epochs)


@lru_cache(maxsize=16)
def _known(
    store: RunStore, name: str, submitted: float, started: float | None, status: str
) -> list[EpochMetrics]:
    """Return what was read so far of one training of a run, by whoever watches it."""
    return []


def _epochs(engine: Engine, run: Run) -> list[EpochMetrics]:
    """Return a run's epochs so far; only what is new is read: 5,000 epochs take 38 ms."""
    known = _known(engine.store, run.name, run.submitted, run.started, run.status)
    if known and not run.is_active and len(known) == run.epochs:
        return list(known)
    new = engine.store.epochs(run.name, after=known[-1].epoch if known else 0)
    with _read_lock:
        known += [epoch for epoch in new if not known or epoch.epoch > known[-1].epoch]
        return list(known)


def _watch(engine: Engine, name: str, every: float | None, lately: Mapping[str, Run]) -> None:
    """Draw a run as it is now. ``every`` is the seconds between two looks, None if the run had
    ended when the page was drawn; ``lately`` are the runs that were looked at before."""
    if (found := _look(engine, name)) is None:
        return
    run, epochs = found
    if run is None or (every is not None and not run.is_active):
        st.rerun()  # the whole page: the buttons change with the end of a run
    if every is not None:
        _keep_pace(every)
    earlier = before.of(lately, run)
    change = before.told(engine, earlier, run)
    images = _watched_images(engine, run) if run.is_active else 0
    header.draw(engine, run, epochs, images, change.points if change else None)
    if run.is_active:
        _on(engine, run, epochs)
    else:
        _ended(engine, run)
    if hidden_test.watches(run):
        st.info(
            details.TEST_HIDDEN, icon=":material/visibility_off:"
        )  # its curves are of test images
        return
    if earlier and change:
        before.draw(engine, earlier, run, change)
    found = () if run.is_active or _guess_waits(engine) else findings.of_run(engine, run)
    findings.draw(engine, run, found)
    marks = diagnosis.marks(run.best_epoch, found)
    _curves(engine, run, epochs, earlier, marks, said=change is not None)


@shows_errors()
def _guess_waits(engine: Engine) -> bool:
    """Tell whether this visitor is to guess first: what was found may be the answer."""
    lesson = state.lesson()
    if lesson is None or lesson.guess is None:
        return False
    return engine.lessons.participant(lesson, state.visitor()).guess is None


def _after(engine: Engine, run: Run) -> None:
    """Draw what a run that ended mixes up, and its details."""
    glance.draw(engine, run)
    details.draw(run)


def _watched_images(engine: Engine, run: Run) -> int:
    """Return how many images are looked at after each epoch of a run; 0 if that is not known."""
    try:
        facts = datasets.facts(run.config.data, engine.data)
        return facts.images_of(run.config.data)["validation"]
    except DataError:
        return 0


def _on(engine: Engine, run: Run, epochs: list[EpochMetrics]) -> None:
    """Draw how far a run is that waits or trains, with Stop."""
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    # At the left: the toolbar of a chart that the mouse is on covers what is above its right end.
    rights.stop_button(row, engine, run.name)
    with row.container(width="stretch"):
        progress(engine, run, epochs=epochs)
    for other in engine.training() if run.status == "queued" else []:
        if other.name == run.name:  # it has begun since the store was read
            continue
        line = st.container(horizontal=True, vertical_alignment="center")
        line.caption(f"Now training: {labels.plain(names.of_config(other))}")
        # Not a callback: that would draw this fragment again, which watches the other run.
        if line.button("Show it", type="tertiary"):
            state.show_run(other.name, "joined")
            st.rerun()


def _ended(engine: Engine, run: Run) -> None:
    """Say what is to be known of a run that ended."""
    if state.how_answered() == "cached" and run.ended:
        when = formats.when(run.ended, state.zone(), "%d %B %Y, %H:%M")
        st.caption(f":material/bolt: Already trained on {when}: loaded from the store.")
    if run.message:
        tell = st.error if run.status in ("failed", "diverged") else st.info
        tell(labels.plain(run.message))
    offer_to_train_alone(engine, run)
    if gone := labels.explain_removed(run):
        row = st.container(horizontal=True, vertical_alignment="center", gap="small")
        row.info(gone, icon=":material/delete_sweep:")
        # Not a callback, as above.
        if row.button("Train again", icon=":material/replay:", key="live.again"):
            ask.train(engine, run.config, with_files=True)
            st.rerun()


def offer_to_train_alone(engine: Engine, run: Run) -> None:
    """Say of a run that it was trained in a stack, if it was, and offer to train it alone."""
    if not run.is_stacked:
        return
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    row.info(labels.STACKED, icon=":material/stacks:")
    # Not a callback, as above.
    if row.button("Train it alone", icon=":material/replay:", key="live.alone"):
        ask.train(engine, run.config, with_files=True)
        st.rerun()
    show_kept_error()


@shows_errors()
def progress(
    engine: Engine, run: Run, prefix: str = "", epochs: list[EpochMetrics] | None = None
) -> None:
    """Draw how far a run that is on is, and how long it will take."""
    epochs = _epochs(engine, run) if epochs is None else epochs
    done = max(len(epochs), engine.progress(run.name))
    share = min(done / run.config.run.epochs, 1.0)
    st.progress(share, text=prefix + _progress(engine, run, epochs, done))


def _progress(engine: Engine, run: Run, epochs: list[EpochMetrics], done: float) -> str:
    if run.status == "queued":
        if engine.problem:
            return engine.problem
        if not engine.ready:
            return "Starting the worker …"
        place = engine.place(run.name)
        if not place:
            return "Handed to the worker …"
        waits = engine.seconds_until_turn(run.name)
        begins = f", begins in {formats.wait(waits)}" if waits is not None else ""
        return f"Waiting: number {place} in the queue{begins}."
    if engine.is_leaving_stack(run.name):
        return "A sweep trains it with others: it is taken out, and trained alone …"
    if engine.stopping(run.name):
        return "Stopping, then measuring what was reached …"
    if engine.storage_problem:
        return engine.storage_problem
    total = run.config.run.epochs
    if len(epochs) == total:
        return "Measuring loss and accuracy on all images …"
    text = f"Epoch {min(int(done) + 1, total):,} of {total:,}"
    if epochs:
        text += f" · {epochs[-1].images_per_second:,.0f} images/s"
    taken = engine.elapsed(run)
    # By the part of a first epoch that is done, the time left would jump up and down.
    whole = None if epochs else engine.expected(run.config)
    if whole is not None and whole > taken:
        text += f" · {formats.wait(whole - taken)} left, as estimated before"
    elif done and taken:
        text += f" · {formats.wait(taken / done * (total - done))} left"
    return text


def _curves(
    engine: Engine,
    run: Run,
    epochs: list[EpochMetrics],
    earlier: Run | None,
    marks: Mapping[int, str],
    said: bool,
) -> None:
    """Draw the curves, with those of the run before behind them; ``said`` is whether that is told
    of above."""
    config = run.config
    watched = {"none": None, "test": "Test"}.get(config.data.validation, "Validation")
    if config.data.validation == "test":
        st.caption(
            "This run watches the test images as it trains: its test figures are not independent."
        )
    if not epochs and not run.is_active:
        return
    log = bool(state.get(_LOG))
    length = config.run.epochs if run.is_active else max(len(epochs), 1)
    before_this = _epochs(engine, earlier) if earlier else []
    behind = [one for one in before_this if one.epoch <= length]
    data = charts.curve_data(epochs, watched or "", marks, behind)
    for column, quantity in zip(st.columns(2), ("loss", "accuracy"), strict=True):
        spec = charts.curve_spec(quantity, length, watched, log and quantity == "loss")
        column.vega_lite_chart(
            data, spec, alt=_describe(quantity, epochs, watched, marks), key=f"live.{quantity}"
        )
    row = st.container(horizontal=True, vertical_alignment="center", gap="medium")
    row.toggle("Logarithmic loss axis", key=_LOG, persist_state="session")
    if behind and not said:
        row.caption(before.FAINT, width="content")


def _describe(
    quantity: str, epochs: list[EpochMetrics], watched: str | None, marks: Mapping[int, str]
) -> str:
    """Describe the chart in words, for screen readers."""
    names = {"training": "train"} | ({watched.lower(): "validation"} if watched else {})
    text = f"Line chart of {quantity} by epoch, {' and '.join(names)}."
    if epochs:
        values = [(name, getattr(epochs[-1], f"{key}_{quantity}")) for name, key in names.items()]
        shown = [
            f"{name} {formats.loss(value) if quantity == 'loss' else formats.share(value)}"
            for name, value in values
        ]
        text += f" After epoch {epochs[-1].epoch}: {', '.join(shown)}."
    for epoch, mark in marks.items():
        text += f" Marked at epoch {epoch}: {mark}."
    return text
