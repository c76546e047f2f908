"""A run taken away: as a script, a notebook, weights, ONNX, a model card, a report, its settings.

Nothing here imports torch. What needs it, or another library that is large, is made in a process of
its own (``python -m playground export``), so that the app's stays small.
"""

from playground.export.forms import FORMS, Form
from playground.export.subject import ExportError, Subject, stem_of, subject_of, untrained

__all__ = ["FORMS", "ExportError", "Form", "Subject", "stem_of", "subject_of", "untrained"]
