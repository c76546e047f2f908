"""A run as one Python script: plain torch, torchvision and scikit-learn, nothing of ours."""

import re
import textwrap
from collections.abc import Callable
from typing import Any

from playground.analysis import labels, names
from playground.config import RunConfig
from playground.export.fidelity import sentences_of
from playground.export.source import Source
from playground.export.subject import Subject
from playground.results import Execution
from playground.store import SPLITS, Run

_INDENT = "    "
_PACKAGES = {
    "torch": "torch",
    "torchvision": "torchvision",
    "numpy": "numpy",
    "scikit-learn": "sklearn",
}
"""What a script may need -> what it imports."""


def script_of(subject: Subject) -> bytes:
    """Return the script of a stored run. On the CPU it comes to the run's numbers, bit for bit."""
    code = source_of(subject).python()
    return f'"""{about_run(subject.run, code)}\n"""\n\n{code}'.encode()


def source_of(subject: Subject) -> Source:
    """Return what decides the script of a stored run."""
    run = subject.run
    device = (run.device or "cpu").split()[0]
    way = run.execution or Execution(int(device == "cpu"), fused=device in ("cpu", "cuda"))
    return Source(run.config, subject.dataset, subject.split, subject.plan, way, device)


def about_run(run: Run, code: str, plain: Callable[[str], str] = str) -> str:
    """Describe what the script is, needs and comes to: paragraphs, of lines that fit.

    ``plain`` writes what others wrote, such as the name of a file, if that is marked up.
    """
    needed = [
        f"{name}=={run.versions[name].partition('+')[0]}"  # without the build, as in 2.15.0+cpu
        for name, module in _PACKAGES.items()
        if name in run.versions and f" {module}" in code
    ]
    parts = [f"Exported from the Network playground, run {run.name[:12]}. It needs"]
    if needed:
        parts.append(f"{_INDENT}pip install {' '.join(needed)}")
    if run.scores["train"]:
        on = "a CPU" if (run.device or "cpu").startswith("cpu") else run.device
        how = f" ({run.execution_text})" if run.execution_text else ""
        parts.append(f"The run came to these figures on {on}{how}:")
        parts.append("\n".join(_figures(run)))
    parts.append(" ".join(sentences_of(run)))
    return _about(run.config, parts, plain)


def _about(config: RunConfig, parts: list[str], plain: Callable[[str], str]) -> str:
    """Return a docstring's text of paragraphs; what is indented stays as it is."""
    title = plain(names.of_config(config).translate(_ASCII))
    data = config.data.loading.about.format(file=plain(getattr(config.data, "file", "")))
    paragraphs = [title, *parts, *([data] if data else [])]
    return "\n\n".join(
        one if one.startswith(_INDENT) else textwrap.fill(one, 96) for one in paragraphs
    )


def _figures(run: Run) -> list[str]:
    found = {**{split: run.scores[split] for split in SPLITS}, "mirrored": run.mirrored}
    return [
        f"{_INDENT}{name:<11} loss {one.loss:.4f}  accuracy {one.accuracy:7.2%}  "
        f"{one.images:,} images"
        for name, one in found.items()
        if one
    ]


_ASCII = str.maketrans("×−–", "x--")
"""For signs of a name that are easily taken for letters and marks of code."""

_TEXTS = {
    "settings": "## Settings\n\nThe numbers that decide the run.",
    "data": "## Data\n\nWhich images train, validate and test; how the network sees them.",
    "network": "## Network\n\nIts layers, with the shape that each puts out for one image.",
    "training": "## Training\n\nOne pass over the training images, and how it is measured.",
    "begin": "## Begin\n\nThe first training images.",
    "curves": "## Curves\n\nThe training figures are taken on each batch as it is trained on, the "
    "validation figures after each epoch.",
    "figures": "## Figures\n\nMeasured once training has ended.",
    "matrix": "## Confusion matrix\n\nOf the test images: the true class by row, the predicted one "
    "by column.",
}
"""What stands above a cell, by its name."""


def notebook_of(subject: Subject) -> bytes:
    """Return the notebook of a stored run, without outputs. Its plots need matplotlib."""
    from nbformat import v4, validate, writes

    code = source_of(subject).python(notebook=True)
    head, *parts = re.split(r"^# %% (\w+)\n", code, flags=re.M)
    assert not head.strip()
    about = about_run(subject.run, code, labels.plain).replace("the script", "the notebook")
    about = about.replace("pip install ", "pip install matplotlib ")
    title, _, rest = about.partition("\n\n")
    heading = title.replace("\n", " ")
    cells: list[Any] = [v4.new_markdown_cell(f"# {heading}\n\n{rest}", id="about")]
    for name, text in zip(parts[::2], parts[1::2], strict=True):
        if name in _TEXTS:
            cells.append(v4.new_markdown_cell(_TEXTS[name], id=f"{name}-text"))
        cells.append(v4.new_code_cell(text.strip(), id=name))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    validate(notebook)
    return (writes(notebook) + "\n").encode()
