"""What of a run a lesson keeps back, as it is of the test images."""

from playground.analysis import headline
from playground.store import Run
from playground.ui import state


def watches(run: Run) -> bool:
    """Tell whether a run watched the test images as it trained, and this session must not see
    them."""
    return state.is_test_hidden() and run.config.data.validation == "test"


def judges(run: Run) -> bool:
    """Tell whether a run is judged by its test images, and this session must not see them."""
    return state.is_test_hidden() and headline.split_of(run.config) == "test"
