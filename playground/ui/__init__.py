"""The only place, with pages/ and streamlit_app.py, that imports streamlit."""
