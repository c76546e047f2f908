"""A run as one Python script: plain torch, torchvision and scikit-learn, nothing of ours."""

import textwrap

from playground import words
from playground.config import RunConfig
from playground.execution import execution_from
from playground.export.fidelity import sentences_of
from playground.export.source import Source
from playground.export.subject import Subject
from playground.runs import SPLITS, Run

_INDENT = "    "
_DATA = {
    "cifar10": "CIFAR10 is read from cifar10.npz in the folder data, or in that of --data; without "
    "that file torchvision's copy is taken, or downloaded.",
    "npz": "The images are read from {file} in the folder data, or in that of --data.",
}


def script_of(subject: Subject) -> bytes:
    """The script of a stored run. On the CPU it comes to the run's numbers, bit for bit."""
    return source_of(subject).python(_docstring(about_run(subject.run))).encode()


def source_of(subject: Subject) -> Source:
    """What decides the script of a stored run."""
    run = subject.run
    device = (run.device or "cpu").split()[0]
    way = execution_from(run.path, device)
    return Source(run.config, subject.dataset, subject.split, subject.plan, way, device)


def about_run(run: Run) -> str:
    """What the script is, needs and comes to: paragraphs, of lines that fit."""
    data = run.config.data
    images = data.name == "cifar10" or data.flip or data.crop or data.cutout
    unneeded = ("python",) if images else ("python", "torchvision")
    needed = [
        f"{name}=={version.partition('+')[0]}"  # without the build's own part, as in 2.15.0+cpu
        for name, version in run.versions.items()
        if name not in unneeded
    ]
    parts = [f"Exported from the Network playground, run {run.name[:12]}. It needs"]
    if needed:
        parts.append(f"{_INDENT}pip install {' '.join(needed)}")
    if run.scores["train"]:
        how = f", {run.path}" if run.path else ""
        parts.append(f"The run came to these figures, on {run.device}{how}:")
        parts.append("\n".join(_figures(run)))
    parts.append(" ".join(sentences_of(run)))
    return _about(run.config, parts)


def _about(config: RunConfig, parts: list[str]) -> str:
    """A docstring's text of paragraphs; what is indented stays as it is."""
    title = words.summary(config).replace("×", "x")
    data = _DATA.get(config.data.name, "").format(file=getattr(config.data, "file", ""))
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


def _docstring(text: str) -> str:
    return f'"""{text}\n"""'
