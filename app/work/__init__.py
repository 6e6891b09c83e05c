"""Computing outside the page's thread: jobs, the processes that make them, and the lines they wait in.

Nothing here knows Streamlit. A page asks a ``Desk``; quick jobs (an exact map) never wait behind long ones.
"""
