"""What a trained network makes of pictures."""

import numpy as np

from playground.training.loaded_network import LoadedNetwork


def predict(network: LoadedNetwork, pixels: np.ndarray) -> np.ndarray:
    """Predict probabilities, float32 (n, classes), of pictures, uint8 (n, height, width, channels)
    from 0 to the data set's ``max_pixel``. Raises PredictionError."""
    return network.logits(network.images(pixels)).softmax(1).numpy()
