"""CIFAR10 in seconds on a GPU: what speed runs found, in settings of ours.

After Keller Jordan's "94% on CIFAR-10 in 3.29 Seconds on a Single GPU" (arXiv 2404.00498, 2024) and
its published programs (github.com/KellerJordan/cifar10-airbench). Their network is ours layer by
layer but for this: the first layer has no bias, batch norm has trained scales, a mean stands where
they take the largest of the last 3×3 values, the last layer has a bias, and its output is not
multiplied by 1/9. Nor do we have what brought them from 21 epochs to 10: filters that begin as the
identity, faster biases, averaged weights, alternating flips.
"""

from playground.config import (
    CNN,
    Cifar10,
    ConvBlock,
    Nesterov,
    Regularization,
    Run,
    RunConfig,
    Triangle,
)
from playground.recipes.recipe import Recipe

_NETWORK = CNN(
    whitening=True,
    blocks=tuple(
        ConvBlock(channels=(c, c), batch_norm="each", pool_at="after_first") for c in (64, 256, 256)
    ),
    head="global_average",
    hidden=(),
    activation="gelu",
)

# A rate of 0.5 with a decay of 0.0005, torch's kind, in 24 epochs of mirrored and moved images is
# close to what brought earlier speed runs to 94 %: 0.4 and 0.0005 for 512 images (Page 2018, "How
# to Train Your ResNet"). The program above takes 0.002 off the weights at each step, rate times
# decay, where this takes 0.00025; but it scales its output by 1/9 and trains fewer epochs.
# On 45,000 JPEG copies of the images, validation accuracy of the other 5,000 after 24 epochs (n = 1
# each, H100): rate 0.5 with a decay of 0.004: 85.1 %, 0.002: 87.8, 0.001: 88.6, 0.0005: 88.9,
# 0.0002: 88.2; rate 1 with 0.00025: 89.1; rate 0.25 with 0.001: 88.7. Batches of 512 with a rate of
# 0.3: 89.2; a cut-out of 8: 89.0; smoothing of 0.1: 88.5; moves by 4: 88.4; 34 epochs: 88.8.
_RATE = 0.5
_DECAY = 0.0005


def _config(images: int | str, epochs: int) -> RunConfig:
    return RunConfig(
        # No validation images: all train, and the test is read once, at the end.
        data=Cifar10(train_images=images, validation="none", scaling="standard", flip=True, crop=2),
        architecture=_NETWORK,
        optimizer=Nesterov(learning_rate=_RATE, momentum=0.85),
        schedule=Triangle(rise=0.2, start=0.2, final=0.0),
        regularization=Regularization(weight_decay=_DECAY, label_smoothing=0.2),
        run=Run(epochs=epochs, batch_size=1024, test_time_flip=True),
    )


RECIPES = {
    "cifar10-fast": Recipe(
        "CIFAR10: fast on a GPU",
        "A whitened first layer and three blocks of two 3×3 convolutions (64, 256, 256 channels), "
        "trained in few, large steps after published speed runs, which reach 94 % on the test in "
        "seconds. Ours took 6 s on an H100, and came to 89 % on JPEG copies of the images; on the "
        "published images it was not measured.",
        # 21 epochs reached 94 % there, mirrored copies included; 3 more for what ours goes without.
        _config("all", 24),
        _config(2000, 6),
        note="Test accuracy of five seeds on an H100, on JPEG copies of the images: 89.1 % (89.0 "
        "to 89.2), 90.1 % with the mirrored copies; 6.2 to 6.9 s of training. The published "
        "network and settings, written anew and trained on 45,000 of the same copies, came to "
        "89.1 % of the other 5,000 in 16 epochs and to 89.6 % in 24 (one seed each): it seems that "
        "the copies cost the rest. The quick form only shows that it runs: a dozen steps are too "
        "few to learn much.",
    ),
}
