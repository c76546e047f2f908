"""How a sweep and a search are called: what they vary over which values, and what stays."""

from collections.abc import Sequence

from playground import formats
from playground.analysis import labels, names
from playground.config import RunConfig
from playground.config.sweeps import Range, Search, Sweep
from playground.recipes import TITLES

_MAX_LISTED = 3
"""Values that a title lists; of more it names the first and the last."""
_MAX_SETTINGS = 3
"""Settings that a search's title names."""


def sweep_title(sweep: Sweep) -> str:
    """Return a sweep in one line, such as ``Learning rate 0.001 … 0.1 · 15 runs · Digits · MLP
    32-16 · Adam · 30 epochs``."""
    title = TITLES.get((sweep.base.family, sweep.axes), "")
    runs = formats.counted(sweep.combinations, "run")
    fixed = names.of_fixed(sweep.base, _paths(sweep))
    parts = [title, sweep_varied(sweep), runs, fixed]
    return " · ".join(filter(None, parts))


def search_title(search: Search) -> str:
    """Return a search in one line, such as ``Learning rate 0.0001 … 0.1, Dropout 0 … 0.5 · 20
    trials · Digits …``."""
    called = labels.of_paths(search.base, (field.path for field in search.fields))
    varied = [
        f"{called[field.path]} "
        + " … ".join(
            labels.of_value(search.base, field.path, repr(end)) for end in (field.low, field.high)
        )
        if isinstance(field, Range)
        else f"{called[field.path]} {_values(search.base, field.path, field.values)}"
        for field in search.fields
    ]
    if (more := len(varied) - _MAX_SETTINGS) > 0:
        varied[_MAX_SETTINGS:] = [f"{more} more"]
    trials = f"{search.trials} trials" + (f", search seed {search.seed}" if search.seed else "")
    return " · ".join([", ".join(varied), trials, search_fixed(search)])


def sweep_fixed(sweep: Sweep) -> str:
    """Describe what all runs of a sweep share, in one line."""
    seeds = _in_short([str(seed) for seed in sweep.seeds])
    fixed = names.of_fixed(sweep.base, _paths(sweep))
    return f"{fixed} · {formats.plural('seed', len(sweep.seeds))} {seeds}"


def search_fixed(search: Search) -> str:
    """Describe what all trials of a search share, in one line."""
    return names.of_fixed(search.base, (field.path for field in search.fields))


def sweep_varied(sweep: Sweep) -> str:
    """Describe what a sweep varies, such as ``Learning rate 0.001 … 0.1 × Optimizer SGD, Adam``."""
    if not sweep.axes:
        return f"Seeds {_in_short([str(seed) for seed in sweep.seeds])}"
    called = labels.of_paths(sweep.base, (axis.path for axis in sweep.axes))
    return " × ".join(
        f"{called[axis.path]} {_values(sweep.base, axis.path, axis.values)}" for axis in sweep.axes
    )


def _paths(sweep: Sweep) -> list[str]:
    """List the paths at which its runs differ."""
    return ["run.seed", *(axis.path for axis in sweep.axes)]


def _values(base: RunConfig, path: str, values: Sequence[str]) -> str:
    """List the values of a setting, or if they are many the first and the last."""
    return _in_short([labels.of_value(base, path, value) for value in values])


def _in_short(texts: Sequence[str]) -> str:
    if len(texts) <= _MAX_LISTED:
        return ", ".join(texts)
    return f"{texts[0]} … {texts[-1]}"
