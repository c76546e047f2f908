"""A run exported: as code, as a network's file, as a report, as its settings."""

from playground.ui import export, frame

page = frame.current()
export.show(page)
