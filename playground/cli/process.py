"""A command's process: Ctrl-C and SIGTERM as a flag, and an end with the app that started it."""

import contextlib
import os
import signal
import threading
import time
from types import FrameType, TracebackType
from typing import Self

from playground import environment

STDERR = 2


class Interrupts:
    """While entered, the first Ctrl-C and SIGTERM ask for a stop; Ctrl-C after that ends at once.

    Ending at once is a KeyboardInterrupt, raised wherever the main thread is.
    """

    def __init__(self) -> None:
        self.asked = False

    def stop(self) -> bool:
        """Tell whether a stop was asked for, in the shape that training and downloads take."""
        return self.asked

    def __enter__(self) -> Self:
        signals = (signal.SIGINT, signal.SIGTERM)
        self._before = {number: signal.signal(number, self._handle) for number in signals}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if not self.asked:
            self.asked = True
            # Not print(): sys.stderr may be in the middle of a write of its own.
            with contextlib.suppress(OSError):
                os.write(STDERR, b"\nStopping; Ctrl-C again ends at once.\n")
        elif number == signal.SIGINT:
            raise KeyboardInterrupt


def follow_app() -> bool:
    """Run behind the app's pages, and no longer than it lives, if the app started this process.

    Gives whether that is so.
    """
    app = os.getppid()
    if os.environ.get(environment.APP) != str(app):  # what the app started may start a command too
        return False
    os.nice(10)
    threading.Thread(target=_end_with, args=(app,), name="end with the app", daemon=True).start()
    return True


def _end_with(app: int) -> None:
    while os.getppid() == app:
        time.sleep(0.5)
    os._exit(1)
