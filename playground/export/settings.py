"""A run's settings as a file, which the sidebar and the command line read again."""

import json

from playground.export.subject import Subject


def config_of(subject: Subject) -> bytes:
    """Return the config as JSON, indented."""
    return (json.dumps(json.loads(subject.config.canonical()), indent=2) + "\n").encode()
