"""What cannot be done, as a sentence for the user that says what to do."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

MAX_PROBLEMS = 20
"""Problems of one input; a file of 1 MB can have 100,000 things wrong."""


class UserError(ValueError):
    """Something asked for that cannot be done. The message is one sentence for the user."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with what was given."""

    path: str
    """Of the setting, or of the group of settings, dotted; empty if it is about all of it."""
    message: str
    """What is said of the setting, to follow its name: ``must be a number above 0.``"""
    is_sentence: bool = False
    """Whether the message is a sentence without the name."""
    label: str = field(default="", compare=False)
    """What the setting is called on pages, if it is known."""

    @classmethod
    def of_all(cls, sentence: str) -> "Problem":
        """Make one that is about all of what was given."""
        return cls("", sentence, is_sentence=True)

    def sentence(self, name: str | None = None, with_path: bool = False) -> str:
        """Tell it on a page, in a sentence that calls the setting by ``name``, or by its label.

        ``with_path`` adds its path, for those who wrote it.
        """
        if self.is_sentence:
            return self.message
        called = name or self.label or self.path
        path = f" ({self.path})" if with_path and called != self.path else ""
        return f"{called}{path} {self.message}"

    def __str__(self) -> str:
        """Tell it where settings are called by their paths, as on the command line."""
        return self.message if self.is_sentence else f"{self.path} {self.message}"


class InvalidInput(UserError):
    """What was given cannot be used, for several reasons: ``problems``."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = unique_problems(problems)
        super().__init__("\n".join(map(str, self.problems)))

    def sentences(self) -> str:
        """Tell them on a page, one on each line."""
        return "\n".join(problem.sentence() for problem in self.problems)


def unique_problems(problems: Iterable[Problem]) -> list[Problem]:
    """List each problem once; of very many the first, and how many more there are."""
    found = list(dict.fromkeys(problems))
    if len(found) > MAX_PROBLEMS:
        more = f"There are {len(found) - MAX_PROBLEMS:,} more things wrong."
        found[MAX_PROBLEMS:] = [Problem.of_all(more)]
    return found


def explain(error: Exception) -> str:
    """Say why training or a download ended, as a sentence, whatever the error."""
    if isinstance(error, UserError):
        return str(error)
    if isinstance(error, MemoryError) or "memory" in str(error).lower():
        return "There was not enough memory: use a smaller network, batch or number of images."
    what = without_folders(f"{type(error).__name__}: {error}")
    return f"This failed unexpectedly ({what}). The log has the details."


_QUOTED = re.compile(r"""(['"])(?:~|[a-z]+://)?/[^'"]*/(?=[^'"/]*\1)""")
_BARE = re.compile(r"""(?:(?<![\w:/.~…-])(?:~\w*)?/|(?<=:///)/?)(?:[^\s/'"]+/)+""")


def without_folders(text: str) -> str:
    """Cut each path in a library's message to its last part: visitors need not know more."""
    return _BARE.sub("…/", _QUOTED.sub(r"\1…/", text))


def not_installed(what: str, modules: str, extra: str) -> str:
    """Say which Python packages something needs, and how to install them: they come with an extra
    of pyproject.toml."""
    return (
        f"{what} needs Python packages that are not installed ({modules}): in the playground's "
        f'folder, run pip install -e ".[{extra}]".'
    )
