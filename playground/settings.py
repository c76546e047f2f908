"""Where things are, from the environment: PLAYGROUND_DATA, PLAYGROUND_RUNS, PLAYGROUND_SCHEDULER."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).resolve().parent.parent


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
