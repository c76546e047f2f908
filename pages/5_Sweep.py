"""Many runs at once: every value of one or two settings."""

from playground.ui import frame
from playground.ui.studies import sweep

page = frame.current()
sweep.show(page)
