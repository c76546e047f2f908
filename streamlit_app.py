"""The app's server, which `streamlit run` finds here by its name; the first page is train.py."""

import streamlit as st

from playground.ui import server

app = st.App("train.py", lifespan=server.lifespan, middleware=server.MIDDLEWARE)
