"""A run as a Jupyter notebook: the script in steps, with text and plots."""

import re
from typing import Any

from playground.analysis import labels
from playground.export.script import about_run, source_of
from playground.export.subject import Subject

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
    cells: list[Any] = [v4.new_markdown_cell(f"# {title}\n\n{rest}", id="about")]
    for name, text in zip(parts[::2], parts[1::2], strict=True):
        if name in _TEXTS:
            cells.append(v4.new_markdown_cell(_TEXTS[name], id=f"{name}-text"))
        cells.append(v4.new_code_cell(text.strip(), id=name))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    validate(notebook)
    return (writes(notebook) + "\n").encode()
