"""What is known of a field, for widgets and messages: its limits, unit, choices and help."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from math import inf, isfinite
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from playground.config import typed_text
from playground.config.part import ConfigError, Part
from playground.config.paths import ALL, item_of, name_of, parent_of, value_at
from playground.errors import Problem

_TYPED = {"whole": typed_text.whole, "number": typed_text.number}
_NUMBERS = {"whole": TypeAdapter(int), "number": TypeAdapter(float)}


@dataclass(frozen=True)
class Setting:
    """What is known of one field, for widgets and messages."""

    path: str
    label: str
    help: str
    unit: str
    default: Any
    kind: Literal["choice", "switch", "whole", "number", "text", "widths", "blocks", "part"]
    low: float | None = None
    high: float | None = None
    above: float | None = None
    below: float | None = None
    choices: tuple[str, ...] = ()
    least: int = 0
    """The fewest numbers of a list."""
    word: str | None = None
    """A word allowed in place of a number, such as ``all`` or ``full``."""
    names: Mapping[str, str] = field(default_factory=dict, hash=False)
    """What choices and the word are called, if not by their value with a capital letter."""
    augmentation: str = ""
    """The full name of the function that changes a batch of training images as this field says."""

    @property
    def full_label(self) -> str:
        """Its label, and which block it is of, if it is a block's."""
        if ALL in self.path.split("."):
            return f"{self.label} in all blocks"
        block = item_of(self.path)
        return self.label if block is None else f"Block {block + 1}: {self.label}"

    def called(self, value: str) -> str:
        """Give a choice in words."""
        return self.names.get(value) or value.replace("_", " ").capitalize()

    @classmethod
    def of_number(
        cls,
        label: str,
        low: float,
        high: float,
        default: float,
        help: str = "",
        integer: bool = True,
    ) -> "Setting":
        """Make one for a number that is asked for and is no field of a config."""
        kind: Any = "whole" if integer else "number"
        return cls(label, label, help, "", default, kind, low=low, high=high)

    def read(self, text: str) -> float:
        """Read the number that was typed, whole if it must be. Raises ConfigError."""
        hint = ""
        try:
            number = _NUMBERS[self.kind].validate_python(_TYPED[self.kind](text))
            if isfinite(number) and self._allows(number):
                return number
        except typed_text.Ambiguous as error:
            hint = f": {error}"
        except ValidationError:
            pass
        raise self._error(f"{self.label} must be {self.expects()}, not {shown(text)}{hint}.")

    def written(self, text: str) -> str:
        """Write a value as links do, however it was typed. Raises ConfigError."""
        try:
            if self.kind == "widths":
                parts = typed_text.widths(text)
                return text if isinstance(parts, str) else "-".join(parts) or "none"
            return _TYPED[self.kind](text) if self.kind in _TYPED else text
        except typed_text.Ambiguous as error:
            message = f"{self.label} must be {self.expects()}, not {shown(text)}: {error}."
            raise self._error(message) from None

    def split_values(self, text: str) -> list[str]:
        """Split a list of values, and write each as links do. Raises ConfigError."""
        try:
            values = typed_text.split_values(text, decimal=self.kind == "number")
        except typed_text.Ambiguous as error:
            raise self._error(f"{error}.") from None
        return [self.written(value) for value in values]

    def means(self, text: str) -> object:
        """Read what a value means, whichever way it is written; the text itself if it means
        none."""
        try:
            text = self.written(text)
            return self.read(text) if self.kind in _TYPED else text
        except ConfigError:
            return text

    def _error(self, sentence: str) -> ConfigError:
        return ConfigError([Problem(self.path, sentence, is_sentence=True)])

    def problem(self, message: str) -> Problem:
        """Make a problem with it, of what is said of it after its name."""
        return Problem(self.path, message, label=self.full_label)

    def _allows(self, number: float) -> bool:
        low = -inf if self.low is None else self.low
        high = inf if self.high is None else self.high
        above = -inf if self.above is None else self.above
        below = inf if self.below is None else self.below
        return low <= number <= high and above < number < below

    def expects(self) -> str:
        """Say what may be written here, as the end of "... must be"."""
        if self.kind == "choice":
            return "one of " + ", ".join(self.choices)
        if self.kind == "switch":
            return "true or false"
        if self.kind == "widths":
            low, high = _plain(self.low or 0), _plain(self.high or 0)
            none = "" if self.least else ", or none"
            return f"whole numbers from {low} to {high} such as 64-32{none}"
        if self.kind == "blocks":
            return "a JSON list of up to 8 blocks with valid fields"
        if self.kind == "text":
            return "the plain name of an .npz file in the data folder"
        if self.kind == "part":
            return "a group of settings"
        text = "a whole number" if self.kind == "whole" else "a number"
        if self.low is not None:
            text += f" from {_plain(self.low)}"
        elif self.above is not None:
            text += f" above {_plain(self.above)}"
        begins = self.low is not None
        if self.high is not None:
            text += f" {'to' if begins else 'and at most'} {_plain(self.high)}"
        elif self.below is not None:
            text += f" {'to' if begins else 'and'} below {_plain(self.below)}"
        return text + (f", or {self.word}" if self.word else "")


def shown(value: Any) -> str:
    try:
        text = "-".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    except (ValueError, RecursionError):  # thousands of digits, or lists in lists in lists
        text = "what is too long to show"
    return repr(text if len(text) <= 40 else text[:37] + "...")


def _plain(number: float) -> str:
    return f"{number:,.10g}"


@cache
def settings_of(part: type[Part], prefix: str = "") -> dict[str, Setting]:
    """List every field of a part (not its tag), by name, as :class:`Setting`."""
    schema = part.model_json_schema()
    found = {}
    for name, spec in schema["properties"].items():
        if name == part.tag:
            continue
        path = f"{prefix}.{name}" if prefix else name
        variants = spec.get("anyOf", [spec])
        numbers = [v for v in variants if v.get("type") in ("integer", "number")]
        words = [v["const"] for v in variants if "const" in v]
        kind: Any = "part"
        if numbers:
            kind = "whole" if numbers[0]["type"] == "integer" else "number"
        elif "enum" in spec:
            kind = "choice"
        elif spec.get("type") == "boolean":
            kind = "switch"
        elif spec.get("type") == "string":
            kind = "text"
        elif spec.get("type") == "array":
            kind = "blocks" if "$ref" in spec["items"] else "widths"
        limits = numbers[0] if numbers else spec.get("items", {})
        found[name] = Setting(
            path=path,
            label=spec.get("title", name),
            help=spec.get("description", ""),
            unit=spec.get("unit", ""),
            default=part.model_fields[name].default,
            kind=kind,
            low=limits.get("minimum"),
            high=limits.get("maximum"),
            above=limits.get("exclusiveMinimum"),
            below=limits.get("exclusiveMaximum"),
            choices=tuple(spec.get("enum", ())),
            least=spec.get("minItems", 0),
            word=words[0] if words and numbers else None,
            names=spec.get("names", {}),
            augmentation=spec.get("augmentation", ""),
        )
    return found


def setting_of(config: Part, path: str) -> Setting | None:
    """Tell what is known of a path's setting; None for a kind such as ``data.name``, or for
    nothing."""
    parent = parent_of(path)
    steps = ["0" if step == ALL else step for step in parent.split(".")]  # all items are of a kind
    part = value_at(config, ".".join(steps)) if parent else None
    return settings_of(type(part), parent).get(name_of(path)) if isinstance(part, Part) else None
