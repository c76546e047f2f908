"""The widget that takes a file, or why it can take none."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from playground.ui import state

NO_COOKIE = (
    "No file can be uploaded here: your browser keeps this page's cookie back, as it does where a "
    "page is shown inside another site's. Open the page in a tab of its own."
)


def upload(
    place: Any, label: str, smaller: Callable[[bytes], bytes], **options: Any
) -> bytes | None:
    """What is uploaded, made ``smaller`` where it is large; None where nothing is. Raises a
    UserError of ``smaller``."""
    if state.lacks_cookie():  # its file would be refused as a forged one, with a number for a word
        place.warning(NO_COOKIE, icon=":material/block:")
        address = f"{st.context.url or ''}?{urlencode(st.query_params.to_dict())}"
        place.link_button("Open in a tab", address, icon=":material/open_in_new:")
        return None
    file = place.file_uploader(label, **options)
    return None if file is None else state.take_up(file, smaller)
