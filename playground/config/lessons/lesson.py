"""A lesson: what a class begins with, what it may change, and what it is asked."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    field_validator,
    model_serializer,
    model_validator,
)

from playground.config import (
    KINDS,
    RunConfig,
    Setting,
    flat,
    label_at,
    problem_at,
    with_settings,
)
from playground.config.paths import section_of
from playground.config.run_limits import Limits
from playground.config.sweeps.definition import Frozen, Path, Varied, describe_error
from playground.errors import Problem, UserError

Access = Literal["open", "fixed", "hidden"]
GUESSED = {
    "validation_accuracy": "validation accuracy, in percent",
    "train_accuracy": "training accuracy, in percent",
    "epochs": "epochs that the run takes",
}
"""What a number can be guessed of."""

Line = Annotated[str, Field(min_length=1, max_length=80)]
Question = Annotated[str, Field(max_length=500)]


class LessonError(UserError):
    """A lesson that cannot be made or read; the message says why."""


class Guess(Frozen):
    """What is asked before the first run: a choice, or a number if there are no choices."""

    question: Annotated[str, Field(min_length=1, max_length=200)]
    choices: Annotated[tuple[Line, ...], Field(max_length=6)] = ()
    of: Literal["validation_accuracy", "train_accuracy", "epochs"] = "validation_accuracy"
    """What a number is guessed of."""
    right: Annotated[str, Field(max_length=80)] = ""
    """The choice that the teacher marked as right; empty if none was, or a number is asked for."""

    @field_validator("choices")
    @classmethod
    def _several(cls, choices: tuple[str, ...]) -> tuple[str, ...]:
        distinct = tuple(dict.fromkeys(" ".join(choice.split()) for choice in choices))
        if len(distinct) == 1:
            raise ValueError("there is one choice only: write another, or ask for a number")
        return distinct

    @field_validator("right")
    @classmethod
    def _as_choices_are(cls, right: str) -> str:
        return " ".join(right.split())

    @model_validator(mode="after")
    def _one_of_them(self) -> "Guess":
        if self.right and not self.choices:
            raise ValueError("a number has no right answer to mark: what a run comes to shows it")
        if self.right and self.right not in self.choices:
            raise ValueError(f"the right answer, {self.right}, is not one of the answers")
        return self

    @model_serializer(mode="wrap")
    def _without_what_is_not_marked(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave ``right`` out where none is marked: a lesson of before keeps its name."""
        values = dump(self)
        if not self.right:
            del values["right"]
        return values

    def answer(self, text: str) -> str:
        """Read an answer as it is stored. Raises UserError if it is none."""
        if self.choices:
            if text not in self.choices:
                raise UserError("Choose one of the answers.")
            return text
        asked = Setting.of_number("The guess", 0, self.most, 0, integer=False)
        return f"{asked.read(text.strip().removesuffix('%')):g}"

    @property
    def most(self) -> int:
        """The largest number that can be guessed."""
        return 5000 if self.of == "epochs" else 100


class Lesson(Varied):
    """All that a lesson is; it is known by the hash of it, so nobody can change one."""

    title: Line
    question: Question = ""
    start: RunConfig
    open: Annotated[tuple[Path, ...], Field(max_length=100)] = ()
    """The settings that may be changed, by dotted path; ``optimizer.name`` and its like let
    another kind be chosen, with the settings that only that kind has."""
    fixed: Annotated[tuple[Path, ...], Field(max_length=100)] = ()
    """The settings that are shown and cannot be changed. All others are hidden."""
    guess: Guess | None = None
    budget: Limits = Limits()
    """What a run may have. Seconds are judged when it has ended: it is not stopped, so that a run
    is the same one whoever asks for it."""
    keep_test: bool = False
    """Whether test figures are shown nowhere in the lesson before the teacher reveals them."""

    @field_validator("title")
    @classmethod
    def _one_line(cls, title: str) -> str:
        if not (title := " ".join(title.split())):
            raise ValueError("it is empty: write one")
        return title

    @field_validator("open", "fixed")
    @classmethod
    def _in_order(cls, paths: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted(set(paths)))

    @model_validator(mode="after")
    def _known(self) -> "Lesson":
        unknown = {*self.open, *self.fixed} - set(controls_of(self.start))
        if unknown:
            raise ValueError(f"there is no setting {min(unknown)[:40]!r} in its network")
        if both := {*self.open} & {*self.fixed}:
            label = label_at(self.start, min(both))
            raise ValueError(f"{label} is both open and fixed: choose one")
        watched = self.start.data.validation == "test" or self.access("data.validation") == "open"
        if self.keep_test and watched:
            raise ValueError(
                "its test figures cannot be kept: runs may watch the test images as they train, so "
                "choose other validation images and do not open that setting"
            )
        return self

    def access(self, path: str) -> Access:
        """Tell what a class may do with a setting."""
        # Its blocks are one, and whoever may change them may make them wider.
        if path.startswith("architecture.blocks.") or path == "architecture.width":
            path = "architecture.blocks"
        if path in self.open:
            return "open"
        if path in self.fixed:
            return "fixed"
        # What only another kind has comes with it, if another kind may be chosen.
        section = section_of(path)
        of_another = path not in controls_of(self.start)
        return "open" if of_another and _tag(section) in self.open else "hidden"

    def hold(self, config: RunConfig) -> RunConfig:
        """Reset all of a config but its open settings to the lesson's start."""
        return _held(self, config)

    def changed_settings(self, config: RunConfig) -> dict[str, str]:
        """List the settings that were changed in this lesson, as links write them, for ``take``."""
        start = _controls(self.start)
        return {
            path: text
            for path, text in _controls(config).items()
            if self.access(path) == "open" and start.get(path) != text
        }

    def take(self, chosen: Mapping[str, str]) -> tuple[RunConfig, list[Problem]]:
        """Give the start with these settings, and a problem for each that is not open or cannot be
        used."""
        closed = [path for path in chosen if self.access(path) != "open"]
        given = {path: text for path, text in chosen.items() if path not in closed}
        config, _ = with_settings(self.completed(given), self.start)
        # What the start has may not fit another kind: that is nobody's fault.
        _, problems = with_settings(given, self.start)
        start = _controls(self.start)
        problems += [
            problem_at(config, path[:60], "is not open in this lesson.")
            for path in closed
            if chosen[path] != start.get(path)
        ]
        return self.hold(config), problems

    def counts(self, seconds: float) -> bool:
        """Tell whether a run that trained so long is within the budget."""
        return self.budget.seconds is None or seconds <= self.budget.seconds

    @property
    def varied(self) -> tuple[RunConfig, tuple[str, ...]]:
        return self.start, self.open


def lesson_of(**values: Any) -> Lesson:
    """Make a lesson of these fields. Raises LessonError."""
    try:
        return Lesson(**values)
    except ValidationError as error:
        raise LessonError(f"The lesson cannot be made. {_plain(error)}") from None


def from_json(text: str) -> Lesson:
    """Read a lesson from JSON. Raises LessonError."""
    try:
        return Lesson.model_validate_json(text)
    except ValidationError as error:
        raise LessonError(f"This lesson cannot be read. {_plain(error)}") from None


def _plain(error: ValidationError) -> str:
    return describe_error(error).replace("value error, ", "").replace("..", ".")


def controls_of(config: RunConfig) -> tuple[str, ...]:
    """List the dotted paths of all settings of a config, and of its kinds; its blocks are one."""
    return tuple(_controls(config))


@lru_cache(maxsize=64)
def _controls(config: RunConfig) -> Mapping[str, str]:
    return flat(config)


def _tag(section: str) -> str:
    kinds = KINDS.get(section)
    return f"{section}.{next(iter(kinds.values())).tag}" if kinds else ""


@lru_cache(maxsize=256)
def _held(lesson: Lesson, config: RunConfig) -> RunConfig:
    chosen = lesson.changed_settings(config)
    found, _ = with_settings(lesson.completed(chosen), lesson.start)
    return found
