"""The playground's surroundings: where things are, who is the teacher, what is allowed."""

import os
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from playground.config.run_limits import AppLimits, Count
from playground.errors import UserError

PROJECT = Path(__file__).resolve().parent.parent
APP = "PLAYGROUND_APP_PROCESS"
"""The environment variable that names the app's process to a command that the app starts."""
_HOME = PROJECT if (PROJECT / "streamlit_app.py").exists() else Path()
"""Where the folders of data and runs are: the checkout, or, if only the package is installed, the
current folder."""
_SHORTEST_KEY, LONGEST_KEY = 8, 200
"""Characters of a teacher's key: what can be guessed, and what the page's field takes."""
_SHOWN = 200
"""Characters of a value that a message repeats."""
_EXAMPLES = {
    "data": "a folder, such as /srv/data",
    "runs": "a folder, such as /srv/runs",
    "scheduler": "tcp://127.0.0.1:8786",
    "live": "true or false",
    "most_epochs": "100",
    "most_parameters": "1000000",
    "most_images": "10000",
    "most_seconds": "60",
    "most_waiting": "5",
    "most_waiting_in_all": "100",
    "most_disk": "10, in GB",
}


class Environment(BaseSettings):
    """The playground's surroundings. Each field is read from PLAYGROUND_<NAME>."""

    model_config = SettingsConfigDict(
        env_prefix="PLAYGROUND_", env_ignore_empty=True, frozen=True, allow_inf_nan=False
    )

    data: Path = Field(_HOME / "data", description="Folder of the data sets.")
    runs: Path = Field(_HOME / "runs", description="Folder of the run store.")
    scheduler: str | None = Field(
        None,
        pattern=r"^(tcp|tls)://[^\s\p{C}/@]+$",
        description="Address of a Dask scheduler to train on, such as tcp://127.0.0.1:8786; "
        "without it the app starts its own worker.",
    )

    teacher_key: SecretStr | None = Field(
        None,
        description="What a teacher enters to make lessons, reveal test figures, take names off a "
        "board and stop anybody's run; without it nobody can.",
    )
    live: bool = Field(
        True,
        description="Whether a change of the settings trains by itself where a run takes seconds, "
        "until a visitor switches that off or on.",
    )
    most_epochs: Count | None = Field(None, description="Epochs of a run.")
    most_parameters: Count | None = Field(None, description="Parameters of a network.")
    most_images: Count | None = Field(None, description="Training images of a run.")
    most_seconds: Annotated[float, Field(gt=0, le=1e9)] | None = Field(
        None, description="Seconds of training, after which a run is stopped."
    )
    most_waiting: Count = Field(500, description="Runs that one visitor may have waiting.")
    most_waiting_in_all: Count = Field(
        2000, description="Runs that may wait in all; the fuller it is, the fewer one visitor may "
        "have.",
    )  # fmt: skip
    most_disk: Annotated[float, Field(gt=0, le=1e9)] | None = Field(
        None,
        description="Gigabytes of the run store; beyond, weights and predictions are removed, "
        "first of those who have most. Without it, half of the disk that is free.",
    )

    @property
    def limits(self) -> AppLimits:
        """What the app allows everyone."""
        return AppLimits(
            epochs=self.most_epochs,
            parameters=self.most_parameters,
            images=self.most_images,
            seconds=self.most_seconds,
            waiting=self.most_waiting,
            waiting_in_all=self.most_waiting_in_all,
            disk=self.most_disk,
        )

    @field_validator("*", mode="before")
    @classmethod
    def _text(cls, value: Any) -> Any:
        """Check that a text is there, and can be printed and sent."""
        if isinstance(value, str):
            if not value.strip():
                raise ValueError
            try:
                value.encode()
            except UnicodeEncodeError:
                raise ValueError("it is not UTF-8") from None
        return value

    @field_validator("data", "runs")
    @classmethod
    def _whole(cls, folder: Path) -> Path:
        """Make ``~`` and relative paths whole ones, so that a worker means the same folder."""
        try:
            return folder.expanduser().absolute()
        except RuntimeError:
            raise ValueError("there is no such home folder") from None
        except OSError:
            raise ValueError("the current folder is no longer there") from None

    @field_validator("scheduler")
    @classmethod
    def _address(cls, address: str | None) -> str | None:
        if address and not (urlsplit(address).hostname and urlsplit(address).port != 0):
            raise ValueError
        return address

    @field_validator("teacher_key")
    @classmethod
    def _can_be_typed(cls, key: SecretStr | None) -> SecretStr | None:
        text = key.get_secret_value() if key else "a" * _SHORTEST_KEY
        units = len(text.encode("utf-16-le")) // 2  # as browsers count
        if len(text.strip()) < _SHORTEST_KEY or units > LONGEST_KEY or not text.isprintable():
            raise ValueError
        return key


def data_override() -> Path | None:
    """Return the folder that PLAYGROUND_DATA names, or None. Raises InvalidEnvironment."""
    return read().data if os.environ.get("PLAYGROUND_DATA") else None


def with_folders_named(message: str) -> str:
    """Add to a message the whole paths of our folders that it speaks of.

    For the log and the command line: visitors of a page need not know where things are.
    """
    places = read()
    for name, folder in (("data folder", places.data), ("run folder", places.runs)):
        if f"the {name}" in message.lower():
            message += f" The {name} is {folder}."
    return message


class InvalidEnvironment(UserError):
    """The environment holds something that cannot be used; the message says what."""


def read() -> Environment:
    """Read the environment. Raises InvalidEnvironment with a sentence for each thing wrong."""
    try:
        return Environment()
    except ValidationError as error:
        raise InvalidEnvironment("\n".join(map(_problem_sentence, error.errors()))) from None


def _problem_sentence(error: Any) -> str:
    name = str(error["loc"][0])
    if name == "teacher_key":  # which is nobody's to read
        return (
            f"PLAYGROUND_TEACHER_KEY cannot be used: it must have {_SHORTEST_KEY} characters or "
            f"more, {LONGEST_KEY} at most, all of which can be typed."
        )
    value = repr(error["input"])
    shown = value if len(value) <= _SHOWN else f"{value[:_SHOWN]}…"
    why = str(error.get("ctx", {}).get("error", "")) or f"it must look like {_EXAMPLES[name]}"
    return f"PLAYGROUND_{name.upper()} cannot be {shown}: {why}."
