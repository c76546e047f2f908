"""A run as one Python script: plain torch, torchvision and scikit-learn, nothing of ours."""

from playground.execution import execution_from
from playground.export.source import Source
from playground.export.subject import Subject


def script_of(subject: Subject) -> bytes:
    """The script of a stored run. On the CPU it comes to the run's numbers, bit for bit."""
    return source_of(subject).python(about_of(subject)).encode()


def source_of(subject: Subject) -> Source:
    """What decides the script of a stored run."""
    device = (subject.run.device or "cpu").split()[0]
    way = execution_from(subject.run.path, device)
    return Source(subject.config, subject.dataset, subject.split, subject.plan, way, device)


def about_of(subject):
    return "x"
