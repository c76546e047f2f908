"""The page Export: a run as files, and settings loaded from a file."""

import streamlit as st

from playground.analysis import labels
from playground.export import ExportError, fidelity
from playground.store import Run
from playground.ui import navigation, state
from playground.ui.errors import show_kept_error, shows_errors
from playground.ui.export import files, settings, tracking
from playground.ui.frame import Frame
from playground.ui.run import hidden_test, picker


def show(page: Frame) -> None:
    """Choose a run, and export it in one format or another."""
    run = picker.pick(page)
    show_kept_error()
    if run:
        _run(page, run)
    st.subheader("Settings from a file")
    settings.load_file()


@shows_errors()
def _run(page: Frame, run: Run) -> None:
    if state.is_test_hidden():
        raise ExportError("Runs can be exported once the teacher reveals the test figures.")
    engine, script = page.engine, files.script(page.engine, run)
    st.subheader("Code")
    first, second = st.columns(2)
    files.download_card(
        first, engine, run, "script",
        "One file of plain PyTorch that trains this network again, without the playground.",
    )  # fmt: skip
    files.download_card(
        second, engine, run, "notebook",
        "The same in steps, with text and plots. Its plots need matplotlib.",
    )  # fmt: skip
    on_gpu = not (run.device or "cpu").startswith("cpu")
    (st.warning if on_gpu else st.info)(
        " ".join(fidelity.sentences_of(run)), icon=":material/balance:"
    )
    if st.toggle("Read the script", key="export.read"):
        # Without colours: Streamlit's one of numbers is too faint on white (2.6 : 1).
        st.code(script, language=None, height=480)
    st.subheader("Network")
    first, second, third = st.columns(3)
    files.download_card(
        first, engine, run, "weights",
        "The weights by their names, for torch or NumPy, with the settings in the file. The "
        "script can load them.",
        ""
        if engine.store.weights(run.name)
        else labels.explain_removed(run) or "This run left no weights.",
    )  # fmt: skip
    files.request_card(
        second, engine, files.request_for("onnx", [run]),
        "The network for other programs: pixels in, probabilities out. Checked with onnxruntime "
        "against this run's own predictions.",
    )  # fmt: skip
    files.download_card(
        third, engine, run, "card",
        "What the network is, what it was trained on, its figures by class, what it is not for.",
    )  # fmt: skip
    st.subheader("To hand in")
    _reports(page, run)
    st.subheader("Settings")
    settings.show_link_and_file(engine, run)
    if tracking.is_available():
        tracking.section(engine, "run", run.name, run.ended)


def _reports(page: Frame, run: Run) -> None:
    """Draw a report of the run, and one of all chosen runs."""
    others = [other for name in state.chosen_runs()[1:] if (other := page.find(name))]
    runs = [
        run,
        *(one for one in others if not one.is_active and not hidden_test.watches(one)),
    ]
    first, second = st.columns(2)
    files.request_card(
        first, page.engine, files.request_for("report", [run]),
        "One file to hand in: curves, confusion matrix, images, settings. It opens in any browser, "
        "offline, and can be printed.",
    )  # fmt: skip
    if len(runs) > 1:
        files.request_card(
            second, page.engine, files.request_for("report", runs),
            f"The {len(runs)} runs that are chosen on the page Runs, side by side.",
            title="Comparison",
        )  # fmt: skip
    else:
        with second.container(border=True, height="stretch"):
            st.markdown("**Comparison**")
            st.caption("Choose more runs on the page Runs, and their report is made here.")
            navigation.link(st, "Runs", page.sidebar.config, "Choose runs")
