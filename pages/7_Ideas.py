"""What the settings do, drawn: activations, optimizers, penalties, dropout and the rest."""

from playground.ui import frame, ideas

page = frame.current()
ideas.show(page)
