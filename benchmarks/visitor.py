"""A visitor without a browser: speaks to the app as the browser does, and times the answers."""

import time

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect


class Visitor:
    """One session. ``url`` is the app's address, http://host:port; ``page`` is the page's name in
    it, empty for the first one."""

    def __init__(self, url: str, query: str = "", page: str = "") -> None:
        self._query, self._page = query, page
        self._socket = connect(
            url.replace("http", "ws", 1) + "/_stcore/stream",
            subprotocols=["streamlit"],
            max_size=None,
        )
        self.rerun()

    def rerun(self) -> float:
        """Run the whole page again; the seconds until it is there."""
        began = time.perf_counter()
        message = BackMsg()
        message.rerun_script.query_string = self._query
        message.rerun_script.page_name = self._page
        self._socket.send(message.SerializeToString())
        while True:
            answer = ForwardMsg()
            answer.ParseFromString(self._socket.recv(timeout=60))
            # A fragment's own reruns end with another word than the whole page's.
            if answer.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY and answer.HasField(
                "script_finished"
            ):
                return time.perf_counter() - began

    def close(self) -> None:
        self._socket.close()
