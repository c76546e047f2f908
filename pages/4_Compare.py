"""Runs side by side: find them, choose up to eight, and see what a change did."""

from playground.ui import compare, frame

page = frame.current()
compare.show(page)
