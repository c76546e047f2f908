"""The data set that the sidebar has chosen: samples and classes. A tab of Train too."""

from playground.ui import data_set, frame

page = frame.current()
data_set.show(page)
