"""Experiments of some seconds, each with a question, a guess, and what comes out."""

from playground.ui import demonstrations, frame

page = frame.current()
demonstrations.show(page)
