"""Gradient × input: how much each pixel's value adds, as if the network were linear here."""

import torch

from playground.training.attribution.subject import Subject, method


@method(
    "Gradient × input",
    "How much each pixel adds to the class's logit, as if the network were a straight line here.",
    "It looks at this one point only: where a unit is saturated it sees nothing, and it is noisy.",
)
def gradient_times_input(subject: Subject) -> torch.Tensor:
    """Multiply the gradient by the pixels as the network sees them, and add the channels up."""
    return (subject.gradient(subject.image) * subject.image)[0].sum(0)
