"""The forms in which a run is taken away, and who makes each."""

import pkgutil
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec

from playground.export.subject import ExportError, Subject


@dataclass(frozen=True)
class Form:
    """A kind of file that a run becomes."""

    title: str
    extension: str
    mime: str
    maker: str
    """The function, by name, as some of them import what the app does not: it takes a Subject, or
    several of them where ``several``, and gives bytes."""
    apart: bool = False
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
        return absent and (
            f"{self.title} needs Python packages that are not installed ({absent}): in the "
            f'playground\'s folder, run pip install -e ".[{self.extra}]".'
        )

    def make(self, subjects: Sequence[Subject]) -> bytes:
        """Return the file's content. Raises ExportError."""
        if missing := self.missing():
            raise ExportError(missing)
        maker = pkgutil.resolve_name(self.maker)
        return maker(subjects) if self.several else maker(subjects[0])


FORMS: dict[str, Form] = {
    "script": Form("Python script", "py", "text/x-python", "playground.export.script:script_of"),
    "notebook": Form(
        "Jupyter notebook",
        "ipynb",
        "application/x-ipynb+json",
        "playground.export.notebook:notebook_of",
        extra="notebook",
        modules=("nbformat",),
    ),
    "weights": Form(
        "Weights (safetensors)",
        "safetensors",
        "application/octet-stream",
        "playground.export.weights:weights_of",
    ),
    "onnx": Form(
        "ONNX",
        "onnx",
        "application/octet-stream",
        "playground.export.onnx_file:onnx_of",
        apart=True,
        extra="onnx",
        modules=("onnx", "onnxruntime", "onnxscript"),
    ),
    "card": Form("Model card", "md", "text/markdown", "playground.export.card:card_of"),
    "report": Form(
        "Report",
        "html",
        "text/html",
        "playground.export.report:report_of",
        apart=True,
        several=True,
        extra="report",
        modules=("vl_convert",),
    ),
    "config": Form(
        "Settings file", "json", "application/json", "playground.export.settings:config_of"
    ),
}
"""By the name that the command line gives them."""
