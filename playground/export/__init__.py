"""A run as files: a script, a notebook, weights, ONNX, a model card, a report, its settings.

Nothing here imports torch. What needs it, or another library that is large, is made in a process of
its own (``python -m playground export``), so that the app's stays small.
"""

from playground.export.file_formats import FILE_FORMATS, FileFormat
from playground.export.subject import ExportError, Subject, stem_of, subject_of, subject_of_config

__all__ = [
    "FILE_FORMATS",
    "ExportError",
    "FileFormat",
    "Subject",
    "stem_of",
    "subject_of",
    "subject_of_config",
]
