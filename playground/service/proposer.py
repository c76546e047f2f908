"""What Optuna is asked: which values to try next, whether a trial falls behind, and what mattered.

Its study is in memory and made from the stored trials, so a search that goes on knows what it knew
before. Every proposal has a sampler of its own, started by the search's seed and the trial's
number: what is proposed follows from these and from the trials before, whether the search was
stopped in between or not.
"""

from collections.abc import Collection, Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from playground.config.sweeps import Range, Search, SweepError
from playground.results import EpochMetrics
from playground.store import Trial

if TYPE_CHECKING:
    import optuna

MIN_COMPLETE = 6
"""Complete trials, of different runs, from which on it is told what mattered."""
_STARTUP = 5
"""Complete trials before any is pruned; Optuna's own number."""
_LOOKS = 50
"""How often at most a trial is held against the others on its way."""
_ATTEMPTS, _BY_TPE = 100, 10
"""Proposals until one is new, and how many of them are TPE's; then they are drawn at random."""
_BEST = 5
"""Trials that count as the best when it is told what mattered, as PED-ANOVA's authors advise."""


class Proposer:
    """Optuna's study of one search: TPE proposes, the median prunes."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self._study = _study(search)
        self._space = _space(search)
        self.every = max(1, search.base.run.epochs // _LOOKS)
        """How many epochs lie between two at which trials are compared."""

    def learn(self, trial: Trial, epochs: Sequence[EpochMetrics]) -> None:
        """Take in a trial that has ended, with its run's epochs.

        One that failed counts as worse than any other: most often its network diverged, and the
        next ones should keep away from there.
        """
        from optuna.trial import TrialState

        complete, failed = trial.state == "complete", trial.state == "failed"
        self._study.add_trial(
            _record(
                self._search,
                trial,
                self._space,
                TrialState.COMPLETE if complete else TrialState.PRUNED,
                {} if failed else dict(self._looks(epochs)),
            )
        )

    def propose(self, number: int, taken: Collection[str]) -> Generator[None, None, dict[str, str]]:
        """Propose the values of the trial of this number, by path; yields after each attempt that
        led to none, as all of them may take a third of a second.

        ``taken`` are the names of runs that the search has; one of them is proposed again only
        if nothing else is found. Raises SweepError if no proposal can be trained.
        """
        found, refused = None, None
        for attempt in range(_ATTEMPTS):
            values = self._ask(number, attempt)
            try:
                name = self._search.config(values).name
            except SweepError as error:  # not all combinations were tried when it began
                refused = error
            else:
                found = values
                if name not in taken:
                    break
            yield
        if found is None:
            assert refused
            raise refused
        return found

    def _ask(self, number: int, attempt: int) -> dict[str, str]:
        from optuna.samplers import RandomSampler, TPESampler
        from optuna.trial import TrialState

        words = np.random.SeedSequence([self._search.seed, number, attempt]).generate_state(1)
        sampler = TPESampler if attempt < _BY_TPE else RandomSampler
        self._study.sampler = sampler(seed=int(words[0]))
        asked = self._study.ask(self._space)
        # What is told of the trial is its row, once it ended: with the values as they were rounded.
        self._study.tell(asked, state=TrialState.FAIL)
        return {
            field.path: self._search.text(field.path, asked.params[field.path])
            if isinstance(field, Range)
            else asked.params[field.path]
            for field in self._search.fields
        }

    def pruner(self) -> "Pruner":
        """Make the watcher of the next trial."""
        return Pruner(self._study, self.every, self._looks)

    def _looks(self, epochs: Sequence[EpochMetrics]) -> list[tuple[int, float]]:
        """List (epoch, validation accuracy) of the epochs at which trials are compared."""
        return [
            (one.epoch, one.validation_accuracy)
            for one in epochs
            if one.epoch % self.every == 0 and one.validation_accuracy is not None
        ]


class Pruner:
    """Holds one trial's epochs against the earlier trials' as they come."""

    def __init__(self, study: "optuna.Study", every: int, looks: Any) -> None:
        from optuna.trial import TrialState, create_trial

        self._study, self._every, self._looks = study, every, looks
        self._trial = create_trial(state=TrialState.RUNNING)
        self._behind = False

    @property
    def seen(self) -> int:
        """The last epoch at which it looked."""
        return max(self._trial.intermediate_values, default=0)

    def wants(self, epochs: int) -> bool:
        """Tell whether a trial that has come so far is to be looked at again."""
        return not self._behind and epochs // self._every > len(self._trial.intermediate_values)

    def falls_behind(self, epochs: Sequence[EpochMetrics]) -> bool:
        """Tell whether the trial was to be ended at any of its epochs so far, whenever it is asked.
        Those ``seen`` before may be left out."""
        reported = self._trial.intermediate_values
        for epoch, accuracy in self._looks(epochs):
            if epoch not in reported and not self._behind:
                reported[epoch] = accuracy
                self._behind = self._study.pruner.prune(self._study, self._trial)
        return self._behind


def importances(search: Search, trials: Sequence[Trial]) -> dict[str, float]:
    """Tell how much each field had to do with a trial being among the best: shares that make 1, by
    path.

    By PED-ANOVA (Watanabe, Bansal and Hutter, IJCAI 2023) over the complete trials; empty if
    there are too few of them, or all came to the same.
    """
    complete = [trial for trial in trials if trial.state == "complete"]
    few = len({trial.run for trial in complete}) < MIN_COMPLETE
    if few or len({trial.value for trial in complete}) < 2:
        return {}
    from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances
    from optuna.trial import TrialState

    study, space = _study(search), _space(search)
    study.add_trials([_record(search, trial, space, TrialState.COMPLETE, {}) for trial in complete])
    quantile = min(0.5, max(0.1, _BEST / len(complete)))
    evaluator = PedAnovaImportanceEvaluator(target_quantile=quantile)
    found = get_param_importances(study, evaluator=evaluator)
    return found if np.isfinite(list(found.values())).all() else {}


def _study(search: Search) -> "optuna.Study":
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    warm_up = max(1, search.base.run.epochs // 5)
    pruner = optuna.pruners.MedianPruner(n_startup_trials=_STARTUP, n_warmup_steps=warm_up)
    return optuna.create_study(direction="maximize", pruner=pruner)


def _space(search: Search) -> dict[str, Any]:
    """Make Optuna's distribution of each field."""
    from optuna.distributions import (
        CategoricalDistribution,
        FloatDistribution,
        IntDistribution,
    )

    space: dict[str, Any] = {}
    for field in search.fields:
        if not isinstance(field, Range):
            space[field.path] = CategoricalDistribution(field.values)
        elif search.whole(field.path):
            space[field.path] = IntDistribution(round(field.low), round(field.high), field.log)
        else:
            space[field.path] = FloatDistribution(field.low, field.high, field.log)
    return space


def _record(
    search: Search, trial: Trial, space: Mapping[str, Any], state: Any, reported: dict[int, float]
) -> "optuna.trial.FrozenTrial":
    """Convert a stored trial to Optuna's."""
    from optuna.trial import TrialState, create_trial

    params: dict[str, Any] = {}
    for field in search.fields:
        value = trial.values[field.path]
        if isinstance(field, Range):
            params[field.path] = int(value) if search.whole(field.path) else float(value)
        else:
            params[field.path] = value
    return create_trial(
        state=state,
        value=trial.value if state == TrialState.COMPLETE else None,
        params=params,
        distributions=dict(space),
        intermediate_values=reported,
    )
