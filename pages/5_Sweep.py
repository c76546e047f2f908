"""Many runs at once: every value of one or two settings, or a search for the best."""

from playground.ui import frame, studies

page = frame.current()
studies.show(page)
