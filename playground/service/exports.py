"""Exports that the app makes in a process of their own, as they need much memory or time."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from playground import environment
from playground.environment import PROJECT
from playground.errors import UserError, without_folders
from playground.service.fair_queue import FairQueue

log = logging.getLogger(__name__)

PYTHON = sys.executable
LONGEST = 120.0
"""Seconds after which the process is ended. ONNX takes 9 to 18 s (two busy CPU cores)."""
CACHE_BYTES = 64 * 2**20
"""Bytes of finished files that stay in memory, for whoever asks for the same."""
_EACH = 2**16
"""Bytes that a file counts beside its content; one that could not be made has none."""
MAX_WAITING = 50
"""Files that wait, at most: the last of them would be there after some ten minutes."""
MAX_PER_VISITOR = 3
"""Files that one visitor may have waiting."""
MAX_ASKING = 100
"""Visitors of whom it is known that they wait for one file; more get it just as well."""
UNSEEN = 90.0
"""Seconds after which a file that waits, and that no page looks at, gives its place away. Browsers
let a page that is in the background look once a minute."""
_UNEXPECTED = (
    "The export failed unexpectedly, perhaps for want of memory: try again. The log has the "
    "details."
)
_REFUSED = 2
"""The command line's exit code if it tells in a sentence what is wrong."""
_USUAL = 10.0
"""Seconds that a kind is taken to need before the first one was made."""


class ExportFailed(UserError):
    """An export that could not be made; the message is one sentence that says what to do."""


@dataclass(eq=False)
class ExportTask:
    """A file that is made, or was. ``content`` or ``problem`` is there once it is ``over``."""

    kind: str
    """What is made, such as ``onnx``: files of a kind take about the same time."""
    arguments: tuple[str, ...]
    """Those of ``python -m playground``; what it writes to standard output is the content."""
    asked: set[str] = field(default_factory=set)
    """The visitors who wait for it."""
    seen: float = field(default_factory=time.monotonic)
    """When a page last looked at it while it waited, on the monotonic clock."""
    began: float | None = None
    """On the monotonic clock; None while it waits."""
    content: bytes | None = None
    problem: str = ""
    stopped: bool = False
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def over(self) -> bool:
        """Whether there is nothing to wait for."""
        return self.ended.is_set()

    def wait(self) -> bytes:
        """Wait for the file's content. Raises ExportFailed."""
        self.ended.wait()
        if self.content is None:
            raise ExportFailed(self.problem)
        return self.content


class QueuedExport(NamedTuple):
    """A file that waits, for one of those who asked for it."""

    who: str
    task: ExportTask


class Exports:
    """One for the app: one process at a time, however many ask; the same file is made once, and
    visitors take turns.

    Any thread may ask.
    """

    def __init__(self, runs: Path, data: Path) -> None:
        """Make one: ``runs`` is the folder of the store, ``data`` the data folder."""
        self._runs, self._data = runs, data
        self._changed = threading.Condition()
        self._known: dict[tuple[object, ...], ExportTask] = {}
        self._waiting: list[ExportTask] = []
        self._fair_queue = FairQueue()
        self._now: QueuedExport | None = None
        self._process: subprocess.Popen[bytes] | None = None
        """That of the file which is made now; None until it has started."""
        self._took: dict[str, float] = {}
        self._thread: threading.Thread | None = None

    def ask(
        self,
        kind: str,
        arguments: Sequence[str],
        visitor: str,
        of: object = None,
        anew: bool = False,
    ) -> ExportTask:
        """Have the file made that ``python -m playground`` makes so; it is there if it was made
        before, and not to be made ``anew``.

        ``of`` tells apart what has the same arguments, such as the time at which a run ended.
        Raises ExportFailed if too many wait, of all or of this visitor's.
        """
        key = (kind, tuple(arguments), of)
        with self._changed:
            task = self._known.get(key)
            failed = task is not None and task.over and (anew or task.content is None)
            if task is None or task.stopped or failed:
                self._drop_unseen()
                own = sum(visitor in one.asked for one in self._waiting)
                if own >= MAX_PER_VISITOR:
                    raise ExportFailed(
                        "Some of your files are still waiting: try again after them."
                    )
                if len(self._waiting) >= MAX_WAITING:
                    raise ExportFailed("Many others are exporting just now: try again in a minute.")
                task = ExportTask(kind, tuple(arguments))
                self._known.pop(key, None)
                self._known[key] = task
                self._waiting.append(task)
                self._forget()
                if self._thread is None:
                    self._thread = threading.Thread(target=self._work, name="export", daemon=True)
                    self._thread.start()
                self._changed.notify()
            if not task.over:
                if len(task.asked) < MAX_ASKING:
                    task.asked.add(visitor)
                task.seen = time.monotonic()
                self._in_turn()  # so that they stand in line from now on
            return task

    def find(self, kind: str, arguments: Sequence[str], of: object = None) -> ExportTask | None:
        """Find the same file, if it was asked for."""
        with self._changed:
            return self._known.get((kind, tuple(arguments), of))

    def give_up(self, task: ExportTask, visitor: str) -> None:
        """No longer wait for a file; it ends when nobody waits for it."""
        with self._changed:
            task.asked.discard(visitor)
            if task.asked or task.over:
                return
            self._stop(task)

    def _stop(self, task: ExportTask) -> None:
        task.stopped = True
        if task in self._waiting:
            self._waiting.remove(task)
            self._end(task, None, "The export was stopped.")
        elif self._process:  # it is the one that is made; if not yet, it ends once it has started
            _kill(self._process)

    def left(self, task: ExportTask) -> float:
        """Estimate how many seconds are left until a file is there; by what such files took
        before."""
        with self._changed:
            task.seen = time.monotonic()
            waiting = self._in_turn() if task in self._waiting else []
            before = waiting[: waiting.index(task)] if waiting else []
            now = [self._now.task] if self._now and self._now.task is not task else []
            return sum(map(self._rest, [*now, *before, task]))

    def stop_all(self) -> None:
        """End what is on and what waits."""
        with self._changed:
            for task in [*self._waiting, *([self._now.task] if self._now else [])]:
                task.asked.clear()
                self._stop(task)

    def _in_turn(self) -> list[ExportTask]:
        """List the files that wait in the order in which they will be made: in the turn of the
        first of those who asked for it."""
        return list(dict.fromkeys(queued.task for queued in self._queued()))

    def _queued(self) -> list[QueuedExport]:
        return self._fair_queue.order(
            [QueuedExport(who, task) for task in self._waiting for who in sorted(task.asked)],
            [self._now] if self._now else [],
        )

    def _drop_unseen(self) -> None:
        """Take out of the line what no page looks at any more, since its visitor left."""
        for task in list(self._waiting):
            if time.monotonic() - task.seen > UNSEEN:
                self._stop(task)

    def _rest(self, task: ExportTask) -> float:
        gone = 0.0 if task.began is None else time.monotonic() - task.began
        return max(self._took.get(task.kind, _USUAL) - gone, 1.0)

    def _forget(self) -> None:
        """Drop the oldest files, as far as they take more than CACHE_BYTES; never the two newest,
        which somebody may be about to take."""
        total = 0
        for key, task in list(reversed(self._known.items()))[2:]:
            total += len(task.content or b"") + _EACH
            if task.over and total > CACHE_BYTES:
                del self._known[key]

    def _work(self) -> None:
        """Have the files made, one after the other, on the thread."""
        while True:
            task = self._next()
            content, problem = None, ""
            try:
                content = self._make(task)
                self._took[task.kind] = time.monotonic() - (task.began or 0.0)
            except ExportFailed as error:
                problem = "The export was stopped." if task.stopped else str(error)
            except Exception:  # the thread must live on: it makes everybody's files
                log.exception("An export (%s) failed", " ".join(task.arguments))
                problem = _UNEXPECTED
            with self._changed:
                self._now = self._process = None
                self._end(task, content, problem)

    def _next(self) -> ExportTask:
        """Wait for the file whose turn it is."""
        with self._changed:
            while True:
                self._drop_unseen()
                if self._waiting:
                    break
                self._changed.wait()
            self._now = self._queued()[0]
            self._fair_queue.serve(self._now.who)
            self._waiting.remove(self._now.task)
            self._now.task.began = time.monotonic()
            self._queued()  # so that who is served stands behind the others
            return self._now.task

    def _make(self, task: ExportTask) -> bytes:
        """Make the file's content. Raises ExportFailed."""
        process = self._start(task)  # without the lock: pages must not wait for it
        with self._changed:
            self._process = process
            if task.stopped:
                _kill(process)
        return _content(process, task)

    def _end(self, task: ExportTask, content: bytes | None, problem: str) -> None:
        task.content, task.problem = content, problem
        task.ended.set()

    def _start(self, task: ExportTask) -> subprocess.Popen[bytes]:
        """Start the process. Raises ExportFailed."""
        try:
            return subprocess.Popen(
                [PYTHON, "-P", "-m", "playground", *task.arguments],
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,  # so that what it may start can be ended with it
            )
        except Exception as error:  # as in _work
            log.exception("The process of an export could not be started")
            why = getattr(error, "strerror", None) or type(error).__name__
            raise ExportFailed(
                f"The export could not be started ({why}): try again in a moment."
            ) from None

    def _environment(self) -> dict[str, str]:
        """Make the process's environment; by ``environment.APP`` it knows whose it is."""
        paths = [str(PROJECT), os.environ.get("PYTHONPATH", "")]
        return os.environ | {
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
            "PLAYGROUND_RUNS": str(self._runs),
            "PLAYGROUND_DATA": str(self._data),
            environment.APP: str(os.getpid()),
            "OMP_WAIT_POLICY": "PASSIVE",  # threads that wait must not spin beside the pages
        }


def _content(process: subprocess.Popen[bytes], task: ExportTask) -> bytes:
    """Read what the process writes. Raises ExportFailed."""
    about = " ".join(task.arguments)
    with process:
        try:
            content, said = process.communicate(timeout=LONGEST)
        except subprocess.TimeoutExpired:
            log.error("An export (%s) took over %g s", about, LONGEST)
            raise ExportFailed(
                "The export took too long and was ended: try again when less is going on here."
            ) from None
        finally:
            _kill(process)
    output = said.decode(errors="replace").strip()
    if process.returncode == _REFUSED and output:
        raise ExportFailed(without_folders(output.splitlines()[-1]))
    if process.returncode:
        if not task.stopped:
            log.error("An export (%s) ended with %d:\n%s", about, process.returncode, output)
        raise ExportFailed(_UNEXPECTED)
    return content


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a process with what it started, if it is still there."""
    if process.returncode is None:  # else its number may be another's by now
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
