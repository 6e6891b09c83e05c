"""Parts of the app: figures and words are pure, widgets and loading know Streamlit."""
