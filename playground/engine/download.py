"""A download on the worker's machine, and how far it is."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from playground.refusal import without_folders

if TYPE_CHECKING:
    from playground.cluster import Cluster

log = logging.getLogger(__name__)


@dataclass
class Download:
    """How far a download is; ``message`` is set where it failed."""

    done: int = 0
    total: int = 0
    active: bool = True
    message: str = ""

    def begin(self, cluster: "Cluster", data: Path) -> None:
        """Have the worker download CIFAR10 into the data folder."""
        from playground.cluster import result_of

        try:
            cluster.fetch(data, lambda future: self.end(str(result_of(future))))
        except Exception as error:
            log.exception("The download could not be started")
            self.end(f"{without_folders(str(error))}: try again.")

    def end(self, message: str) -> None:
        """It has ended: well where the message is empty."""
        self.message, self.active = message, False
