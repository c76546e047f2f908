"""A playground for small neural networks; docs/architecture.md says which room does what."""

import os

__version__ = "0.1.0"

# What a class trains is nobody's business, and these libraries would tell their makers of each use.
# Here, as this runs before any of ours imports them; and what our processes start inherits it.
os.environ.update(ORT_DISABLE_TELEMETRY="1", MLFLOW_DISABLE_TELEMETRY="true", DO_NOT_TRACK="true")
