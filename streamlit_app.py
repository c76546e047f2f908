"""The app's server, which `streamlit run` finds here by its name; each visit runs entrypoint.py."""

import streamlit as st

from playground.ui import server

app = st.App("entrypoint.py", lifespan=server.lifespan, middleware=server.MIDDLEWARE)
