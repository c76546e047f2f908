"""What cannot be done, as a sentence for the user that says what to do."""

import re
from collections.abc import Iterable

MOST_TOLD = 20
"""Sentences about one input; a file of 1 MB can have 100,000 things wrong."""


class Refusal(ValueError):
    """Something asked for that cannot be done. The message is one sentence for the user."""


def several(sentences: Iterable[str]) -> list[str]:
    """Each sentence once; of very many the first, and how many more there are."""
    told = list(dict.fromkeys(sentences))
    if len(told) > MOST_TOLD:
        told[MOST_TOLD:] = [f"There are {len(told) - MOST_TOLD:,} more things wrong."]
    return told


def explain(error: Exception) -> str:
    """Why training or a download ended, as a sentence, whatever the error."""
    if isinstance(error, Refusal):
        return str(error)
    if isinstance(error, MemoryError) or "memory" in str(error).lower():
        return "There was not enough memory: use a smaller network, batch or number of images."
    what = without_folders(f"{type(error).__name__}: {error}")
    return f"This failed unexpectedly ({what}). The log has the details."


_QUOTED = re.compile(r"""(['"])(?:~|[a-z]+://)?/[^'"]*/(?=[^'"/]*\1)""")
_BARE = re.compile(r"""(?:(?<![\w:/.~…-])(?:~\w*)?/|(?<=:///)/?)(?:[^\s/'"]+/)+""")


def without_folders(text: str) -> str:
    """What a library says, with each path cut to its last part: visitors need not know more."""
    return _BARE.sub("…/", _QUOTED.sub(r"\1…/", text))
