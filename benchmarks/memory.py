"""How large the app and its worker are, and whether they grow.

The resident set (RSS) counts pages shared with other processes too; the unique set (USS) is what
would be free if the process ended.
"""

import psutil

from benchmarks.rows import Row, row_of
from benchmarks.serving import Serving, has_cifar10, serving
from benchmarks.visitor import Visitor
from tests.engines import worker_processes

MEGABYTE = 1e6


def measure(smoke: bool = False) -> list[Row]:
    """Return rows in MB (a million bytes) and %, each read once."""
    sessions, runs, shapes, first = (5, 3, 2, 1) if smoke else (30, 500, 50, 10)
    with serving() as app:
        app.server.start()
        return _app(app, sessions, runs) + _worker(app, shapes, first, smoke)


def _app(app: Serving, sessions: int, runs: int) -> list[Row]:
    """Measure the app's own process: with sessions that watch a run, and after many runs in one of
    them."""
    link = app.train({"run.epochs": "30"})  # the worker is connected: what that takes is counted
    process = psutil.Process(app.server.process.pid)
    visitors = [Visitor(app.server.url, link)]
    rows = _size("app's process, 1 session", process)
    visitors += [Visitor(app.server.url, link) for _ in range(sessions - 1)]
    rows += _size(f"app's process, {sessions} sessions", process)
    for visitor in visitors:
        visitor.close()

    visitor = Visitor(app.server.url, "run.epochs=3")
    for seed in range(1, runs + 1):
        visitor.press("Train", {"Seed": seed})
    app.wait_for({"run.epochs": "3", "run.seed": str(runs)})  # one session's runs train in order
    if (finished := len(app.store.all("finished"))) != 1 + runs:
        raise RuntimeError(f"{finished} runs finished, not {1 + runs}")
    visitor.rerun()
    rows += _size(f"app's process, 1 session, after {runs} runs more", process)
    visitor.close()
    return rows


def _worker(app: Serving, shapes: int, first: int, smoke: bool) -> list[Row]:
    """Measure the worker's process, after runs of networks that are all different."""
    (process,) = worker_processes(app.server.processes()[0])
    cifar10 = has_cifar10() and not smoke
    sizes = []
    for number in range(shapes):
        app.train(_shape(number, cifar10))
        sizes.append(process.memory_info().rss / MEGABYTE)
    early, late = sizes[first - 1], sizes[-1]
    growth = (late / early - 1) * 100
    what = f"worker's process, RSS after {{}} runs of changing shape{' on CIFAR10' * cifar10}"
    return [
        row_of(what.format(first), early, "MB"),
        row_of(what.format(shapes), late, "MB"),
        row_of(f"worker's process, growth from run {first} to run {shapes}", growth, "%", target=5),
    ]


def _shape(number: int, cifar10: bool) -> dict[str, str]:
    """Return networks of which no two have the same layers: the greatest is among the first ten, so
    that what a later one adds is growth. One in two has another batch size."""
    turn, step = divmod(number, 10)
    channels = 16 + 5 * (3 * step % 10) - turn  # 16 to 61
    few = {"data.train_images": "2000", "data.validation_from": "chosen"}
    return (few | {"data.name": "cifar10"} if cifar10 else {}) | {
        "architecture.kind": "cnn",
        "architecture.blocks.0.channels": str(channels),
        "architecture.blocks.1.channels": str(channels + 8),
        "architecture.hidden": str(2 * channels),
        "run.batch_size": str(128 - 64 * (number % 2)),
        "run.epochs": "1",
    }


def _size(what: str, process: psutil.Process) -> list[Row]:
    memory = process.memory_full_info()
    return [
        row_of(f"{what}, RSS", memory.rss / MEGABYTE, "MB"),
        row_of(f"{what}, USS", memory.uss / MEGABYTE, "MB"),
    ]
