"""One search on its way, step by step: it trains a trial, learns from it, and goes on to the next.

A step is short, so that one thread can lead many searches.
"""

from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from playground.config import RunConfig
from playground.config.sweeps import Search
from playground.data import datasets
from playground.errors import UserError
from playground.results import EpochMetrics
from playground.service.proposer import Proposer, Pruner
from playground.store import Run, Trial

if TYPE_CHECKING:
    from playground.service import Engine

T = TypeVar("T")
Seen = tuple[Run | None, Sequence[EpochMetrics]]
"""The run that a search waits for, if it is stored, and those of its epochs that it wants."""
Steps = Generator[bool, Seen, T]
"""Yields whether it goes on at the next look only, or as soon as the others had their turn."""
_SOON, _AT_NEXT_LOOK = False, True


def who(name: str) -> str:
    """Return the name by which the queue knows a search."""
    return f"search {name}"


class ActiveSearch:
    """Trains what is missing of a search.

    Nothing of its state is only here: each trial is in the store before its run begins, and again
    when that has ended. So the trial that was on when a search ended is taken up again by the next.
    """

    def __init__(self, engine: "Engine", search: Search) -> None:
        self.search = search
        self.ending = self.stopping = False
        """Whether it is to end, and its run that waits or trains is to be stopped, too."""
        self.run = ""
        """The name of the run that is on for it; empty if none is."""
        self._engine = engine
        self._pruner: Pruner | None = None
        self._steps = self._train_missing()
        self._begun = False
        self.waits = False
        """Whether it goes on at the next look only."""

    def after(self, run: Run | None) -> int | None:
        """Return the epoch after which it wants its run's epochs; None if it wants none."""
        if run is None or not run.is_active or self._pruner is None:
            return None
        return self._pruner.seen if self._pruner.wants(run.epochs) else None

    def step(self, seen: Seen) -> bool:
        """Go on a little; False once it has come to its end. Raises whatever ends it too early."""
        try:
            self.waits = self._steps.send(seen) if self._begun else next(self._steps)
            self._begun = True
        except StopIteration:
            return False
        return True

    def close(self) -> None:
        """End it where it is."""
        self._steps.close()
        if self.stopping:  # a run may have been asked for in the very moment of the stop
            self._engine.stop_all(who(self.search.name))

    def _train_missing(self) -> Steps[None]:
        search, store = self.search, self._engine.store
        proposer = Proposer(search)
        known = {trial.number: trial for trial in store.studies.trials(search.name)}
        ended = self._ended(known)
        for trial in ended.values():
            proposer.learn(trial, store.epochs(trial.run, every=proposer.every))
            yield _SOON
        taken = {trial.run for trial in known.values()}
        for number in range(search.trials):
            if number in ended:
                continue
            values = known[number].values if number in known else None
            if values is None and number == 0:
                values = search.first()
            if values is None:
                values = yield from _soon(proposer.propose(number, taken))
            trial = yield from self._trial(number, values, proposer.pruner())
            proposer.learn(trial, store.epochs(trial.run, every=proposer.every))
            taken.add(trial.run)

    def _fingerprint(self) -> str:
        return datasets.fingerprint(self.search.base.data, self._engine.data)

    def _ended(self, known: dict[int, Trial]) -> dict[int, Trial]:
        """List the trials that need no training: those that ended, on the data as it is now."""
        now = self._fingerprint()
        return {
            number: trial
            for number, trial in known.items()
            if trial.state != "running" and trial.fingerprint == now
        }

    def _trial(self, number: int, values: dict[str, str], pruner: Pruner) -> Steps[Trial]:
        """Train one trial and keep what it came to.

        Raises UserError if somebody else ended its run: it is left to be taken up again.
        """
        studies, name = self._engine.store.studies, self.search.name
        config = self.search.config(values)
        begun = Trial(number, config.name, values, self._fingerprint())
        studies.begin_trial(name, begun)
        run, pruned = yield from self._train(config, pruner)
        if run is None or not (run.is_complete or run.status == "failed" or pruned):
            raise UserError(
                f"Somebody stopped or deleted the run of trial {number + 1}, so the search ended "
                "there: Resume takes it up again."
            )
        trial = _what_became(begun, run)
        studies.end_trial(name, trial)
        return trial

    def _train(self, config: RunConfig, pruner: Pruner) -> Steps[tuple[Run | None, bool]]:
        """Have a run trained and watch it; gives it as it ended, None if somebody deleted it,
        and whether it was given up."""
        engine, name, me = self._engine, config.name, who(self.search.name)
        while engine.stopping(name):  # an earlier training of it: else we would join its end
            yield _AT_NEXT_LOOK
        engine.train(config, me)
        while engine.is_leaving_stack(name):  # what it comes to there is not what the search judges
            yield _AT_NEXT_LOOK
        self.run, self._pruner, pruned = name, pruner, False
        run, epochs = yield _SOON
        while run is not None and run.is_active:
            behind = len(epochs) > 0 and pruner.falls_behind(epochs)
            if behind and engine.alone(name, me):  # others who asked for it want it whole
                pruned = True
                engine.stop(name)
            run, epochs = yield _AT_NEXT_LOOK
        self.run, self._pruner = "", None
        return run, pruned


def _soon(pauses: Generator[None, None, T]) -> Steps[T]:
    """Turn something that takes a while into steps that wait for nothing."""
    while True:
        try:
            next(pauses)
        except StopIteration as end:
            return end.value
        yield _SOON


def _what_became(trial: Trial, run: Run) -> Trial:
    """Complete a trial whose run has ended. One that was given up too late is complete; one that
    diverged or failed came to nothing."""
    scores = run.scores["validation"]
    if run.status in ("finished", "stopped") and scores is not None:
        state = "complete" if run.status == "finished" else "pruned"
        return replace(trial, state=state, value=scores.accuracy, epochs=run.epochs)
    return replace(
        trial, state="pruned" if run.status == "stopped" else "failed", epochs=run.epochs
    )
