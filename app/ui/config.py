"""Whether ``streamlit_config.toml`` was read; pure, so that it can be tested.

Streamlit finds it only through the link ``app/.streamlit/config.toml``. A ZIP file or a checkout on
Windows can turn the link into a text file, and Streamlit then runs on its defaults without a word.
"""

from language.catalogue import say

MAX_MEGABYTES = 5

SENTINEL = "server.maxUploadSize"


def problem(upload_limit: object) -> str | None:
    """What to tell the user if the configured upload limit is not ours, else None."""
    if upload_limit == MAX_MEGABYTES:
        return None
    return say(
        "`streamlit_config.toml` was not read: `app/.streamlit/config.toml` should be a link to "
        "`../../streamlit_config.toml`, and a ZIP file or a Windows checkout may have lost it. Copy "
        "`streamlit_config.toml` over `app/.streamlit/config.toml` and start the app again. Until then "
        "Streamlit's defaults hold: another look, open to the local network, and usage statistics are sent."
    )
