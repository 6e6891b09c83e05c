"""Pictures of the Geometry page, made of what was computed. Pure, no Streamlit."""
