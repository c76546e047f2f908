"""The only place, with pages/, entrypoint.py and streamlit_app.py, that imports streamlit."""
