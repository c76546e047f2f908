"""The articles the playground grew out of: what they reported, and what we measure."""

from playground.ui import articles, frame

page = frame.current()
articles.show(page)
