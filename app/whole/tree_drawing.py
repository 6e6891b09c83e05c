"""The tree as SVG, without Graphviz, with the way of one input lit up. No Streamlit."""

from collections.abc import Sequence
from html import escape

from export.chart import opening
from language.catalogue import figure, say

from whole.jobs import TreeNode

WIDE, HIGH, STEP = 104, 40, 74  # pixels of a node, and from floor to floor
LIT, QUIET = "#d55e00", "#8b95a3"


def tree_svg(nodes: Sequence[TreeNode], way: Sequence[int], title: str) -> str:
    """Each inner node asks whether an input is in a cluster, left is no, right is yes; a leaf is a class and
    the share of the training inputs that end there. ``way``: nodes from the root to a leaf."""
    places = _places(nodes)
    wide = max(x for x, _ in places.values()) + WIDE / 2 + 8
    high = max(y for _, y in places.values()) + HIGH + 8
    lines = []
    for node, (x, y) in places.items():
        for child, answer in zip(nodes[node].children, (say("no"), say("yes")), strict=False):
            x2, y2 = places[child]
            look = f'stroke="{LIT}" stroke-width="4"' if child in way else f'stroke="{QUIET}"'
            lines.append(f'<line x1="{x:.1f}" y1="{y + HIGH:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" {look}/>')
            if node == 0:
                lines.append(_text((x + x2) / 2, (y + HIGH + y2) / 2 - 6, answer))
    for node, (x, y) in places.items():
        look = f'stroke="{LIT}" stroke-width="4"' if node in way else f'stroke="{QUIET}"'
        corner = f'x="{x - WIDE / 2:.1f}" y="{y:.1f}" width="{WIDE}" height="{HIGH}" rx="6"'
        lines.append(f'<rect {corner} fill="#fff" {look}/>')
        lines += [_text(x, y + 17 + 15 * row, said) for row, said in enumerate(_words(nodes[node]))]
    head = opening(wide, high, letters=12)
    return "\n".join([head, f"<title>{escape(title)}</title>", *lines, "</svg>", ""])


def _words(node: TreeNode) -> list[str]:
    """What stands in a node, line by line."""
    if node.asks is None:
        return [say("“{name}”").format(name=node.name), figure(f"{node.share:.1f} %")]
    factor, cluster = node.asks
    return say("factor {factor}\nin cluster {cluster}?").format(factor=factor, cluster=cluster).split("\n")


def _places(nodes: Sequence[TreeNode]) -> dict[int, tuple[float, float]]:
    """The middle of each node's upper side: leaves beside each other, each parent between its children."""
    found: dict[int, tuple[float, float]] = {}
    leaves = 0

    def place(node: int, floor: int) -> float:
        nonlocal leaves
        below = [place(child, floor + 1) for child in nodes[node].children]
        if not below:
            leaves += 1
        x = sum(below) / 2 if below else 8 + WIDE / 2 + (leaves - 1) * (WIDE + 10)
        found[node] = (x, 8.0 + floor * STEP)
        return x

    place(0, 0)
    return found


def _text(x: float, y: float, text: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle">{escape(text)}</text>'
