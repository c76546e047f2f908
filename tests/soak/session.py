"""A visitor over a websocket who reads what the page says, as a person would."""

import re
import time
from dataclasses import dataclass
from io import BytesIO

import pyarrow
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.visitor import _FRAGMENT, _WHOLE, Visitor

_WIDGETS = ("button", "text_input", "selectbox", "checkbox", "slider")


@dataclass(frozen=True)
class Reported:
    """A finished run as a page shows it: the first digits of its name, and its table."""

    run: str
    table: tuple[tuple[str, ...], ...]
    """Rows of split, accuracy, loss and images."""


class Session(Visitor):
    """A visitor who remembers what is on the page, and keeps a timed part of it up to date."""

    def __init__(self, url: str, query: str = "", page: str = "") -> None:
        self._shown: dict[tuple[int, ...], tuple[str, str, str]] = {}  # place -> part, kind, text
        self._timed: dict[str, float] = {}  # part -> seconds between two looks
        self.session = ""
        """The name that the app gave this session."""
        self.answers: list[float] = []
        """The seconds until each whole page was there."""
        super().__init__(url, query, page)

    def send(self, message: BackMsg) -> None:
        """Send what a page does not, and wait for no answer."""
        self._socket.send(message.SerializeToString())

    def rerun(self) -> float:
        """Run the whole page again."""
        return self._noted(super().rerun())

    def set(self, label: str, value: str | int | bool) -> float:
        """Enter a value in the box of that label."""
        self._unfold(label)
        message = BackMsg()
        state = message.rerun_script.widget_states.widgets.add(id=self._widgets[label])
        if isinstance(value, bool):
            state.bool_value = value
        else:
            state.string_value = str(value)
        return self._noted(self._ask(message, _WHOLE))

    def press(self, button: str, numbers: dict[str, int] | None = None) -> float:  # type: ignore[override]
        """Press a button, after entering numbers."""
        return self._noted(super().press(button, numbers))

    def go(self, page: str, query: str | None = None) -> float:
        """Go to another page, by its name in the address, with its link where one is given."""
        self._page, self._query = page, self._query if query is None else query
        return self.rerun()

    def watch(self, seconds: float) -> None:
        """Stay on the page for so long; what it asks to be drawn again at times is."""
        end = time.perf_counter() + seconds
        while self._timed:
            fragment, interval = min(self._timed.items(), key=lambda one: one[1])
            if time.perf_counter() + interval > end:
                break
            time.sleep(interval)
            message = BackMsg()
            message.rerun_script.fragment_id = fragment
            message.rerun_script.is_auto_rerun = True
            self._shown = {p: one for p, one in self._shown.items() if one[0] != fragment}
            self._ask(message, _FRAGMENT)
        time.sleep(max(end - time.perf_counter(), 0.0))

    def can_press(self, button: str) -> bool:
        """Whether a button is there and can be pressed."""
        return button in self._widgets and button not in self._disabled

    def errors(self) -> list[str]:
        """What the page says in red."""
        return [text for _, kind, text in self._shown.values() if kind == "error"]

    def says(self, text: str) -> bool:
        """Whether the text is on the page."""
        return any(text in shown for _, _, shown in self._shown.values())

    def reported(self) -> Reported | None:
        """The finished run on the page, with its figures, for which its details are unfolded."""
        if "Details" in self._widgets and not self._tables():
            self.set("Details", True)
        texts = [text for _, kind, text in self._shown.values() if kind == "text"]
        names = [m[1] for text in texts if (m := re.search(r" · run ([0-9a-f]{8})$", text))]
        tables = self._tables()
        if not names or not tables or not any("-badge[" in t and "Finished" in t for t in texts):
            return None
        return Reported(names[0], tuple(tuple(row.split("\t")) for row in tables[0].split("\n")))

    def _tables(self) -> list[str]:
        return [text for _, kind, text in self._shown.values() if kind == "table"]

    def _noted(self, seconds: float) -> float:
        self.answers.append(seconds)
        return seconds

    def _take(self, answer: ForwardMsg) -> None:
        super()._take(answer)
        kind = answer.WhichOneof("type")
        if kind == "new_session":
            self.session = answer.new_session.initialize.session_id
        if kind == "auto_rerun":
            self._timed[answer.auto_rerun.fragment_id] = answer.auto_rerun.interval
        elif kind == "stop_auto_rerun":
            for fragment in answer.stop_auto_rerun.fragment_ids:
                self._timed.pop(fragment, None)

    def _begin(self) -> None:
        super()._begin()
        self._shown, self._timed, self._disabled = {}, {}, set[str]()

    def _remember(self, answer: ForwardMsg) -> None:
        super()._remember(answer)
        if fold := answer.delta.add_block.expandable.id:
            self._widgets[answer.delta.add_block.expandable.label] = fold
        element, place = answer.delta.new_element, tuple(answer.metadata.delta_path)
        kind = element.WhichOneof("type")
        self._shown.pop(place, None)
        if kind in _WIDGETS:
            widget = getattr(element, kind)
            if self._widgets.setdefault(widget.label, widget.id) == widget.id:
                (self._disabled.add if widget.disabled else self._disabled.discard)(widget.label)
        elif kind == "markdown":
            self._shown[place] = (answer.delta.fragment_id, "text", element.markdown.body)
        elif kind == "alert":
            red = element.alert.format == Alert.ERROR
            shown = (answer.delta.fragment_id, "error" if red else "alert", element.alert.body)
            self._shown[place] = shown
        elif kind == "progress":
            self._shown[place] = (answer.delta.fragment_id, "progress", element.progress.text)
        elif kind == "table":
            with pyarrow.ipc.open_stream(BytesIO(element.table.arrow_data.data)) as stream:
                columns = stream.read_all().to_pydict().values()
            rows = ("\t".join(map(str, row)) for row in zip(*columns, strict=True))
            self._shown[place] = (answer.delta.fragment_id, "table", "\n".join(rows))
