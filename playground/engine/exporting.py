"""Exports that the app makes in a process of their own, as they need much memory or time."""

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from playground import embedded
from playground.refusal import Refusal
from playground.settings import PROJECT

log = logging.getLogger(__name__)

TURN = 60.0
"""Seconds that an export waits for those before it. ONNX takes 9 to 12 s (digits, two CPU cores
with other work), so of a class that asks at once five or six are served, and the others told to
come back."""
LONGEST = 120.0
"""Seconds after which the process is ended."""
_REFUSED = 2
"""The command line's exit code where it tells in a sentence what is wrong."""


class NoExport(Refusal):
    """An export that could not be made; the message is one sentence that says what to do."""


class Exports:
    """One for the app: one process at a time, however many ask. Any thread may ask, and waits."""

    def __init__(self, runs: Path, data: Path) -> None:
        """``runs`` is the folder of the store, ``data`` the data folder."""
        self._runs, self._data = runs, data
        self._turn = threading.Lock()

    def make(self, form: str, names: Sequence[str]) -> bytes:
        """The content of the file that these stored runs become, the first one first.

        Waits up to TURN seconds for its turn, and then up to LONGEST for the file.
        Raises NoExport.
        """
        if not self._turn.acquire(timeout=TURN):
            raise NoExport("Many others are exporting just now: try again in a minute.")
        try:
            return self._made(form, names)
        finally:
            self._turn.release()

    def _made(self, form: str, names: Sequence[str]) -> bytes:
        first, *others = names
        beside = ["--with", *others] if others else []
        command = [sys.executable, "-m", "playground", "export", first, "--as", form, "--stdout"]
        try:
            process = subprocess.Popen(
                [*command, *beside],
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,  # so that what it may start can be ended with it
            )
        except OSError as error:
            log.exception("The process of an export could not be started")
            raise NoExport(
                f"The export could not be started ({error.strerror}): try again in a moment."
            ) from None
        with process:
            try:
                content, said = process.communicate(timeout=LONGEST)
            except subprocess.TimeoutExpired:
                log.error("An export (%s of %s) took over %g s", form, first, LONGEST)
                raise NoExport(
                    "The export took too long and was ended: try again when less is going on here."
                ) from None
            finally:
                if process.returncode is None:  # else its number may be another's by now
                    with suppress(ProcessLookupError, PermissionError):
                        os.killpg(process.pid, signal.SIGKILL)
        told = said.decode(errors="replace").strip()
        if process.returncode == _REFUSED and told:
            raise NoExport(told.splitlines()[-1])
        if process.returncode:
            log.error(
                "An export (%s of %s) ended with %d:\n%s", form, first, process.returncode, told
            )
            raise NoExport(
                "The export failed unexpectedly, perhaps for want of memory: try again. The log "
                "has the details."
            )
        return content

    def _environment(self) -> dict[str, str]:
        """The app's, with its folders; the process knows by ``embedded.APP`` whose it is."""
        paths = [str(PROJECT), os.environ.get("PYTHONPATH", "")]
        return os.environ | {
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
            "PLAYGROUND_RUNS": str(self._runs),
            "PLAYGROUND_DATA": str(self._data),
            embedded.APP: str(os.getpid()),
            "OMP_WAIT_POLICY": "PASSIVE",  # threads that wait must not spin beside the pages
        }
