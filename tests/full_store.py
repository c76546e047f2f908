"""A store with something to show for every page, all of digits, and the links that show it."""

from dataclasses import dataclass
from pathlib import Path

from playground.config import RunConfig
from playground.config.lessons import Lesson, lesson_of
from playground.config.sweeps import Axis, Choice, Range, Search, Sweep
from playground.service import Engine
from playground.store import RunStore
from tests import engines, pages, stored_runs, trials
from tests.waiting import wait

_RATE, _WIDTHS = "optimizer.learning_rate", "architecture.hidden"
_CLASS = {"Ada": ("0.01", "0.01"), "Grace": ("0.1", "0.003"), "Emmy": ("0.01", "0.03")}
"""Who is on the board: the guess, and the learning rate."""
_TRIALS = (("0.001", "32-16"), ("0.0005", "16"), ("0.02", "32-16"), ("0.008", "16"))
"""What a search has tried that was not really run: learning rate and hidden layers."""


@dataclass(frozen=True)
class FullStore:
    """What is stored: three runs that differ, a sweep, a search and a lesson."""

    runs: tuple[RunConfig, ...]
    sweep: Sweep
    search: Search
    lesson: Lesson

    def links(self, title: str) -> dict[str, str]:
        """Return the views of a page that are worth a look: what each is called beside the page's
        title, and its link's parameters."""
        first, *others = (run.name[:16] for run in self.runs)
        run, lesson = f"run={first}", f"lesson={self.lesson.name[:16]}"
        needs_more = {
            "Train": {"": run, "lesson": f"{lesson}&{run}"},
            "Runs": {"": f"{run}&with={','.join(others)}"},
            "Sweep": {"": f"study={self.sweep.name[:16]}"},
            "Search": {"": f"study={self.search.name[:16]}"},
            "Lesson": {"": "", "board": lesson},
        }
        return needs_more.get(title, {"": run})


def trained(folder: Path) -> FullStore:
    """Train it all, with the default settings but for what differs, into the folders ``runs`` and
    ``data`` of a folder."""
    full = _planned(pages.made({}))
    with engines.working(_made(folder)) as engine:
        engine.train_all([*full.runs, *_of_class(full).values()])
        engine.sweeps.start(full.sweep)
        engine.searches.start(full.search)
        wait(lambda: not engine.searches.is_active(full.search.name))
        wait(lambda: not any(run.is_active for run in engine.store.all()))
        _take_part(engine, full)
    engine.store.close()
    return full


def entered(folder: Path) -> FullStore:
    """Enter it all with predictions drawn at random, in a second, as nothing is trained."""
    full = _planned(pages.made({"run.epochs": "3"}))
    engine = Engine(RunStore(_made(folder) / "runs"), folder / "data")
    store, tried = engine.store, [{_RATE: rate, _WIDTHS: widths} for rate, widths in _TRIALS]
    configs = [
        *full.runs,
        *_of_class(full).values(),
        *(member.config for member in full.sweep.members()),
        *map(full.search.config, tried),
    ]
    for place, config in enumerate({config.name: config for config in configs}.values()):
        stored_runs.finished(store, config, engine.data, 2 + 0.1 * place)
    store.studies.keep(full.sweep.name, "sweep", full.sweep.canonical())
    store.studies.keep(full.search.name, "search", full.search.canonical())
    for number, values in enumerate(tried):
        trials.enter(
            store, engine.data, full.search, number, values, "complete", 0.8 + 0.03 * number, 3
        )
    _take_part(engine, full)
    store.close()
    return full


def _made(folder: Path) -> Path:
    (folder / "data").mkdir(parents=True, exist_ok=True)
    return folder


def _planned(base: RunConfig) -> FullStore:
    settings = base.settings()
    return FullStore(
        (
            base,
            pages.made(settings | {_RATE: "0.01"}),
            pages.made(settings | {_WIDTHS: "64-32", "architecture.dropout": "0.2"}),
        ),
        Sweep(
            base=base,
            axes=(
                Axis(path=_RATE, values=("0.0003", "0.001", "0.003", "0.01")),
                Axis(path=_WIDTHS, values=("8", "16", "32-16")),
            ),
            seeds=(0,),
        ),
        Search(
            base=base,
            fields=(
                Range(path=_RATE, low=1e-4, high=0.1, log=True),
                Choice(path=_WIDTHS, values=("16", "32-16")),
            ),
            trials=len(_TRIALS),
        ),
        lesson_of(
            title="How fast should it learn?",
            question="Which learning rate gets furthest in so few epochs?",
            start=base,
            open=(_RATE,),
            fixed=("data.name", _WIDTHS, "optimizer.name", "run.epochs"),
            guess={
                "question": "Which learning rate does best?",
                "choices": ("0.001", "0.01", "0.1"),
            },
        ),
    )


def _of_class(full: FullStore) -> dict[str, RunConfig]:
    return {name: full.lesson.take({_RATE: rate})[0] for name, (_, rate) in _CLASS.items()}


def _take_part(engine: Engine, full: FullStore) -> None:
    """Let the class guess and come on the board with its runs, which are stored."""
    engine.lessons.make(full.lesson)
    for name, config in _of_class(full).items():
        engine.lessons.join(full.lesson, name, name)
        engine.lessons.guess(full.lesson, name, _CLASS[name][0])
        assert engine.lessons.train(full.lesson, config, name).how == "cached"
