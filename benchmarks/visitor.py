"""A visitor without a browser: speaks to the app as the browser does, and times the answers."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Subprotocol

_WHOLE = {ForwardMsg.FINISHED_SUCCESSFULLY}
# A fragment whose run has ended asks for the whole page, which ends with the page's word.
_FRAGMENT = _WHOLE | {ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY}


class Visitor:
    """One session. ``url`` is the app's address, http://host:port; ``query`` is the link's content,
    without the question mark; ``page`` is the page's name in the address, empty for the first one.
    """

    def __init__(self, url: str, query: str = "", page: str = "") -> None:
        self._query, self._page = query, page
        # As the last run of the script drew them: label -> id, the first of each label, and the ids
        # of the buttons behind which more settings are.
        self._widgets: dict[str, str] = {}
        self._folded: list[str] = []
        self._fragment = ""
        self._of_a_part = False
        self._socket = connect(
            url.replace("http", "ws", 1) + "/_stcore/stream",
            subprotocols=[Subprotocol("streamlit")],
            max_size=None,
        )
        self.rerun()

    def rerun(self) -> float:
        """Run the whole page again; the seconds until it is there."""
        return self._ask(BackMsg(), _WHOLE)

    def press(self, button: str, numbers: Mapping[str, int] | None = None) -> float:
        """Press a button, after entering ``numbers`` in the boxes of these labels; the seconds
        until the page is there."""
        self._unfold(*(numbers or {}))
        message = BackMsg()
        widgets = message.rerun_script.widget_states.widgets
        for label, number in (numbers or {}).items():
            widgets.add(id=self._widgets[label], string_value=str(number))
        widgets.add(id=self._widgets[button], trigger_value=True)
        return self._ask(message, _WHOLE)

    def enter(self, texts: Mapping[str, str]) -> float:
        """Type into the boxes of these labels; the seconds until the page is there."""
        self._unfold(*texts)
        message = BackMsg()
        for label, value in texts.items():
            message.rerun_script.widget_states.widgets.add(
                id=self._widgets[label], string_value=value
            )
        return self._ask(message, _WHOLE)

    def refresh(self) -> float:
        """Run the page's last fragment again, as a timed one asks for itself; the seconds until it
        is there."""
        message = BackMsg()
        message.rerun_script.fragment_id = self._fragment
        message.rerun_script.is_auto_rerun = True
        return self._ask(message, _FRAGMENT)

    def close(self) -> None:
        """End the session."""
        self._socket.close()

    def _unfold(self, *labels: str) -> None:
        """Open what is folded in the sidebar until these widgets are there."""
        while self._folded and not self._widgets.keys() >= set(labels):
            message = BackMsg()
            message.rerun_script.widget_states.widgets.add(id=self._folded[0], trigger_value=True)
            self._ask(message, _WHOLE)

    def _ask(self, message: BackMsg, until: Collection[int]) -> float:
        began = time.perf_counter()
        message.rerun_script.query_string = self._query
        message.rerun_script.page_name = self._page
        self._of_a_part = bool(message.rerun_script.fragment_id)
        self._socket.send(message.SerializeToString())
        while True:
            answer = ForwardMsg.FromString(self._socket.recv(timeout=60, decode=False))
            self._take(answer)
            finished = answer.WhichOneof("type") == "script_finished"
            if finished and answer.script_finished in until:
                return time.perf_counter() - began

    def _take(self, answer: ForwardMsg) -> None:
        kind = answer.WhichOneof("type")
        if kind == "delta":
            self._remember(answer)
        elif kind == "auto_rerun":
            self._fragment = answer.auto_rerun.fragment_id
        elif kind == "new_session" and self._of_a_part:
            self._of_a_part = False  # the next one is of the whole page, which the part asked for
        elif kind == "new_session":
            self._begin()

    def _begin(self) -> None:
        """Forget what was on the page, which is drawn again as a whole."""
        self._widgets, self._folded = {}, []

    def _remember(self, answer: ForwardMsg) -> None:
        # A fragment that stands still tells its id with what it draws.
        self._fragment = answer.delta.fragment_id or self._fragment
        element = answer.delta.new_element
        kind = element.WhichOneof("type")
        if kind == "exception":  # its time says nothing
            raise RuntimeError(f"The page failed: {element.exception.message}")
        if kind in ("button", "text_input"):
            widget = getattr(element, kind)
            self._widgets.setdefault(widget.label, widget.id)
        if kind == "button" and element.button.icon == ":material/expand_more:":
            self._folded.append(element.button.id)


def together(
    visitors: Sequence[Visitor], ask: Callable[[Visitor], float], each: int, period: float
) -> list[float]:
    """Have every visitor ask ``each`` times, evenly spread; gives the seconds until each answer.

    A visitor asks once in ``period`` seconds, or as soon as the last answer is there if that
    took longer.
    """
    begin = time.perf_counter() + 0.1  # when all threads are there

    def visit(visitor: Visitor, first: float) -> list[float]:
        times = []
        for number in range(each):
            time.sleep(max(0.0, first + number * period - time.perf_counter()))
            times.append(ask(visitor))
        return times

    starts = [begin + period * index / len(visitors) for index in range(len(visitors))]
    with ThreadPoolExecutor(len(visitors)) as threads:
        return [seconds for times in threads.map(visit, visitors, starts) for seconds in times]
