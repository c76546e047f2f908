"""Images as points: what the last hidden layer makes of them, in two dimensions."""

import numpy as np
import torch

from playground.inside import ImageMap
from playground.network.chunks import evaluation_batch
from playground.training.inside.layers import after, last_dense
from playground.training.loaded_network import LoadedNetwork
from playground.training.stored_networks import PredictionError

MOST = 2000
"""Images that a map may have."""


def principal_components(
    network: LoadedNetwork, split: str = "test", images: int = 1000
) -> ImageMap:
    """Lay a split's first images out along the two directions in which the outputs of the last
    hidden layer vary most. Raises PredictionError."""
    from sklearn.decomposition import PCA

    numbers, outputs, predicted = _outputs(network, split, images)
    if outputs.shape[1] < 2:  # a single unit: all lie on a line
        outputs = np.pad(outputs, ((0, 0), (0, 1)))
    found = PCA(2, svd_solver="full").fit(outputs)
    explained = float(found.explained_variance_ratio_.sum())
    return _map(network, numbers, found.transform(outputs), predicted, explained)


def neighbours(
    network: LoadedNetwork, split: str, images: int, start: np.ndarray, first: bool
) -> ImageMap:
    """Lay a split's first images out so that those with like outputs lie together (t-SNE), from
    where they lie now, ``start``, float32 (n, 2): a part of the way, so that one sees it come. The
    ``first`` part drives clusters apart. Raises PredictionError."""
    from sklearn.manifold import TSNE

    numbers, outputs, predicted = _outputs(network, split, images)
    perplexity = min(30.0, (len(outputs) - 1) / 3)
    if perplexity < 1:
        raise PredictionError("There are too few images for this map: take more of them.")
    # As it is to start, in t-SNE's own scale, small at first.
    scale = 1e-4 / max(float(start[:, 0].std()), 1e-12) if first else 1.0
    found = TSNE(
        perplexity=perplexity, init=(start * scale).astype(np.float32), random_state=0,
        max_iter=250 if first else 500, early_exaggeration=12.0 if first else 1.0,
        learning_rate=max(len(outputs) / 48, 50.0),
    )  # fmt: skip
    return _map(network, numbers, found.fit_transform(outputs), predicted, float("nan"))


def _outputs(
    network: LoadedNetwork, split: str, images: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the images' numbers, the last hidden layer's outputs, and the classes predicted."""
    numbers = network.numbers(split, min(images, MOST))
    if len(numbers) < 3:
        raise PredictionError("There are too few images for a map: take a run with more of them.")
    last, size = last_dense(network), evaluation_batch(network.plan)
    hidden, predicted = [], []
    with torch.inference_mode():
        for start in range(0, len(numbers), size):
            some = network.scaled(network.dataset.images[numbers[start : start + size]])
            values = after(network, some, 0, last)
            hidden.append(values.flatten(1))
            predicted.append(after(network, values, last).argmax(1))
    return numbers, torch.cat(hidden).numpy(), torch.cat(predicted).numpy()


def _map(
    network: LoadedNetwork, numbers: np.ndarray, points: np.ndarray, predicted: np.ndarray,
    explained: float,
) -> ImageMap:  # fmt: skip
    labels = network.dataset.labels[numbers]
    return ImageMap(numbers, points.astype(np.float32), labels, predicted, explained)
