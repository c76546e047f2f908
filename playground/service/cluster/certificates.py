"""The user's certificates for a ``tls://`` scheduler."""

import os
from pathlib import Path

import dask
from distributed import Security

from playground.errors import without_folders

_CONFIG = "distributed.comm.tls."


def problem(scheduler: str) -> str:
    """Say why Dask's configuration holds no certificates for this scheduler, as a sentence; else
    ""."""
    if not scheduler.startswith("tls://") or dask.config.get("distributed.client.security-loader"):
        return ""
    named = {part: dask.config.get(_CONFIG + part) for part in ("ca-file", "client.cert")}
    missing = [_variable(part) for part, path in named.items() if not path]
    if missing:
        return (
            f"{scheduler} needs certificates: set {' and '.join(missing)} to their files (and "
            f"{_variable('client.key')}, where the key has a file of its own)."
        )
    named["client.key"] = dask.config.get(_CONFIG + "client.key")
    for part, path in named.items():
        if path and "\n" not in path and not os.access(path, os.R_OK):
            return f"The file {Path(path).name} cannot be read: check {_variable(part)}."
    try:
        Security().get_connection_args("client")
    except (OSError, ValueError) as error:  # an SSLError is an OSError
        return (
            f"The certificates for {scheduler} cannot be used ({without_folders(str(error))}): "
            f"check the files named by {', '.join(map(_variable, named))}."
        )
    return ""


def _variable(part: str) -> str:
    """Name the environment variable that Dask reads a part of its TLS configuration from."""
    return "DASK_" + (_CONFIG + part).upper().replace(".", "__").replace("-", "_")
