"""The playground's surroundings: where things are, who is the teacher, what is allowed."""

import os
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from playground.limits import AppLimits, Count
from playground.refusal import Refusal

PROJECT = Path(__file__).resolve().parent.parent
_EXAMPLES = {
    "data": "a folder, such as /srv/data",
    "runs": "a folder, such as /srv/runs",
    "scheduler": "tcp://127.0.0.1:8786",
    "most_epochs": "100",
    "most_parameters": "1000000",
    "most_images": "10000",
    "most_seconds": "60",
    "most_waiting": "5",
    "most_waiting_in_all": "100",
    "most_disk": "10, in GB",
}


class Settings(BaseSettings):
    """The playground's surroundings. Each field is read from PLAYGROUND_<NAME>."""

    model_config = SettingsConfigDict(env_prefix="PLAYGROUND_", env_ignore_empty=True, frozen=True)

    data: Path = Field(PROJECT / "data", description="Folder of the data sets.")
    runs: Path = Field(PROJECT / "runs", description="Folder of the run store.")
    scheduler: str | None = Field(
        None,
        pattern=r"^(tcp|tls)://\S+$",
        description="Address of a Dask scheduler to train on, such as tcp://127.0.0.1:8786; "
        "without it the app starts its own worker.",
    )

    teacher_key: SecretStr | None = Field(
        None,
        min_length=8,
        description="What a teacher enters to make lessons, reveal test figures, take names off a "
        "board and stop anybody's run; without it nobody can.",
    )
    most_epochs: Count | None = Field(None, description="Epochs of a run.")
    most_parameters: Count | None = Field(None, description="Parameters of a network.")
    most_images: Count | None = Field(None, description="Training images of a run.")
    most_seconds: Annotated[float, Field(gt=0)] | None = Field(
        None, description="Seconds of training, after which a run is stopped."
    )
    most_waiting: Count = Field(500, description="Runs that one visitor may have waiting.")
    most_waiting_in_all: Count = Field(
        2000, description="Runs that may wait in all; the fuller it is, the fewer one visitor may "
        "have.",
    )  # fmt: skip
    most_disk: Annotated[float, Field(gt=0)] | None = Field(
        None,
        description="Gigabytes of the run store; beyond, the oldest runs that nobody starred are "
        "removed.",
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

    @field_validator("data", "runs")
    @classmethod
    def _whole_folder(cls, folder: Path) -> Path:
        """``~`` and relative paths as whole ones, so that a worker means the same folder."""
        return _whole(folder)


def named_data() -> Path | None:
    """The folder that PLAYGROUND_DATA names; None where it names none."""
    named = os.environ.get("PLAYGROUND_DATA")
    return _whole(Path(named)) if named else None


def _whole(folder: Path) -> Path:
    return folder.expanduser().absolute()


class SettingsError(Refusal):
    """The environment holds something that cannot be used; the message says what."""


def read() -> Settings:
    """Read the environment. Raises SettingsError with a sentence for each thing wrong."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError("\n".join(map(_told, error.errors()))) from None


def _told(error: Any) -> str:
    name = str(error["loc"][0])
    if name == "teacher_key":  # which is nobody's to read
        return "PLAYGROUND_TEACHER_KEY cannot be used: it must have 8 characters or more."
    return (
        f"PLAYGROUND_{name.upper()} cannot be {error['input']!r}: it must look like "
        f"{_EXAMPLES[name]}."
    )
