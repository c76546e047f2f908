"""What stands between Streamlit's server and those who reach it: whom it asks, what it takes in.

It is there before the first page is, as streamlit_app.py is imported before the server listens.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware
from streamlit import net_util
from streamlit.runtime.pages_manager import PagesManager

from playground.ui.server import connections, welcome
from playground.ui.server.messages import Messages
from playground.ui.server.uploads import Uploads

MIDDLEWARE = (Middleware(Messages), Middleware(Uploads))


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Prepare the server before it listens."""
    # Streamlit (1.67) would ask checkip.amazonaws.com for this machine's address, and answer nobody
    # meanwhile, whenever a websocket comes from an origin that it does not know.
    net_util.get_external_ip = lambda: None
    # Until a script has called st.navigation, Streamlit (1.67) takes the files in pages/ for all
    # there is: the first visitor would get a page without the entry script, and lose a click.
    PagesManager.uses_pages_directory = False
    connections.raise_limit()
    connections.close_what_asks_nothing()
    welcome.say()
    yield
