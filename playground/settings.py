"""Where things are: PLAYGROUND_DATA, PLAYGROUND_RUNS and PLAYGROUND_SCHEDULER."""

import os
from pathlib import Path

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from playground.refusal import Refusal

PROJECT = Path(__file__).resolve().parent.parent
_EXAMPLES = {
    "data": "a folder, such as /srv/data",
    "runs": "a folder, such as /srv/runs",
    "scheduler": "tcp://127.0.0.1:8786",
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

    @field_validator("data", "runs")
    @classmethod
    def _whole(cls, folder: Path) -> Path:
        """``~`` and relative paths as whole ones, so that a worker means the same folder."""
        return folder.expanduser().absolute()


def named_data() -> Path | None:
    """The folder that PLAYGROUND_DATA names; None where it names none."""
    named = os.environ.get("PLAYGROUND_DATA")
    return Path(named).expanduser().absolute() if named else None


class SettingsError(Refusal):
    """The environment holds something that cannot be used; the message says what."""


def read() -> Settings:
    """Read the environment. Raises SettingsError with a sentence for each thing wrong."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError(
            "\n".join(
                f"PLAYGROUND_{str(item['loc'][0]).upper()} cannot be {item['input']!r}: it must "
                f"look like {_EXAMPLES[str(item['loc'][0])]}."
                for item in error.errors()
            )
        ) from None
