"""A lesson's link and its QR code, for a class to open."""

import io
import socket
from functools import lru_cache
from urllib.parse import urlsplit

import streamlit as st

from playground.config.lessons import Lesson
from playground.ui import rights, state

_HERE = ("localhost", "127.0.0.1", "::1", "")


def show(lesson: Lesson) -> None:
    """Draw the link and the code."""
    wide = rights.is_in_charge()
    with st.expander(
        "Link and QR code", icon=":material/qr_code_2:", expanded=wide, key="lesson.share"
    ):
        address = state.address_of(st.context.url or "", "Lesson")
        host = urlsplit(address).hostname or ""
        state.set_default("lesson.address", _reachable(address) if host in _HERE else address)
        address = st.text_input(
            "Address at which the class reaches this app", key="lesson.address", max_chars=200,
            persist_state="session",
            help="Opened on this machine it is called localhost, which is another machine for "
            "each student: then it must be this machine's name or number in the network.",
        )  # fmt: skip
        host = _host(address)
        if host is None:
            st.error("An address begins with http:// or https://, such as http://192.168.0.10:8501")
            return
        link = link_of(lesson, address)
        row = st.container(horizontal=True, vertical_alignment="center", gap="medium")
        row.image(qr_code(link), width=240, alt=f"QR code of the lesson {lesson.title}")
        row.code(link, language=None, wrap_lines=True, width=520)
        if host in _HERE or st.get_option("server.address") in _HERE[:-1]:
            st.warning(
                "The app answers this machine only: start it without --server.address 127.0.0.1, "
                "and open it by its name in the network.",
                icon=":material/wifi_off:",
            )


def _host(address: str) -> str | None:
    """Return the host of an address that a browser can open; None if it is none."""
    try:
        parts = urlsplit(address)
        return parts.hostname if parts.scheme in ("http", "https") else None
    except ValueError:
        return None


def link_of(lesson: Lesson, address: str) -> str:
    """Return the link that opens a lesson of the app at an address."""
    return f"{address.rstrip('/')}/?lesson={lesson.name[:16]}"


@lru_cache(maxsize=64)
def qr_code(link: str) -> bytes:
    """Return a link as a QR code, PNG, dark on white whatever the theme."""
    import segno

    picture = io.BytesIO()
    segno.make(link, error="m").save(picture, kind="png", scale=8, border=4)
    return picture.getvalue()


def _reachable(address: str) -> str:
    """Return the address of the same app by this machine's number in the network, if it has one."""
    parts = urlsplit(address)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: it asks which way it would go
            number = probe.getsockname()[0]
        except OSError:
            return address
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{number}{port}{parts.path}"
