"""Every page of the app: its address, and what shows that it is there."""

from served import still

PAGES = {
    "Explain": (
        "/?data=Digits+8x8&methods=OpenBox&methods=OpenBox+weights",
        ".st-key-tile-openbox_weights .cost",
    ),
    "Geometry": ("/geometry?data=Digits+8x8", "text=The nearest border"),
    "Text": ("/text?readings=OpenBox", "text=Its class is"),
    "Whole network": ("/whole", ".stGraphVizChart svg"),
    "Models": ("/models", "canvas, .vega-embed svg"),
    "Gallery": ("/gallery?family=Constrained+models", ".vega-embed svg, canvas"),
    "Leaderboard": ("/leaderboard", ".vega-embed svg, canvas"),
    "Lesson": ("/lesson?step=3", ".lesson-said"),
}


def visit(page, name: str) -> None:
    """Open a page, and wait until it is drawn."""
    address, there = PAGES[name]
    page.goto(address)
    page.locator(there).first.wait_for()
    still(page)
