"""The inside of a network as a worker tells it, against torch's own hooks and a recount."""

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from torch import nn

from playground.config import CNN, MLP, ConvBlock
from playground.data.disturbances import DISTURBANCES, disturbed
from playground.errors import UserError
from playground.inside import Edit
from playground.training.inside import by_hand, image_map, layers, robustness
from playground.training.inside.channel import SEARCHED, channel
from playground.training.inside.units import units
from tests.networks import EVERY_KIND, loaded

DENSE = MLP(hidden=(16, 8))
BLOCKS = CNN(blocks=(ConvBlock(channels=(4, 6)), ConvBlock(channels=(20,))), hidden=(8,))


@pytest.fixture(params=EVERY_KIND.values(), ids=EVERY_KIND)
def network(request):
    return loaded(request.param)


def hooked(model: nn.Sequential, images: torch.Tensor) -> list[torch.Tensor]:
    """What each module puts out, by torch's forward hooks."""
    found = []
    hooks = [
        module.register_forward_hook(lambda _, given, output: found.append(output.detach()))
        for module in model
    ]
    model(images)
    for hook in hooks:
        hook.remove()
    return found


def test_every_layers_outputs_are_those_of_a_hook(network):
    pixels = network.dataset.images[[5]]
    told = layers.outputs(network, pixels, range(100))
    expected = hooked(network.model, network.scaled(pixels))
    assert len(told.layers) == len(expected) == len(network.plan.modules)
    for layer, output in zip(told.layers, expected, strict=True):
        values = output[0].numpy()
        assert layer.shape == values.shape
        np.testing.assert_allclose(layer.maps, values[layer.channels], atol=1e-5)
        assert sorted(layer.channels) == list(range(len(values))), "all were asked for"
        assert layer.low == pytest.approx(values.min()) and layer.high == pytest.approx(
            values.max()
        )
        assert layer.zeros == pytest.approx((values == 0).mean())
    np.testing.assert_allclose(told.logits, expected[-1][0], atol=1e-5)
    np.testing.assert_allclose(told.probabilities, expected[-1][0].softmax(0), atol=1e-6)


def test_the_strongest_channels_come_first_and_only_some_unless_all_are_wanted():
    network = loaded(BLOCKS)
    pixels = network.dataset.images[[5]]
    place = next(p for p, one in enumerate(network.plan.modules) if one.output[0] == 20)
    some = layers.outputs(network, pixels).layers[place]
    every = layers.outputs(network, pixels, [place]).layers[place]
    assert len(some.channels) == layers.MOST and len(every.channels) == 20
    np.testing.assert_array_equal(some.channels, every.channels[: layers.MOST])
    strengths = np.abs(every.maps).mean((1, 2))
    assert (np.diff(strengths) <= 1e-7).all()


@pytest.mark.parametrize("unit", [0, 3])
def test_a_channel_has_its_kernel_its_map_and_the_images_that_excite_it_most(network, unit):
    pixels = network.dataset.images[[5]]
    numbers = network.numbers("test", SEARCHED)
    every = hooked(network.model, network.scaled(network.dataset.images[numbers]))
    for place, layer in enumerate(network.plan.modules):
        if layer.kind == "flatten":
            continue
        told = channel(network, pixels, place, unit, "test")
        output = every[place][:, unit].flatten(1) if every[place].dim() == 4 else every[place][
            :, [unit]
        ]  # fmt: skip
        strongest = output.amax(1)
        np.testing.assert_allclose(told.strengths, strongest.topk(9).values.numpy(), atol=1e-5)
        for number, strength in zip(told.exciting, told.strengths, strict=True):
            at = int(np.flatnonzero(numbers == number)[0])
            assert strongest[at].item() == pytest.approx(strength, abs=1e-5)
        assert told.searched == len(numbers)
        made_by = network.model[told.weights_of]
        if told.weights is not None:
            np.testing.assert_array_equal(
                told.weights.ravel(), made_by.weight[unit].detach().ravel()
            )
            bias = getattr(made_by, "bias", None)
            assert told.bias == (None if bias is None else bias[unit].item())


def test_a_first_units_weights_are_laid_out_as_the_picture_is():
    network = loaded(DENSE)
    place = next(p for p, one in enumerate(network.plan.modules) if one.kind == "dense")
    told = channel(network, network.dataset.images[[5]], place, 2)
    assert told.weights.shape == (1, 8, 8)
    later = channel(network, network.dataset.images[[5]], place + 2, 2)
    assert later.weights.shape == (16,)


@pytest.mark.parametrize("place, unit", [(99, 0), (-1, 0), (0, 99), (0, -1)])
def test_a_layer_or_channel_that_there_is_not_is_refused(place, unit):
    network = loaded(BLOCKS)
    with pytest.raises(UserError, match="choose one"):
        channel(network, network.dataset.images[[5]], place, unit)


def test_the_map_of_images_is_scikit_learns_pca_of_the_last_hidden_layer():
    network = loaded(BLOCKS)
    found = image_map.principal_components(network, images=200)
    numbers = network.numbers("test", 200)
    every = hooked(network.model, network.scaled(network.dataset.images[numbers]))
    hidden = every[-2].numpy()
    expected = PCA(2).fit_transform(hidden)
    signs = np.sign((expected * found.points).sum(0))
    np.testing.assert_allclose(found.points * signs, expected, atol=1e-4)
    np.testing.assert_array_equal(found.numbers, numbers)
    np.testing.assert_array_equal(found.predicted, every[-1].argmax(1))
    np.testing.assert_array_equal(found.labels, network.dataset.labels[numbers])
    assert 0 < found.explained <= 1.0001


def test_like_images_come_to_lie_together_on_the_map_of_neighbours():
    network = loaded(DENSE)
    start = image_map.principal_components(network, images=150)
    part = image_map.neighbours(network, "test", 150, start.points, first=True)
    found = image_map.neighbours(network, "test", 150, part.points, first=False)
    again = image_map.neighbours(network, "test", 150, part.points, first=False)
    np.testing.assert_array_equal(found.points, again.points)
    every = hooked(network.model, network.scaled(network.dataset.images[found.numbers]))
    hidden = every[-2].numpy()
    nearest = np.linalg.norm(hidden[:, None] - hidden[None], axis=2).argsort(1)[:, 1]
    steps = np.linalg.norm(found.points - found.points[nearest], axis=1)
    others = np.linalg.norm(found.points[:, None] - found.points[None], axis=2)
    assert np.median(steps) < np.median(others) / 4


def test_numbers_changed_by_hand_change_the_answer_and_nothing_else():
    network = loaded(BLOCKS)
    pixels = network.dataset.images[[5, 6]]
    before = {name: one.clone() for name, one in network.model.state_dict().items()}
    plain = by_hand.edited(network, pixels, [])
    np.testing.assert_allclose(
        plain, network.model(network.scaled(pixels)).softmax(1).detach(), atol=1e-6
    )
    edits = [
        Edit(0, "weight", (1, 0, 2, 2), 3.0),
        Edit(0, "bias", (0,), -1.0),
        Edit(1, "off", (3,)),
    ]
    found = by_hand.edited(network, pixels, edits)
    model = loaded(BLOCKS).model
    with torch.no_grad():
        model[0].weight[1, 0, 2, 2], model[0].bias[0] = 3.0, -1.0
        values = model[1](model[0](network.scaled(pixels)))
        values[:, 3] = 0
        expected = model[2:](values).softmax(1)
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert not np.allclose(found, plain)
    assert all(torch.equal(before[n], one) for n, one in network.model.state_dict().items())


@pytest.mark.parametrize(
    "edit",
    [
        Edit(0, "weight", (99, 0, 0, 0)), Edit(1, "weight", (0,)), Edit(0, "off", (99,)),
        Edit(99, "bias", (0,)), Edit(0, "forward", (0,)),
    ],
)  # fmt: skip
def test_an_edit_of_what_there_is_not_is_refused(edit):
    network = loaded(BLOCKS)
    with pytest.raises(UserError, match="choose"):
        by_hand.edited(network, network.dataset.images[[5]], [edit])


def test_an_infinite_number_put_in_by_hand_is_told():
    network = loaded(DENSE)
    with pytest.raises(UserError, match="undo some of them"):
        by_hand.edited(
            network, network.dataset.images[[5]], [Edit(1, "weight", (0, 3), float("nan"))]
        )


@pytest.mark.parametrize("kind", DISTURBANCES)
def test_a_disturbance_begins_with_the_images_as_they_are_and_grows(kind):
    images = loaded(DENSE).dataset.images[:50]
    none, *some = (disturbed(images, 16, kind, level) for level in DISTURBANCES[kind].levels)
    np.testing.assert_array_equal(none, images)
    changes = [np.abs(one.astype(float) - images).mean() for one in some]
    assert changes == sorted(changes) and changes[1] > 0.01
    for one in some:
        assert one.dtype == np.uint8 and one.shape == images.shape and one.max() <= 16
    np.testing.assert_array_equal(
        some[0], disturbed(images, 16, kind, DISTURBANCES[kind].levels[1])
    )


def test_a_shift_moves_images_by_what_it_says():
    image = np.zeros((1, 20, 20, 1), np.uint8)
    image[0, 9:11, 9:11] = 200
    moved = disturbed(image, 255, "shift", 20)[0, ..., 0].astype(float)
    rows, columns = np.indices(moved.shape)
    place = [(rows * moved).sum() / moved.sum(), (columns * moved).sum() / moved.sum()]
    assert np.hypot(place[0] - 9.5, place[1] - 9.5) == pytest.approx(4, abs=0.2)


def test_what_is_right_with_disturbed_images_is_recounted():
    network = loaded(DENSE)
    numbers = network.numbers("test", robustness.IMAGES)
    for level in (0, 20):
        pixels = disturbed(network.dataset.images[numbers], 16, "noise", level)
        predicted = network.model(network.scaled(pixels)).argmax(1).numpy()
        right = int((predicted == network.dataset.labels[numbers]).sum())
        assert robustness.with_disturbed(network, "test", "noise", level) == (right, len(numbers))


def test_what_is_right_without_a_unit_is_recounted():
    network = loaded(BLOCKS)
    numbers = network.numbers("test", robustness.IMAGES)
    images = network.scaled(network.dataset.images[numbers])
    found = robustness.without_units(network, "test", 1, range(4))
    for unit, answer in enumerate(found):
        with torch.no_grad():
            values = network.model[:2](images).clone()
            values[:, unit] = 0
            predicted = network.model[2:](values).argmax(1).numpy()
        assert answer == (int((predicted == network.dataset.labels[numbers]).sum()), len(numbers))


def test_coarse_weights_have_so_many_values_and_many_bits_change_nothing():
    network = loaded(BLOCKS)
    rounded = robustness._rounded(network.model[0], 3)
    values = np.unique(rounded.weight.detach().numpy())
    assert 4 <= len(values) <= 7
    largest = network.model[0].weight.abs().max().item()
    assert rounded.weight.abs().max().item() == pytest.approx(largest)
    exact = robustness.with_disturbed(network, "test", "noise", 0)
    assert robustness.with_rounded(network, "test", 16) == exact
    assert robustness.with_rounded(network, "test", 2)[1] == exact[1]


@pytest.mark.parametrize("activation", ["none", "sigmoid", "relu"])
def test_units_stand_behind_their_activation_or_their_own_layer(activation):
    network = loaded(MLP(hidden=(16, 8), activation=activation, batch_norm=True))
    found = units(network)
    assert [one.units for one in found] == [16, 8]
    kinds = [network.plan.modules[one.place].kind for one in found]
    assert kinds == ["batch_norm" if activation == "none" else "activation"] * 2


def test_a_unit_switched_off_is_off_behind_its_activation():
    network = loaded(MLP(hidden=(6,), activation="sigmoid", batch_norm=True))
    place = next(p for p, one in enumerate(network.plan.modules) if one.kind == "dense")
    model = by_hand.changed(network, [Edit(place, "off", (2,))])
    values = network.scaled(network.dataset.images[:5])
    for module in model[:-1]:
        values = module(values)
    assert not values[:, 2].any() and values[:, 1].all()


@pytest.mark.parametrize("value", [1e300, float("inf")])
def test_numbers_too_large_by_hand_are_told(value):
    network = loaded(DENSE)
    with pytest.raises(UserError, match=r"choose another|undo some"):
        by_hand.edited(network, network.dataset.images[[5]], [Edit(1, "weight", (0, 3), value)])


def test_a_map_of_a_single_hidden_unit_is_a_line():
    network = loaded(MLP(hidden=(1,)))
    found = image_map.principal_components(network, images=50)
    assert found.points.shape == (50, 2) and np.ptp(found.points[:, 1]) < 1e-5


def test_pixels_are_no_channels():
    network = loaded(BLOCKS)
    place = next(p for p, one in enumerate(network.plan.modules) if one.kind == "flatten")
    with pytest.raises(UserError, match="choose one with weights"):
        channel(network, network.dataset.images[[5]], place, 0, "test")


def test_a_second_convolution_right_behind_the_first_does_not_see_the_image():
    blocks = CNN(blocks=(ConvBlock(channels=(3, 5)),), hidden=(), activation="none")
    network = loaded(blocks)
    pixels = network.dataset.images[[5]]
    assert channel(network, pixels, 0, 0).sees_image
    second = channel(network, pixels, 1, 0)
    assert not second.sees_image and second.weights.shape[0] == 3
    assert not len(second.exciting), "they were not asked for"
