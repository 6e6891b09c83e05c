"""The tree in Graphviz's language, as scikit-learn writes it, with the way of one input lit up."""

import re
from collections.abc import Sequence
from itertools import pairwise

from language.catalogue import figure, say

_LIT = 'color="#d55e00", penwidth=4'
_NODE = re.compile(r'^(\d+) \[label="(?:(.*?) <= 0\.5\\n)?([\d.]+)%\\n\[.*?\]\\n(.*?)"\] ;$')
_QUESTION = re.compile(r"factor (\d+) in cluster (\d+)\?")
_EDGE = re.compile(r"^(\d+) -> (\d+) .*;$")


def drawn(dot: str, way: Sequence[int]) -> str:
    """Each inner node asks whether an input is in a cluster, left is no, right is yes; a leaf is a class and
    the share of the training inputs that end there. ``way``: nodes from the root to a leaf.
    """
    return "\n".join(_line(line, way) for line in dot.splitlines())


def _line(line: str, way: Sequence[int]) -> str:
    if node := _NODE.match(line):
        number, question, share, label = node.groups()
        lit = f", {_LIT}" if int(number) in way else ""
        said = _asked(question) if question else _leaf(label, share)
        return f'{number} [label="{said}"{lit}] ;'
    if edge := _EDGE.match(line):
        pair = int(edge[1]), int(edge[2])
        said = [_LIT] if pair in set(pairwise(way)) else []
        if pair[0] == 0:  # at the root it is said which side is which
            answer, angle = (say("no"), 45) if pair[1] == 1 else (say("yes"), -45)
            said.append(f'headlabel="{answer}", labeldistance=2.5, labelangle={angle}')
        return f"{pair[0]} -> {pair[1]} [{', '.join(said)}] ;"
    return line


def _asked(question: str) -> str:
    found = _QUESTION.fullmatch(question)
    if found is None:
        return question
    return say("factor {factor} in cluster {cluster}?").format(factor=found[1], cluster=found[2])


def _leaf(label: str, share: str) -> str:
    return say("“{name}”").format(name=label) + f"\\n{figure(share)} %"
