"""The certificate of our own cluster: whoever holds its key is let in, and nobody else."""

import datetime
import os
from pathlib import Path
from typing import Any

_FILE = "tls.pem"
_VALID = datetime.timedelta(days=3650)
"""Longer than any app runs: it ends with the app anyway."""


def make(folder: Path) -> dict[str, Any]:
    """Make a certificate in a folder, with its key in the same file, which only this user can read;
    gives what ``of`` does."""
    # Here, as the app reads certificates without it: 16 MB, and 0.15 s.
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

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
    descriptor = os.open(folder / _FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(certificate.public_bytes(pem))
        file.write(
            key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        )
    return of(folder)


def of(folder: Path) -> dict[str, Any]:
    """Return what Dask's Security takes, with the folder's certificate in every role."""
    path = str(folder / _FILE)
    roles = ("client", "scheduler", "worker")
    held = {f"tls_{role}_{part}": path for role in roles for part in ("cert", "key")}
    return {"require_encryption": True, "tls_ca_file": path, **held}
