"""One search on its way: a thread that trains a trial, learns from it, and goes on to the next."""

import logging
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from playground import datasets
from playground.config import RunConfig
from playground.engine.searching.proposing import Judge, Proposer
from playground.refusal import Refusal, explain
from playground.runs import Run, StoreError, Trial
from playground.sweeps import Search

if TYPE_CHECKING:
    from playground.engine import Engine

log = logging.getLogger(__name__)

LOOK = 0.1
"""Seconds between two looks at the run that is on."""


def who(name: str) -> str:
    """What the queue knows a search by."""
    return f"search {name}"


class Course(threading.Thread):
    """Trains what is missing of a search, and ends; with the app at the latest.

    Nothing of its state is only here: each trial is in the store before its run begins, and again
    when that has ended. So the trial that was on when a search ended is taken up again by the next.
    """

    def __init__(self, engine: "Engine", search: Search, after: "Course | None" = None) -> None:
        """``after`` is an earlier course of the same search, whose end is waited for."""
        super().__init__(name=f"search {search.name[:8]}", daemon=True)
        self.problem = ""
        """Why it ended too early, as a sentence; empty where it did not."""
        self._engine, self._search, self._after = engine, search, after
        self._ending = threading.Event()
        self._stopping = False

    @property
    def is_on(self) -> bool:
        """Whether it goes on with its trials."""
        return self.is_alive() and not self._ending.is_set()

    def end(self, stop: bool) -> None:
        """Have it end soon; ``stop`` its run that waits or trains, too."""
        self._stopping = self._stopping or stop
        self._ending.set()

    def run(self) -> None:
        """The thread's work."""
        if self._after is not None:
            self._after.join()
            self._after = None
        try:
            self._train_missing()
            if self._stopping:  # a run may have been asked for in the very moment of the stop
                self._engine.stop_all(who(self._search.name))
        except (Refusal, StoreError) as error:
            self.problem = str(error)
        except Exception as error:
            log.exception("Search %s ended", self._search.name)
            self.problem = explain(error)

    def _train_missing(self) -> None:
        search, store = self._search, self._engine.store
        proposer = Proposer(search)
        known = {trial.number: trial for trial in store.studies.trials(search.name)}
        ended = self._ended(known)
        for trial in ended.values():
            proposer.learn(trial, store.epochs(trial.run))
        taken = {trial.run for trial in known.values()}
        for number in range(search.trials):
            if number in ended:
                continue
            values = known[number].values if number in known else None
            if values is None and number == 0:
                values = search.first()
            trial = self._trial(number, values or proposer.propose(number, taken), proposer.judge())
            if trial is None:
                return
            proposer.learn(trial, store.epochs(trial.run))
            taken.add(trial.run)

    def _fingerprint(self) -> str:
        return datasets.fingerprint(self._search.base.data, self._engine.data)

    def _ended(self, known: dict[int, Trial]) -> dict[int, Trial]:
        """The trials that need no training: those that ended, on the data as it is now."""
        now = self._fingerprint()
        return {
            number: trial
            for number, trial in known.items()
            if trial.state != "running" and trial.fingerprint == now
        }

    def _trial(self, number: int, values: dict[str, str], judge: Judge) -> Trial | None:
        """Train one trial and keep what it came to; None where the search is to end before.

        Raises Refusal where somebody else ended its run: it is left to be taken up again.
        """
        studies, name = self._engine.store.studies, self._search.name
        config = self._search.config(values)
        begun = Trial(number, config.name, values, self._fingerprint())
        studies.begin_trial(name, begun)
        run, pruned = self._train(config, judge)
        if self._ending.is_set() and (run is None or run.status != "finished"):
            return None
        if run is None or not (run.is_whole or run.status == "failed" or pruned):
            raise Refusal(
                f"Somebody stopped or deleted the run of trial {number + 1}, so the search ended "
                "there: Resume takes it up again."
            )
        trial = _what_became(begun, run)
        studies.end_trial(name, trial)
        return trial

    def _train(self, config: RunConfig, judge: Judge) -> tuple[Run | None, bool]:
        """Have a run trained and watch it; gives it as it ended, and whether it was given up.

        None in its place where the search is to end, or somebody deleted it.
        """
        engine, name = self._engine, config.name
        while engine.stopping(name):  # an earlier training of it: else we would join its end
            if self._ending.wait(LOOK):
                return None, False
        if self._ending.is_set():
            return None, False
        me = who(self._search.name)
        engine.train(config, me)
        pruned = False
        while (run := engine.store.get(name)) is not None and run.is_on:
            behind = judge.wants(run.epochs) and judge.falls_behind(engine.store.epochs(name))
            if behind and engine.alone(name, me):  # others who asked for it want it whole
                pruned = True
                engine.stop(name)
            if self._ending.wait(LOOK):
                return None, False
        return run, pruned


def _what_became(trial: Trial, run: Run) -> Trial:
    """A trial once its run has ended. One that was given up too late is complete; one that
    diverged or failed came to nothing."""
    scores = run.scores["validation"]
    if run.status in ("finished", "stopped") and scores is not None:
        state = "complete" if run.status == "finished" else "pruned"
        return replace(trial, state=state, value=scores.accuracy, epochs=run.epochs)
    return replace(
        trial, state="pruned" if run.status == "stopped" else "failed", epochs=run.epochs
    )
