"""Many runs, one after another: a search for the best settings."""

from playground.ui import frame
from playground.ui.studies import search

page = frame.current()
search.show(page)
