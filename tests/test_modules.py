"""Plans as torch modules: activations, initialisation, biases."""

import math
import typing

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from playground.config import CNN, MLP, ConvBlock
from playground.config.network import INITIALIZATIONS
from playground.network import lay_out
from playground.recipes import RECIPES
from playground.training import modules

BY_HAND = {
    "relu": lambda x: x.clamp(min=0),
    "leaky_relu": lambda x: torch.where(x > 0, x, 0.01 * x),
    "prelu": lambda x: torch.where(x > 0, x, 0.25 * x),
    "elu": lambda x: torch.where(x > 0, x, x.exp() - 1),
    "gelu": lambda x: x * 0.5 * (1 + torch.erf(x / math.sqrt(2))),
    "silu": lambda x: x / (1 + (-x).exp()),
    "tanh": torch.tanh,
    "sigmoid": lambda x: 1 / (1 + (-x).exp()),
    "none": lambda x: x,
}
WIDE = {"hidden": (400,), "blocks": [ConvBlock(channels=(64,), kernel=5)]}


def built(architecture, shape=(3, 12, 12), classes=10, seed=0) -> nn.Sequential:
    torch.manual_seed(seed)
    return modules.build(lay_out(architecture, shape, classes), architecture)


def layers(model) -> list[nn.Module]:
    return [module for module in model if isinstance(module, nn.Linear | nn.Conv2d)]


@pytest.mark.parametrize("name", BY_HAND)
def test_an_activation_computes_its_function(name):
    model = built(MLP(hidden=(6,), activation=name), (1, 8, 8))
    x = torch.linspace(-3, 3, 2 * 64).view(2, 1, 8, 8)
    first, last = layers(model)
    expected = last(BY_HAND[name](first(x.flatten(1))))
    torch.testing.assert_close(model(x), expected)


def test_a_convolutional_network_computes_what_its_parts_do_by_hand():
    block = ConvBlock(channels=(4,), kernel=3, padding="none", batch_norm="each", pool="average")
    model = built(CNN(blocks=[block], hidden=(), head="global_average", activation="tanh"))
    images = torch.randn(5, 3, 12, 12)
    conv, dense = layers(model)
    x = F.conv2d(images, conv.weight, conv.bias)
    mean = x.mean((0, 2, 3), keepdim=True)
    x = (x - mean) / (x.var((0, 2, 3), unbiased=False, keepdim=True) + 1e-5).sqrt()
    x = F.avg_pool2d(x.tanh(), 2).mean((2, 3))
    torch.testing.assert_close(model.train()(images), dense(x), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", INITIALIZATIONS)
def test_an_initialisation_draws_weights_of_its_deviation_and_shape(name):
    for layer in layers(built(CNN(**WIDE, initialization=name))):
        weight = layer.weight.detach()
        receptive = weight[0, 0].numel()
        fan_in, fan_out = weight.shape[1] * receptive, weight.shape[0] * receptive
        deviation = {
            "pytorch": math.sqrt(1 / (3 * fan_in)),
            "xavier": math.sqrt(2 / (fan_in + fan_out)),
            "kaiming": math.sqrt(2 / fan_in),
        }[name.split("_")[0]]
        assert weight.std().item() == pytest.approx(deviation, rel=0.05)
        assert weight.mean().item() == pytest.approx(0, abs=4 * deviation / math.sqrt(len(weight)))
        largest = weight.abs().max().item() / deviation
        if name.endswith("normal"):
            assert largest > 2.5
        else:  # a uniform distribution ends at √3 deviations
            assert largest == pytest.approx(math.sqrt(3), rel=0.05)


def test_pytorchs_own_initialisation_is_left_as_it_is():
    torch.manual_seed(3)
    theirs = nn.Linear(64, 10)
    ours = layers(built(MLP(hidden=()), (1, 8, 8), seed=3))[0]
    assert torch.equal(ours.weight, theirs.weight) and torch.equal(ours.bias, theirs.bias)


@pytest.mark.parametrize("bias", [0.0, 0.01, -2.0])
def test_a_constant_bias_is_every_bias_and_leaves_batch_norm_alone(bias):
    block = ConvBlock(channels=(4,), batch_norm="each")
    model = built(CNN(blocks=[block], hidden=(5,), batch_norm=True, bias=bias))
    found = layers(model)
    assert len(found) == 3
    assert all(torch.equal(layer.bias, torch.full_like(layer.bias, bias)) for layer in found)
    norms = [m for m in model if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)]
    assert len(norms) == 2
    assert all((m.weight == 1).all() and (m.bias == 0).all() for m in norms)


def test_the_same_seed_gives_the_same_weights_and_another_seed_others():
    one, same, other = (layers(built(CNN(), seed=seed))[0].weight for seed in (1, 1, 2))
    assert torch.equal(one, same) and not torch.equal(one, other)


def test_dropout_sets_single_values_or_whole_channels_to_zero_while_training():
    images = torch.ones(50, 3, 12, 12)
    for kind in typing.get_args(ConvBlock.model_fields["dropout_kind"].annotation):
        block = ConvBlock(channels=(8,), kernel=1, dropout=0.5, dropout_kind=kind, pool="none")
        network = CNN(blocks=[block], hidden=(), bias=1.0, activation="sigmoid")
        model = built(network)[:3]
        zeros = (model.train()(images) == 0).float()
        assert zeros.mean().item() == pytest.approx(0.5, abs=0.1)
        whole = zeros.mean((2, 3))
        assert ((whole == 0) | (whole == 1)).all().item() == (kind == "channels")
        assert not (model.eval()(images) == 0).any()


def patterned(count: int, channels: int = 3, side: int = 9) -> torch.Tensor:
    """Images whose neighbouring pixels and channels go together, with a mean that is not 0."""
    fine = torch.randn(count, channels, side, side, generator=torch.Generator().manual_seed(1))
    smooth = F.avg_pool2d(fine, 3, stride=1, padding=1)
    return 0.5 + smooth + 0.3 * smooth.mean(1, keepdim=True)


def whitened(images: torch.Tensor) -> torch.Tensor:
    """What the filters measured on the images make of those images: a row a patch."""
    layer = modules.Whitening(images.shape[1], 2)
    layer.weight.copy_(modules.whitening_filters(images, 2))
    return layer(images).movedim(1, -1).flatten(0, 2).double()


@pytest.mark.parametrize(("channels", "scale"), [(3, 1.0), (1, 1.0), (3, 255.0), (3, 1 / 255)])
def test_the_patches_of_the_training_images_have_no_covariance_left_once_whitened(channels, scale):
    found = whitened(scale * patterned(700, channels))
    half = 4 * channels
    assert found.shape == (700 * 8 * 8, 2 * half)
    assert torch.equal(found[:, half:], -found[:, :half])
    before = F.unfold(patterned(700, channels), 2).movedim(1, -1).flatten(0, 1)
    assert before.T.corrcoef().fill_diagonal_(0).abs().max() > 0.3
    # The epsilon takes a little from the smallest.
    covariance = found[:, :half].T.cov()
    torch.testing.assert_close(covariance, torch.eye(half).double(), rtol=0, atol=0.02)


def test_whitening_is_exact_but_for_an_epsilon_of_the_mean_variance():
    images = patterned(300)
    filters = modules.whitening_filters(images, 2)[:12].flatten(1).double()
    patches = F.unfold(images.double(), 2).movedim(1, -1).flatten(0, 1)
    covariance = patches.T.cov(correction=0)
    share = covariance + 5e-4 * covariance.diagonal().mean() * torch.eye(12).double()
    torch.testing.assert_close(
        filters @ share @ filters.T, torch.eye(12).double(), rtol=0, atol=1e-4
    )
    sizes = filters.norm(dim=1)
    assert torch.equal(sizes, sizes.sort().values), "the largest eigenvalue comes first"


def test_whitening_draws_no_random_number_and_bears_images_of_one_colour():
    before = torch.get_rng_state()
    assert modules.whitening_filters(torch.full((4, 3, 5, 5), 0.7), 2).isfinite().all()
    assert torch.equal(torch.get_rng_state(), before)


def test_the_filters_of_a_whitened_first_layer_are_kept_but_not_trained():
    model = built(CNN(whitening=True, blocks=[ConvBlock(channels=(4,))], hidden=()))
    images = patterned(20, 3, 12)
    modules.whiten(model, images)
    assert torch.equal(model.state_dict()["0.weight"], modules.whitening_filters(images, 2))
    assert "0.weight" not in dict(model.named_parameters())
    model(images).sum().backward()
    assert all(parameter.grad is not None for parameter in model.parameters())


def test_a_network_takes_images_in_channels_last_order():
    model = built(CNN(blocks=[ConvBlock(channels=(4,))], hidden=(5,)))
    images = torch.randn(2, 3, 12, 12)
    expected = model(images)
    model = model.to(memory_format=torch.channels_last)
    last = images.to(memory_format=torch.channels_last)
    torch.testing.assert_close(model(last), expected, rtol=1e-4, atol=1e-5)


def test_the_articles_pyramid_is_one_linear_map_of_the_colours_until_it_has_an_activation():
    torch.manual_seed(0)
    images = torch.rand(2, 3, 8, 8)
    mixed = 0.3 * images[:1] + 0.7 * images[1:]
    for name, linear in (("pyramid", True), ("pyramid-relu", False)):
        architecture = RECIPES[name].config.architecture
        model = modules.build(lay_out(architecture, (3, 32, 32), 10), architecture)
        stack = model[: 6 if linear else 10].train()
        for _ in range(3):  # batch norm takes means and deviations up
            stack(torch.rand(16, 3, 8, 8))
        with torch.no_grad():
            one, other, both = (stack.eval()(x) for x in (images[:1], images[1:], mixed))
        assert one.shape == (1, 48, 8, 8)
        assert torch.allclose(0.3 * one + 0.7 * other, both, atol=1e-5) == linear


def test_a_pooling_before_its_relu_changes_no_bit_of_outcome_or_gradient():
    network = CNN(blocks=(ConvBlock(channels=(8,)), ConvBlock(channels=(8,))), hidden=(16,))
    model = built(network)
    kinds = [type(module) for module in model]
    places = [place for place, kind in enumerate(kinds) if kind is nn.MaxPool2d]
    assert len(places) == 2 and all(kinds[place + 1] is nn.ReLU for place in places)
    plain = list(model)
    for place in places:
        plain[place : place + 2] = reversed(plain[place : place + 2])
    images = torch.randn(16, 3, 12, 12)
    found = []
    for computed in (model, nn.Sequential(*plain)):
        model.zero_grad()
        logits = computed(images)
        logits.square().sum().backward()
        found.append([logits, *(parameter.grad.clone() for parameter in model.parameters())])
    assert all(map(torch.equal, *found))
