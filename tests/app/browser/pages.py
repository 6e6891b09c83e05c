"""Every page of the app: its address, and what shows that it is there."""

from language.catalogue import ENGLISH
from served import still

PAGES = {
    "Explain": (
        "/?data=Digits+8x8&methods=OpenBox&methods=OpenBox+weights",
        ".st-key-tile-openbox_weights .cost",
    ),
    "Geometry": ("/geometry?data=Digits+8x8", ".stMain img"),
    "Text": ("/text?readings=OpenBox", ".stMain table"),
    "Whole network": ("/whole", ".stGraphVizChart svg"),
    "Models": ("/models", "canvas, .vega-embed svg"),
    "Gallery": ("/gallery?family=Constrained+models", ".stMain img, .vega-embed svg, canvas"),
    "Leaderboard": ("/leaderboard", ".vega-embed svg, canvas"),
    "Lesson": ("/lesson?step=3", ".lesson-said"),
}


def visit(page, name: str, language: str = ENGLISH) -> None:
    """Open a page, and wait until it is drawn."""
    address, there = PAGES[name]
    page.goto(address if language == ENGLISH else f"{address}{'&' if '?' in address else '?'}lang={language}")
    page.locator(there).first.wait_for()
    still(page)
