"""The maps of the page Explain as files: in goes an ``ExportedView``, out its files. No Streamlit."""
