"""What a run makes of a picture of one's own: drawn here, or a photo."""

from playground.ui import frame
from playground.ui.images import own_picture
from playground.ui.run import picker

page = frame.current()
loaded = picker.pick_and_load(page, head=False)  # so that the canvas comes first
if loaded:
    own_picture.show(page.engine, loaded)
