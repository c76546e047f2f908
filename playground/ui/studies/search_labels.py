"""How a search, its settings and their values are called, and where they stand on the charts."""

from collections.abc import Iterable, Mapping

from playground.analysis import labels
from playground.charts import ParallelAxis, TrialPoint
from playground.config.sweeps import Choice, Search
from playground.store import Trial


def names_of(search: Search) -> dict[str, str]:
    """Return what the settings of a search are called, by path."""
    return labels.of_paths(search.base, (field.path for field in search.fields))


def describe_trial(search: Search, values: Mapping[str, str]) -> str:
    """Describe what a trial chose, in one line."""
    return ", ".join(
        f"{label} {labels.of_value(search.base, path, values[path])}"
        for path, label in names_of(search).items()
    )


def describe_ranges(search: Search) -> str:
    """Describe among which values it looks, in one line."""
    parts = []
    for field, label in zip(search.fields, names_of(search).values(), strict=True):
        if isinstance(field, Choice):
            texts = (labels.of_value(search.base, field.path, value) for value in field.values)
            parts.append(f"{label}: {', '.join(texts)}")
        else:
            log = ", logarithmic" if field.log else ""
            parts.append(f"{label}: {field.low:g} to {field.high:g}{log}")
    return " · ".join(parts)


def parallel_axes(search: Search) -> list[ParallelAxis]:
    """Return an axis of the chart across the settings for each of them."""
    names = names_of(search)
    found = []
    for field in search.fields:
        if isinstance(field, Choice):
            texts = tuple(labels.of_value(search.base, field.path, value) for value in field.values)
            found.append(ParallelAxis(names[field.path], choices=field.values, names=texts))
        else:
            found.append(ParallelAxis(names[field.path], field.low, field.high, field.log))
    return found


def trial_points(search: Search, trials: Iterable[Trial]) -> list[TrialPoint]:
    """Return the trials that came to an accuracy, for the charts."""
    return [
        TrialPoint(
            trial.number + 1,
            trial.state == "pruned",
            trial.value,
            tuple(
                trial.values[field.path]
                if isinstance(field, Choice)
                else float(trial.values[field.path])
                for field in search.fields
            ),
            describe_trial(search, trial.values),
        )
        for trial in trials
        if trial.state in ("complete", "pruned") and trial.value is not None
    ]
