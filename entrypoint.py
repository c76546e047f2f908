"""What Streamlit runs for every page: navigation and sidebar, and then the page within them."""

from playground.ui import frame

frame.draw()
