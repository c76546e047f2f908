"""The only place, with pages/, train.py and streamlit_app.py, that imports streamlit."""
