"""Where the app is found, said when it starts."""

import asyncio

from streamlit import cli_util, config, net_util
from streamlit.web.server import server_util

EVERYWHERE = ("0.0.0.0", "::")


def say() -> None:
    """Print the app's addresses, and open the first in a browser where there is a display.

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
