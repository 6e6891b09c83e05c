"""The tree in Graphviz's language, by scikit-learn's own export, with the way of one input lit up."""

import re
from collections.abc import Sequence
from itertools import pairwise

from sklearn.tree import export_graphviz

from openbox.cnn_inte.interpreter import MetaTree

_LIT = 'color="#d55e00", penwidth=4'
_NODE = re.compile(r'^(\d+) \[label="(?:(.*?) <= 0\.5\\n)?([\d.]+)%\\n\[.*?\]\\n(.*?)"\] ;$')
_EDGE = re.compile(r"^(\d+) -> (\d+) .*;$")


def drawn(meta: MetaTree, way: Sequence[int]) -> str:
    """Each inner node asks whether an input is in a cluster, left is no, right is yes; a leaf is a class and
    the share of the training inputs that end there. ``way``: nodes from the root to a leaf.
    """
    count = meta.settings.clusters
    names = [f"factor {f + 1} in cluster {c + 1}?" for f in range(meta.factors) for c in range(count)]
    text = export_graphviz(
        meta.tree, feature_names=names, class_names=[str(label) for label in meta.tree.classes_],
        impurity=False, rounded=True, label="none", proportion=True, fontname="sans-serif",
    )  # fmt: skip
    return "\n".join(_line(line, way) for line in str(text).splitlines())


def _line(line: str, way: Sequence[int]) -> str:
    if node := _NODE.match(line):
        number, question, share, label = node.groups()
        lit = f", {_LIT}" if int(number) in way else ""
        said = question or f"“{label}”\\n{share} %"
        return f'{number} [label="{said}"{lit}] ;'
    if edge := _EDGE.match(line):
        pair = int(edge[1]), int(edge[2])
        said = [_LIT] if pair in set(pairwise(way)) else []
        if pair[0] == 0:  # at the root it is said which side is which
            answer, angle = ("no", 45) if pair[1] == 1 else ("yes", -45)
            said.append(f'headlabel="{answer}", labeldistance=2.5, labelangle={angle}')
        return f"{pair[0]} -> {pair[1]} [{', '.join(said)}] ;"
    return line
