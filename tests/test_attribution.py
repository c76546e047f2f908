"""Why an image is taken for a class, against captum and against what must hold."""

import captum.attr
import numpy as np
import pytest
import torch

from playground.config import CNN, MLP, ConvBlock
from playground.errors import UserError
from playground.training import attribution
from playground.training.attribution import (
    METHODS,
    Subject,
    explain,
    integrated_gradients,
    occlusion,
)
from tests import own_images
from tests.networks import EVERY_KIND, loaded

PIXELS = 5
"""The number of the digit that is explained."""


def subject(network, target: int = 3) -> Subject:
    image = network.scaled(network.dataset.images[[PIXELS]])
    return Subject(network.model, network.plan, image, target, attribution._baseline(network))


@pytest.fixture(params=EVERY_KIND.values(), ids=EVERY_KIND)
def network(request):
    return loaded(request.param)


def near(found: torch.Tensor, expected: torch.Tensor) -> None:
    expected = expected.detach()
    size = max(1.0, float(expected.abs().max()))
    torch.testing.assert_close(found / size, expected / size, rtol=0, atol=1e-5)
    assert expected.abs().max() > 0


def test_gradients_are_captums(network):
    about = subject(network)
    expected = captum.attr.Saliency(network.model).attribute(about.image, target=3, abs=False)
    near(about.gradient(about.image), expected)
    times = captum.attr.InputXGradient(network.model).attribute(about.image.clone(), target=3)
    near(METHODS["gradient_times_input"].of(about), times[0].sum(0))


def test_integrated_gradients_are_captums(network, monkeypatch):
    monkeypatch.setattr(integrated_gradients, "RIGHT", 1e9)  # the fewest steps will do
    about = subject(network)
    expected = captum.attr.IntegratedGradients(network.model).attribute(
        about.image, about.baseline.expand_as(about.image), 3,
        n_steps=integrated_gradients.FEWEST, method="riemann_middle",
    )  # fmt: skip
    near(METHODS["integrated_gradients"].of(about), expected[0].sum(0))


@pytest.mark.parametrize("target", [0, 7])
def test_integrated_gradients_add_up_to_the_difference_of_the_logits(network, target):
    about = subject(network, target)
    empty = about.baseline.expand_as(about.image)
    wanted = float((about.logit(about.image) - about.logit(empty)).detach())
    found = float(METHODS["integrated_gradients"].of(about).sum())
    assert found == pytest.approx(wanted, rel=0.01, abs=1e-5)


def test_occlusion_is_captums(network):
    about, channels = subject(network), network.plan.input_shape[0]
    patch = 8 // occlusion.PATCHES
    expected = captum.attr.Occlusion(network.model).attribute(
        about.image, (channels, patch, patch), max(1, patch // 2), target=3,
        baselines=about.baseline.expand_as(about.image),
    )  # fmt: skip
    near(METHODS["occlusion"].of(about), expected[0].sum(0) / channels)


def test_occlusion_covers_every_pixel_of_a_picture_that_patches_do_not_fit(tmp_path):
    data = own_images.save(tmp_path)
    network = loaded(MLP(hidden=(8,)), data, tmp_path)
    found = METHODS["occlusion"].of(subject(network, 1))
    assert found.shape == (9, 10) and torch.isfinite(found).all()


@pytest.mark.parametrize("name", [n for n, one in EVERY_KIND.items() if isinstance(one, CNN)])
def test_grad_cam_is_captums(name):
    network = loaded(EVERY_KIND[name])
    about, places = subject(network), [
        place
        for place, layer in enumerate(network.plan.modules)
        if len(layer.output) == 3 and layer.output[1] > 1
    ]  # fmt: skip
    cam = captum.attr.LayerGradCam(network.model, network.model[places[-1]])
    small = cam.attribute(about.image, target=3)
    expected = captum.attr.LayerAttribution.interpolate(small, (8, 8), "bilinear")
    near(METHODS["grad_cam"].of(about), expected[0, 0])


def test_a_network_without_convolutions_has_no_grad_cam_and_says_so():
    network = loaded(MLP(hidden=(8,)))
    (found,) = explain(network, network.dataset.images[[1]], 0, ("grad_cam",))
    assert found.map is None and found.shuffled is None
    assert found.missing == "A network without convolutions has no feature maps to weigh."


def test_each_method_has_its_words_and_leaves_the_network_as_it_was(network):
    before = {name: one.clone() for name, one in network.model.state_dict().items()}
    state = torch.get_rng_state()
    found = explain(network, network.dataset.images[[PIXELS]], 4)
    assert [one.method for one in found] == list(METHODS) and len(METHODS) >= 4
    for one in found:
        assert one.title and one.shows.endswith(".") and one.misleads.endswith(".")
        assert (one.map is None) == bool(one.missing)
        if one.map is not None:
            assert one.map.shape == one.shuffled.shape == (8, 8) and one.map.dtype == np.float32
            assert -1 <= one.likeness <= 1
    assert torch.equal(state, torch.get_rng_state())
    assert all(torch.equal(before[n], one) for n, one in network.model.state_dict().items())
    assert all(parameter.grad is None for parameter in network.model.parameters())


def test_what_does_not_depend_on_the_last_layer_is_found_out():
    maps = np.random.default_rng(0).standard_normal((2, 8, 8)).astype(np.float32)
    assert attribution.likeness(maps[0], 2 * maps[0]) == pytest.approx(1)
    assert attribution.likeness(maps[0], -2 * maps[0]) == pytest.approx(-1)
    assert abs(attribution.likeness(*maps)) < 0.3
    assert np.isnan(attribution.likeness(maps[0], np.zeros((8, 8), np.float32)))


def test_a_class_that_there_is_not_is_refused():
    network = loaded(MLP(hidden=(8,)))
    with pytest.raises(UserError, match="The classes are 0 to 9"):
        explain(network, network.dataset.images[[1]], 10)


def test_nothing_there_is_the_paper_of_grey_pictures_and_the_mean_of_coloured_ones(tmp_path):
    digits = loaded(CNN(blocks=(ConvBlock(channels=(4,)),), hidden=()))
    _, shift = digits.scaling
    assert attribution._baseline(digits).item() == pytest.approx(shift[0], abs=1e-6)
    coloured = loaded(MLP(hidden=(8,)), own_images.save(tmp_path), tmp_path)
    mean = coloured.dataset.images[coloured.numbers("train", 1000)].mean((0, 1, 2))
    expected = mean * coloured.scaling[0] + coloured.scaling[1]
    np.testing.assert_allclose(attribution._baseline(coloured).ravel(), expected, rtol=1e-5)
