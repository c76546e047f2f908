"""The formats in which a run is exported, and what makes each."""

import json
import pkgutil
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec

from playground.errors import not_installed
from playground.export.subject import ExportError, Subject


@dataclass(frozen=True)
class FileFormat:
    """A kind of file that a run becomes."""

    title: str
    extension: str
    mime: str
    maker: str
    """The function, by name, as some of them import what the app does not: it takes a Subject, or
    several of them if ``several``, and gives bytes."""
    in_own_process: bool = False
    """Whether it is made in a process of its own, as it needs much memory or time."""
    several: bool = False
    """Whether several runs fit into one file, set side by side."""
    extra: str = ""
    """The optional dependencies in pyproject.toml that it needs."""
    modules: tuple[str, ...] = ()
    """The modules they bring."""

    def missing(self) -> str:
        """Say what is not installed and how to install it; empty if nothing is missing."""
        absent = ", ".join(module for module in self.modules if find_spec(module) is None)
        return absent and not_installed(self.title, absent, self.extra)

    def make(self, subjects: Sequence[Subject]) -> bytes:
        """Make the file's content. Raises ExportError."""
        if missing := self.missing():
            raise ExportError(missing)
        maker = pkgutil.resolve_name(self.maker)
        return maker(subjects) if self.several else maker(subjects[0])


FILE_FORMATS: dict[str, FileFormat] = {
    "script": FileFormat(
        "Python script", "py", "text/x-python", "playground.export.script:script_of"
    ),
    "notebook": FileFormat(
        "Jupyter notebook",
        "ipynb",
        "application/x-ipynb+json",
        "playground.export.script:notebook_of",
        extra="notebook",
        modules=("nbformat",),
    ),
    "weights": FileFormat(
        "Weights (safetensors)",
        "safetensors",
        "application/octet-stream",
        "playground.export.network_files:weights_of",
    ),
    "onnx": FileFormat(
        "ONNX",
        "onnx",
        "application/octet-stream",
        "playground.export.network_files:onnx_of",
        in_own_process=True,
        extra="onnx",
        modules=("onnx", "onnxruntime", "onnxscript"),
    ),
    "card": FileFormat("Model card", "md", "text/markdown", "playground.export.card:card_of"),
    "report": FileFormat(
        "Report",
        "html",
        "text/html",
        "playground.export.report:report_of",
        in_own_process=True,
        several=True,
        extra="report",
        modules=("vl_convert",),
    ),
    "config": FileFormat(
        "Settings file", "json", "application/json", "playground.export.file_formats:config_of"
    ),
}
"""By the name that the command line gives them."""


def config_of(subject: Subject) -> bytes:
    """Return the config as JSON, indented."""
    return (json.dumps(json.loads(subject.config.canonical()), indent=2) + "\n").encode()
