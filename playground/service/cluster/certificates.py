"""Certificates: temporary ones for our own cluster, and the user's for a ``tls://`` scheduler."""

import datetime
import os
from pathlib import Path
from typing import Any

import dask
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from distributed import Security

from playground.errors import without_folders

_CONFIG = "distributed.comm.tls."
_VALID = datetime.timedelta(days=3650)
"""Longer than any app runs: it ends with the app anyway."""


def temporary(folder: Path) -> dict[str, Any]:
    """Make what Dask's Security takes, so that whoever holds a new certificate's key is let in, and
    nobody else.

    Certificate and key are one file in ``folder`` that only this user can read. Dask's processes
    are told its name in their arguments, which anyone can read.
    """
    key = ec.generate_private_key(ec.SECP256R1())  # RSA's take up to a second to find
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "network playground")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))  # a clock may be set back
        .not_valid_after(now + _VALID)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    path = folder / "tls.pem"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(certificate.public_bytes(pem))
        file.write(
            key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        )
    roles = ("client", "scheduler", "worker")
    held = {f"tls_{role}_{part}": str(path) for role in roles for part in ("cert", "key")}
    return {"require_encryption": True, "tls_ca_file": str(path), **held}


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
