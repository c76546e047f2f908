"""A lesson for a class: made from the sidebar's settings, and its class board."""

from playground.ui import frame, lesson

page = frame.current()
lesson.show(page)
