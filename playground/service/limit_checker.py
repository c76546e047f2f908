"""What the app's limits say of a run that is asked for, and of the store's size."""

import logging
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path

from playground.config import RunConfig, beginning, settings_of, with_settings
from playground.config.run_limits import AppLimits, Limits
from playground.data import datasets
from playground.data.datasets import DataError, Facts
from playground.errors import Problem, UserError
from playground.network import ImpossibleNetwork, plan_of
from playground.store import RunStore, StoreError
from playground.store.disk_quota import asker_of, default_limit, make_room

log = logging.getLogger(__name__)


class LimitError(UserError):
    """A run that is over a limit; the message is a sentence for each."""


class LimitChecker:
    """The limits of one app, and of its store in a folder of data sets."""

    def __init__(self, limits: AppLimits, store: RunStore, data: Path) -> None:
        self.limits, self._store, self._data = limits, store, data
        self.most_bytes = default_limit(store) if limits.disk is None else int(limits.disk * 1e9)
        """Those of the run store."""

    def check(self, config: RunConfig, facts: Facts) -> None:
        """Raise LimitError if a run is over the app's limits, DataError if there are too few
        images."""
        if problems := limit_problems(self.limits, "This playground", config, facts):
            raise LimitError("\n".join(map(str, problems)))

    def check_waiting(self, of_all: int, of_one: int, asked: int) -> None:
        """Raise LimitError if a visitor with so many waiting runs, of so many in all, may not ask
        for so many more.

        The fuller the queue, the fewer one visitor may have: no more than stay free for the others
        (dynamic thresholds, Choudhury and Hahne 1998). So a few cannot fill it.
        """
        more = self.limits.waiting - of_one
        free = (self.limits.waiting_in_all - of_all - of_one) // 2
        if asked <= min(more, free):
            return
        if asked > more:
            others = f", beside the {of_one:,} that wait already" if of_one else ""
            raise LimitError(
                f"These are {asked:,} runs{others}; one visitor may have {self.limits.waiting:,} "
                "waiting here: ask for fewer, or wait."
            )
        few = f"you may ask for {free:,} more now: ask for fewer, or wait."
        raise LimitError(
            f"{of_all:,} runs wait here already, "
            + (f"so {few}" if free > 0 else "as many as there may be: try again later.")
        )

    def make_room(self, keep: Collection[str] = (), visitor: str = "") -> int:
        """Remove what is large of runs if the store is too large, first of this visitor, but not
        of those named; gives how many bytes it is still over."""
        return make_room(self._store, self.most_bytes, asker_of(visitor), keep)

    def check_room(self, keep: Collection[str], visitor: str) -> None:
        """Raise StoreError if there is no room for another run, and nothing to be removed."""
        if self.make_room(keep, visitor):
            raise StoreError(
                f"The run store is full: it may have {self.most_bytes / 1e9:.3g} GB, and what it "
                "holds is starred or on. Delete runs on the page Runs, or take stars away."
            )


def limit_problems(limits: Limits, who: str, config: RunConfig, facts: Facts) -> list[Problem]:
    """Tell each limit that a config on data of these facts is over.

    A network that is impossible is not the limits' concern. Raises datasets.DataError if there are
    too few images.
    """
    try:
        plan = plan_of(config, facts)
    except ImpossibleNetwork:
        return []
    images = facts.images_of(config.data)["train"]
    return limits.problems(who, config.run.epochs, plan.parameters, images)


def beginning_within(limits: Limits, kind: str, folder: Path) -> RunConfig:
    """Give what a run on the data set of that kind begins with, as far as these limits let it be.

    ``folder`` is that of the data sets. A network that is too large stays: that is told.
    """
    usual, most = beginning(kind), list[tuple[str, str]]()
    if limits.epochs is not None and limits.epochs < usual.run.epochs:
        most.append(("run.epochs", str(limits.epochs)))
    if limits.images is not None and limits.images < _trained_on(usual, folder):
        least = settings_of(type(usual.data))["train_images"].low or 1
        most.append(("data.train_images", f"{max(limits.images, least):.0f}"))
    return _changed(usual, tuple(most)) if most else usual


def _trained_on(config: RunConfig, folder: Path) -> int:
    """Count how many images a config trains on; 0 if that is not known."""
    data = config.data
    try:
        if data.counts:
            return datasets.count_images(data, *data.counts)["train"]
        return datasets.facts(data, folder).images_of(data)["train"]
    except DataError:  # told elsewhere
        return 0


@lru_cache(maxsize=32)
def _changed(config: RunConfig, settings: tuple[tuple[str, str], ...]) -> RunConfig:
    return with_settings(dict(settings), config)[0]
