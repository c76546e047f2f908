"""What the playground's loop is measured against: loops written for one network, without its parts.

``articles`` is the loop of the articles: a data set that gives PIL images, ``ToTensor``, a
``DataLoader`` that shuffles, the default memory format, figures taken batch by batch. ``best`` is
the fastest plain PyTorch we could write by hand for that network and machine: resident tensors, the
memory format, precision and optimizer that won here, figures read once an epoch; it has no config,
reports nothing and cannot be stopped. Both give an epoch's training and validation figures.
"""

from benchmarks.baselines.articles import articles
from benchmarks.baselines.best import best
from benchmarks.baselines.best_on_cuda import best_on_cuda, set_cuda
from benchmarks.baselines.networks import base_network, digits_network, tutorial_network
from benchmarks.baselines.resident import Resident, Split

__all__ = [
    "Resident",
    "Split",
    "articles",
    "base_network",
    "best",
    "best_on_cuda",
    "digits_network",
    "set_cuda",
    "tutorial_network",
]
