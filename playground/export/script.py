"""A run as one Python script: plain torch, torchvision and scikit-learn, nothing of ours."""

import textwrap
from collections.abc import Callable

from playground.analysis import labels
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
    """The script of a stored run. On the CPU it comes to the run's numbers, bit for bit."""
    code = source_of(subject).python()
    return f'"""{about_run(subject.run, code)}\n"""\n\n{code}'.encode()


def source_of(subject: Subject) -> Source:
    """What decides the script of a stored run."""
    run = subject.run
    device = (run.device or "cpu").split()[0]
    way = run.execution or Execution(int(device == "cpu"), fused=device in ("cpu", "cuda"))
    return Source(run.config, subject.dataset, subject.split, subject.plan, way, device)


def about_run(run: Run, code: str, plain: Callable[[str], str] = str) -> str:
    """What the script is, needs and comes to: paragraphs, of lines that fit.

    ``plain`` writes what others wrote, such as the name of a file, where that is marked up.
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
    """A docstring's text of paragraphs; what is indented stays as it is."""
    title = plain(labels.summary(config).replace("×", "x"))
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
