"""Which stored run a command line means: by the first digits of its name, or by what was run."""

from playground.cli import CommandError
from playground.cli.choose import chosen
from playground.config import RunConfig
from playground.recipes import RECIPES
from playground.store import Run, RunStore


class NotStored(CommandError):
    """A recipe or file of settings whose run is not stored."""

    def __init__(self, message: str, config: RunConfig) -> None:
        super().__init__(message)
        self.config = config


def stored(store: RunStore, name_or_hash: str, quick: bool = False) -> Run:
    """The stored run whose name begins so (8 digits at least), or that of a recipe or file.

    ``quick`` means a recipe's quick config. The run may be on, or have failed.

    Raises NotStored, or CommandError where nothing at all is meant.
    """
    if not quick and (run := store.by_prefix(name_or_hash)):
        return run
    try:
        config = chosen(name_or_hash, [], quick)
    except CommandError:
        if name_or_hash in RECIPES or not set(name_or_hash) <= set("0123456789abcdef"):
            raise
        raise CommandError(
            f"No run here, or more than one, has a name that begins with {name_or_hash[:64]}: give "
            "8 of its digits or more, without --quick."
        ) from None
    run = store.get(config.name)
    if run is None:
        option = " --quick" if quick else ""
        raise NotStored(
            f"The run of {name_or_hash} is not stored here: train it first, with python -m "
            f"playground run {name_or_hash}{option}.",
            config,
        )
    return run
