"""A run asked for on the page, and put on the screen."""

from collections.abc import Sequence
from functools import partial

from playground.config import RunConfig
from playground.service import Engine
from playground.ui import state
from playground.ui.errors import shows_errors

FIRST_EPOCH = 0.3
"""Seconds for which a page waits for a run's first epoch: that of a small network is there at once,
and need not wait for the next look."""


@shows_errors(state.keep_error)
def train(engine: Engine, config: RunConfig, with_files: bool = False) -> None:
    """Ask for a run, in the lesson if one is taken, and show it; or keep why it is refused.

    ``with_files``, it is trained anew if its weights or predictions were removed.
    """
    asks = engine.train
    if lesson := state.lesson():
        asks = partial(engine.lessons.train, lesson)
    ticket = asks(config, state.visitor(), with_files=with_files)
    state.note_live_run(None)
    state.show_run(ticket.run, ticket.how)
    if not engine.place(ticket.run):
        engine.wait_for_first_epoch(ticket.run, FIRST_EPOCH)


@shows_errors(state.keep_error)
def train_beside(engine: Engine, configs: Sequence[RunConfig]) -> None:
    """Ask for runs that are not shown themselves, such as other seeds; or keep why they are
    refused."""
    engine.train_all(configs, state.visitor())
