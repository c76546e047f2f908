"""What other tools are sent of a run, and which runs of a sweep or search are sent: no library."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from playground.analysis import labels, names
from playground.config import flat
from playground.config.sweeps import SweepError, from_json, search_from_json
from playground.errors import UserError
from playground.results import EpochMetrics
from playground.store import SPLITS, Run, RunStore, Study

NAME_DIGITS = 8
"""Digits of a run's name that tell it from others of its folder."""

Report = Callable[[int, int], None]
"""Called after each run with how many were done, and of how many."""


class TrackingError(UserError):
    """What cannot be sent; the message is one sentence that says what to do."""


@dataclass(frozen=True)
class TrackedRun:
    """A stored run that has ended, as other tools get it. Its epochs are read as it is sent: a
    sweep can have 500 runs of thousands."""

    run: Run
    label: str
    """What it is called among those that are sent with it."""
    store: RunStore

    @property
    def folder(self) -> str:
        """A name for its folder, such as ``rate_0.01_seed_0-3f2a91c0``."""
        return f"{_as_file_name(self.label)}-{self.run.name[:NAME_DIGITS]}"

    def settings(self) -> dict[str, str]:
        """Return every setting by dotted path, as links write it."""
        return flat(self.run.config)

    def epochs(self) -> Iterator[tuple[int, float, dict[str, float]]]:
        """Return (epoch, when it ended, its figures by name), in order.

        Losses are in nats per image, accuracies shares from 0 to 1, the time in seconds since
        1970. The store keeps how long each epoch took, so it is right but for what came between
        the run's start and its first epoch, such as the import of torch.
        """
        time, last = self.began, self.ended
        for epoch in self.store.epochs(self.run.name):
            time += epoch.seconds
            yield epoch.epoch, min(time, last), _curves(epoch)

    @property
    def began(self) -> float:
        """Seconds since 1970."""
        return self.run.started or self.run.submitted

    @property
    def ended(self) -> float:
        """Seconds since 1970."""
        return self.run.ended or self.began

    def figures(self) -> dict[str, float]:
        """Return what it came to: loss, accuracy and number of images of each split, and its
        size."""
        run, found = self.run, dict[str, float]()
        measured = {split: run.scores[split] for split in SPLITS} | {"mirrored": run.mirrored}
        for split, scores in measured.items():
            if scores is not None:
                found[f"final/{split}_loss"] = scores.loss
                found[f"final/{split}_accuracy"] = scores.accuracy
                found[f"final/{split}_images"] = scores.images
        rest = {"parameters": run.parameters, "seconds": run.seconds, "best_epoch": run.best_epoch}
        return found | {f"final/{name}": one for name, one in rest.items() if one is not None}

    def tags(self) -> dict[str, str]:
        """Return what identifies the run and says how it was computed; what is not known is left
        out."""
        run = self.run
        known = {
            "run": run.name,
            "title": run.title,
            "status": run.status,
            "message": run.message,
            "device": run.device or "",
            "path": run.execution_text,
            "fingerprint": run.fingerprint,
            "submitted": datetime.fromtimestamp(run.submitted, UTC).isoformat(),
            **{f"versions.{name}": version for name, version in run.versions.items()},
        }
        return {name: text for name, text in known.items() if text}

    def tags_json(self) -> str:
        """Return its tags as JSON, indented."""
        return json.dumps(self.tags(), indent=2) + "\n"

    def config(self) -> str:
        """Return its config as JSON, indented: a file that the command line reads."""
        return json.dumps(json.loads(self.run.config.canonical()), indent=2) + "\n"


@dataclass(frozen=True)
class TrackedStudy:
    """A stored sweep or search, and those of its runs that came to their end."""

    study: Study
    label: str
    runs: tuple[TrackedRun, ...]
    asked: int
    """How many runs it has in all."""

    @property
    def folder(self) -> str:
        """A name for its folder, such as ``sweep-3f2a91c0``."""
        return f"{self.study.kind}-{self.study.name[:NAME_DIGITS]}"

    def definition(self) -> str:
        """Return what was asked for, as JSON, indented."""
        return json.dumps(json.loads(self.study.definition), indent=2) + "\n"


def tracked_run_of(store: RunStore, run: Run) -> TrackedRun:
    """Return a stored run, to be sent by itself. Raises TrackingError if it is on, or not
    ours."""
    if not run.is_readable:
        raise TrackingError(
            "This run was made by another version of the playground, whose settings are not known "
            "here: train it again."
        )
    if run.is_active:
        raise TrackingError("This run is still on: wait until it has ended.")
    return TrackedRun(run, names.of_run(run), store)


def study_of(store: RunStore, study: Study) -> TrackedStudy:
    """Return a stored sweep or search with its runs that finished or diverged.

    Those of data that has been replaced since are left out, as they are on its page.
    Raises TrackingError if there is none, or if it cannot be read.
    """
    try:
        label, asked, called = _sweep(study) if study.kind == "sweep" else _search(store, study)
    except SweepError as error:
        raise TrackingError(str(error.problems[0])) from None
    found = store.get_many(called)
    ended = sorted(
        (run for run in found.values() if run.is_complete), key=lambda run: run.submitted
    )
    now = {run.config.data: run.fingerprint for run in ended}
    names = {run.name for run in ended if run.fingerprint == now[run.config.data]}
    if not names:
        raise TrackingError(
            f"No run of this {study.kind} has finished yet: let it go on, then send it."
        )
    runs = tuple(
        TrackedRun(found[name], text, store) for name, text in called.items() if name in names
    )
    return TrackedStudy(study, label, runs, asked)


def _sweep(study: Study) -> tuple[str, int, dict[str, str]]:
    """Return what a sweep is called, how many runs it has, and what each is called by its name."""
    sweep = from_json(study.definition)
    paths = [axis.path for axis in sweep.axes]
    # By its own settings, and not by what differs so far: a folder keeps its name as the sweep
    # goes on.
    called = {
        member.run: names.of_settings(member.config, [*paths, "run.seed"])
        for member in sweep.members()
    }
    varied = labels.of_paths(sweep.base, paths).values()
    return f"Sweep of {' and '.join(varied) or 'seeds'}", len(called), called


def _search(store: RunStore, study: Study) -> tuple[str, int, dict[str, str]]:
    """Return the same of a search. A trial that was pruned has a run that was stopped: it is not
    sent."""
    search = search_from_json(study.definition)
    paths = [field.path for field in search.fields]
    called = {
        trial.run: f"trial {trial.number + 1} · "
        + names.of_settings(search.config(trial.values), paths)
        for trial in store.studies.trials(study.name)
    }
    varied = labels.of_paths(search.base, paths).values()
    return f"Search of {', '.join(varied)}", search.trials, called


def _as_file_name(text: str) -> str:
    """Return at most 60 characters that every system takes in a file's name."""
    return re.sub(r"[^A-Za-z0-9.=-]+", "_", text)[:60].strip("._") or "run"


def _curves(epoch: EpochMetrics) -> dict[str, float]:
    known = {
        "loss/train": epoch.train_loss,
        "loss/validation": epoch.validation_loss,
        "accuracy/train": epoch.train_accuracy,
        "accuracy/validation": epoch.validation_accuracy,
        "learning_rate": epoch.learning_rate,
        "gradient_norm": epoch.gradient_norm,
    }
    return {name: value for name, value in known.items() if value is not None}
