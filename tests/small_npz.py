"""A person's own images, grey and with a test of their own, as tests.small_sets wants them."""

from pathlib import Path

from tests import own_images

GREY = own_images.IMAGES[..., 0]


def save(folder: Path) -> dict[str, object]:
    """Save them, and give the fields that name them."""
    own_images.save(folder, x_train=GREY, x_test=GREY[:12], y_test=own_images.LABELS[:12])
    return {"file": "mine.npz"}
