"""The Ideas page's small networks against torch: stacks, padding, scores."""

import numpy as np
import pytest
import torch
from torch import nn

from playground.data.datasets import digits
from playground.network import lay_out
from playground.recipes import RECIPES
from playground.recipes.ideas import digit_scores, layers, stack
from playground.ui.ideas import padding as networks
from playground.ui.ideas import stack as page

CONVOLUTIONS = ((6, False), (12, False), (24, True), (48, True))
"""Article C's: channels, and whether a batch norm follows."""
PIXELS = np.random.default_rng(3).uniform(-1, 1, (500, 3))

# --- layers without activation -----------------------------------------------------------------


def theirs(layers, relu: bool) -> nn.Sequential:
    """The stack as a torch network of 1×1 convolutions with the same weights, in float64."""
    modules: list[nn.Module] = []
    for index, layer in enumerate(layers):
        outputs, inputs = layer.convolution.weights.shape
        if index and relu:
            modules.append(nn.ReLU())
        convolution = nn.Conv2d(inputs, outputs, 1).double()
        with torch.no_grad():
            convolution.weight.copy_(torch.tensor(layer.convolution.weights)[..., None, None])
            convolution.bias.copy_(torch.tensor(layer.convolution.biases))
        modules.append(convolution)
        if layer.norm is not None:
            # A momentum of 1 remembers just the last pixels.
            modules.append(nn.BatchNorm2d(outputs, momentum=1.0).double())
    return nn.Sequential(*modules)


def remember(network: nn.Sequential, pixels: np.ndarray) -> nn.Sequential:
    """Let each batch norm remember these pixels, those before it predicting; then all predict."""
    network.eval()
    for one in network:
        if isinstance(one, nn.BatchNorm2d):
            one.train()
            through(network, pixels)
            one.eval()
    return network


def through(network: nn.Sequential, pixels: np.ndarray) -> np.ndarray:
    """Pixels (n, 3) as an image of one row: (n, 48)."""
    image = torch.tensor(pixels).T[None, :, None]
    with torch.no_grad():
        return network(image)[0, :, 0].T.numpy()


@pytest.mark.parametrize("relu", [False, True])
def test_a_stack_is_torchs_convolutions_and_batch_norms_once_training_is_over(relu):
    layers = stack.random_layers(CONVOLUTIONS, PIXELS, relu)
    expected = through(remember(theirs(layers, relu), PIXELS), PIXELS)
    ours = stack.apply_layers(layers, PIXELS, relu)
    assert ours.dtype == np.float32
    np.testing.assert_allclose(ours, expected, atol=1e-4)


def test_without_activation_one_map_says_the_same_as_torchs_four_layers():
    layers = stack.random_layers(CONVOLUTIONS, PIXELS, relu=False)
    one = stack.combine(layers)
    assert one.weights.shape == (48, 3) and one.biases.shape == (48,)
    network = remember(theirs(layers, relu=False), PIXELS)
    elsewhere = np.random.default_rng(9).uniform(-5, 5, (100, 3))
    np.testing.assert_allclose(one(elsewhere), through(network, elsewhere), rtol=1e-9, atol=1e-12)
    rounded = one.single()(PIXELS.astype(np.float32))
    apart = np.abs(rounded - stack.apply_layers(layers, PIXELS, relu=False)).max()
    assert 0 < apart < 1e-4, "they differ by rounding alone"


def test_its_parameters_are_the_articles():
    assert tuple(page.convolutions()) == CONVOLUTIONS, "the page reads them from the recipe"
    network = theirs(stack.random_layers(page.convolutions(), PIXELS, relu=False), relu=False)
    counts = [sum(one.numel() for one in module.parameters()) for module in network]
    assert counts == [24, 84, 312, 48, 1200, 96]


def test_weights_and_biases_are_drawn_as_torch_draws_them():
    first, last = (
        stack.random_layers(CONVOLUTIONS, PIXELS, relu=False)[0],
        stack.random_layers(CONVOLUTIONS, PIXELS, relu=False)[-1],
    )
    for layer, inputs, outputs in ((first, 3, 6), (last, 24, 48)):
        one = nn.Conv2d(inputs, outputs, 1)
        for ours, other in (
            (layer.convolution.weights, one.weight),
            (layer.convolution.biases, one.bias),
        ):
            limit = inputs**-0.5
            assert np.abs(ours).max() <= limit and other.abs().max() <= limit
            assert np.abs(ours).max() > 0.6 * limit
    spread = last.convolution.weights.std()
    assert spread == pytest.approx(nn.Conv2d(24, 48, 1).weight.std().item(), rel=0.1)


def test_with_relu_even_the_best_map_misses_much_and_is_the_best():
    layers = stack.random_layers(CONVOLUTIONS, PIXELS, relu=True)
    outputs = stack.apply_layers(layers, PIXELS, relu=True)
    best = stack.best_map(PIXELS, outputs)
    missed = stack.unexplained_variance(outputs, best(PIXELS))
    assert missed.shape == (48,) and (missed > 0.05).all() and missed.mean() > 0.3
    solved = torch.linalg.lstsq(
        torch.tensor(np.column_stack([PIXELS, np.ones(len(PIXELS))])),
        torch.tensor(outputs).double(),
    ).solution.numpy()
    np.testing.assert_allclose(best.weights, solved[:3].T, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(best.biases, solved[3], rtol=1e-8, atol=1e-10)
    linear = stack.random_layers(CONVOLUTIONS, PIXELS, relu=False)
    given = stack.apply_layers(linear, PIXELS, relu=False)
    assert (stack.unexplained_variance(given, stack.best_map(PIXELS, given)(PIXELS)) < 1e-9).all()


def test_a_channel_that_never_varies_is_missed_by_nothing():
    flat = np.full((20, 48), 2.0)
    assert (stack.unexplained_variance(flat, flat) == 0).all()
    grey = np.zeros((20, 3))
    layers = stack.random_layers(CONVOLUTIONS, grey, relu=True)
    assert np.isfinite(stack.apply_layers(layers, grey, relu=True)).all()


# --- padding -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", layers.KERNELS)
@pytest.mark.parametrize("rows", [0, 1, 2])
def test_a_convolution_with_padding_is_torchs_and_the_same_as_zeros_by_hand(name, rows):
    picture = digits.load().images[1234, ..., 0].astype(int)
    kernel = np.array(layers.KERNELS[name])
    expected = nn.functional.conv2d(
        torch.tensor(picture)[None, None].double(), torch.tensor(kernel)[None, None].double(),
        padding=rows,
    )[0, 0]  # fmt: skip
    ours = layers.convolve(picture, kernel, rows)
    assert (ours == expected.numpy()).all()
    by_hand = layers.convolve(layers.zero_padded(picture, rows), kernel)
    assert (ours == by_hand).all()
    theirs = nn.functional.pad(torch.tensor(picture), (rows,) * 4)
    assert (layers.zero_padded(picture, rows) == theirs.numpy()).all()


ARTICLES = {
    "tutorial": [(6, 5), (16, 5)],
    "tutorial-deeper": [(6, 5), (16, 3), (32, 3)],
    "tutorial-wider": [(6, 3), (18, 2), (72, 2)],
}
"""Article A's networks: channels and kernel of each convolution."""


def test_the_networks_whose_pictures_shrink_are_read_from_their_recipes():
    read = {recipe: networks.convolutions(recipe) for recipe in networks.NETWORKS.values()}
    assert read == ARTICLES


@pytest.mark.parametrize("recipe", ARTICLES)
@pytest.mark.filterwarnings("ignore:Using padding='same'")
@pytest.mark.parametrize("padded", [False, True])
def test_pictures_shrink_as_in_torch_and_in_the_articles_networks(recipe, padded):
    of_network = ARTICLES[recipe]
    sides = layers.side_lengths([size for _, size in of_network], padded)
    values, found, channels = torch.zeros(1, 3, 32, 32), [32], 3
    for outputs, size in of_network:
        values = nn.Conv2d(channels, outputs, size, padding="same" if padded else 0)(values)
        found.append(values.shape[-1])
        values = nn.MaxPool2d(2)(values)
        found.append(values.shape[-1])
        channels = outputs
    assert sides == found
    if not padded:
        flat = lay_out(RECIPES[recipe].at("full").architecture, (3, 32, 32), 10)
        assert (values[0].numel(),) in [layer.output for layer in flat.layers]


# --- from scores to accuracy -------------------------------------------------------------------


def test_the_steps_from_scores_to_accuracy_are_torchs():
    given = np.random.default_rng(0).normal(0, 30, (40, 10))
    labels = np.random.default_rng(1).integers(0, 10, 40)
    other = torch.tensor(given)
    np.testing.assert_allclose(
        digit_scores.softmax(given), other.softmax(1), rtol=1e-10, atol=1e-15
    )
    np.testing.assert_allclose(
        digit_scores.softmax(given[0]), other[0].softmax(0), rtol=1e-10, atol=0
    )
    ones = digit_scores.right(given, labels)
    assert ones.tolist() == (other.argmax(1) == torch.tensor(labels)).long().tolist()
    assert (digit_scores.softmax(given).argmax(1) == given.argmax(1)).all()


def test_a_score_is_minus_the_squared_distance_to_the_classs_mean():
    pixels = np.array([[0.0, 0], [0, 2], [4, 4], [4, 6]])
    means = digit_scores.class_means(pixels, np.array([0, 0, 1, 1]), classes=2)
    assert means.tolist() == [[0, 1], [4, 5]]
    assert digit_scores.scores(pixels[:1], means).tolist() == [[-1, -41]]
    distances = torch.cdist(torch.tensor(pixels), torch.tensor(means)) ** 2
    np.testing.assert_allclose(digit_scores.scores(pixels, means), -distances, rtol=1e-12)
