"""What stands between Streamlit's server and those who reach it: whom it asks, what it takes in.

It is there before the first page is, as streamlit_app.py is imported before the server listens.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import narwhals.stable.v1  # noqa: F401
import pyarrow  # noqa: F401
import streamlit as st
from starlette.middleware import Middleware
from streamlit import cli_util, config, net_util
from streamlit.runtime.pages_manager import PagesManager
from streamlit.web.server import server_util

from playground.ui.server import connections
from playground.ui.server.messages import Messages
from playground.ui.server.uploads import Uploads

# Both are imported here as the process has one thread yet: docs/decisions/0036.

EVERYWHERE = ("0.0.0.0", "::")
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
    connections.close_silent_connections()
    _say_addresses()
    asyncio.get_running_loop().run_in_executor(None, _begin)
    yield


def _begin() -> None:
    """Start the app's engine: its first run is then there sooner than the first visitor."""
    # Here, as it takes a second, for which the server need not wait.
    from playground.ui import frame

    frame.begin()


def _say_addresses() -> None:
    """Print the app's addresses, and open the first in a browser if there is a display.

    In place of Streamlit's own welcome, which asks another site for one of them.
    """
    addresses = [server_util.get_url(host) for host in _hosts()]
    print("\n  The playground is at", *addresses, sep="\n    ", end="\n\n", flush=True)
    if not config.get_option("server.headless"):
        asyncio.get_running_loop().call_soon(cli_util.open_browser, addresses[0])


def _hosts() -> list[str]:
    for name in ("browser.serverAddress", "server.address"):
        host = config.get_option(name)
        if config.is_manually_set(name) and host not in EVERYWHERE:
            return [host]
    # For the second nothing is sent: the system names the address that it would send from.
    return list(dict.fromkeys(["localhost", net_util.get_internal_ip() or "localhost"]))
