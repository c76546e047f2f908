"""Which images of a run a page looks at: validation first, and the test when it is asked for."""

from typing import Any

from playground.analysis import headline
from playground.ui import inputs
from playground.ui.run.loaded_run import LoadedRun

_CHOOSE = "Look and choose by the validation images: the test is for the end."
_WHY = (
    "Whoever looks at the test images and then changes the network fits it to them too: its test "
    "figures then promise more than new images keep."
)
_WATCHED = "This run measured its test images after every epoch: it has no validation images."


def splits_of(loaded: LoadedRun) -> list[str]:
    """Return the splits that a run can be looked at by, the first one first."""
    watched = headline.split_of(loaded.run.config)
    splits = ("validation", "test") if watched == "validation" else ("test",)
    # A run that diverged has its validation matrices only.
    return [split for split in splits if split in loaded.parts] or [watched]


def pick(place: Any, loaded: LoadedRun, key: str) -> str:
    """Draw the choice of the images."""
    splits = splits_of(loaded)
    return inputs.one_of(place, "Images", splits, key, format_func=str.capitalize)


def explain(place: Any, loaded: LoadedRun) -> None:
    """Say why validation comes first, if there is a choice, or why there is none."""
    if loaded.run.config.data.validation == "test":
        place.caption(_WATCHED, width="content")
    elif len(splits_of(loaded)) > 1:
        place.caption(_CHOOSE, help=_WHY, width="content")
