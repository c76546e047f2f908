"""A download on the worker's machine, and how far it is."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from playground.errors import without_folders

if TYPE_CHECKING:
    from distributed import Future

    from playground.service.cluster import Cluster

log = logging.getLogger(__name__)


@dataclass
class Download:
    """How far the download of a data set is; ``message`` is set if it failed."""

    kind: str
    """The data set, as ``data.name`` has it."""
    done: int = 0
    total: int = 0
    active: bool = True
    message: str = ""

    def begin(self, cluster: "Cluster", data: Path, ended: Callable[[], None]) -> None:
        """Have the worker download it into the data folder; ``ended`` is called when it has."""
        from playground.service.cluster import result_of

        def end(future: "Future") -> None:
            self.end(str(result_of(future)))
            ended()

        try:
            cluster.fetch(self.kind, data, end)
        except Exception as error:
            log.exception("The download could not be started")
            self.end(f"{without_folders(str(error))}: try again.")

    def end(self, message: str) -> None:
        """Note that it has ended: well if the message is empty."""
        self.message, self.active = message, False
