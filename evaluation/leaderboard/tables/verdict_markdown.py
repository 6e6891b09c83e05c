"""The verdict on the project's goal as Markdown; every word of it is read off the images."""

from collections import Counter

from ..statistics.board import Board
from .headline import FLIP, SHIFT
from .verdict import Answer, Question, Verdict, verdict

MARKS = {Answer.FIRST: "first", Answer.TIED: "tied", Answer.BEHIND: "behind", Answer.MISSING: "no value"}


def verdicts(board: Board, exact: tuple[str, ...], rivals: tuple[str, ...]) -> list[str]:
    """Paragraphs: the goal, how far every exact method is from it, and the nearest one cell by cell."""
    present = {method for s in board.standings for method in s.group.methods}
    found = [verdict(board, method, rivals) for method in exact if method in present]
    if not any(v.cells for v in found):
        return []
    best = max(found, key=_merit)
    names = ", ".join(f"`{name}`" for name in rivals)
    goal = (
        f"The goal: one method of the exact family that is first against {names} in ABPC under every fill, "
        "and not behind any of them in shift cosine, everywhere. Each cell compares it with the rivals on "
        "the same images (paired Wilcoxon tests, Holm over the rivals of the cell, 5 %): *first* is a better "
        "mean than each rival's and significantly so, *behind* is significantly worse than one of them, "
        "*tied* neither. The corrections do not account for looking at several methods and cells."
    )
    summary = [["method", "data set, model", "ABPC cells", "shift cosine", "goal"]]
    for v in sorted(found, key=_merit, reverse=True):
        summary += _summary(v)
    title = f"### `{best.method}`, cell by cell"
    detail = [["data set, model", "metric", "fill", "space", "verdict", "because of"]]
    detail += [_detail(cell) for cell in best.cells]
    return ["## Verdict", goal, table(summary), title, table(detail)]


def _merit(v: Verdict) -> tuple[bool, int, int, int]:
    flips = Counter(cell.answer for cell in v.cells if cell.metric == FLIP)
    shifts = Counter(cell.answer for cell in v.cells if cell.metric == SHIFT)
    losses = shifts[Answer.BEHIND] + shifts[Answer.MISSING]
    return (v.reached, flips[Answer.FIRST] - losses, flips[Answer.TIED], -flips[Answer.BEHIND])


def _summary(v: Verdict) -> list[list[str]]:
    lines = []
    for place in dict.fromkeys((cell.dataset, cell.model) for cell in v.cells):
        here = [cell for cell in v.cells if (cell.dataset, cell.model) == place]
        flips = Counter(MARKS[cell.answer] for cell in here if cell.metric == FLIP)
        shifts = [_shift(cell.answer) for cell in here if cell.metric == SHIFT]
        reached = Verdict(v.method, tuple(here)).reached
        counts = ", ".join(f"{mark} {flips[mark]}" for mark in MARKS.values() if flips[mark])
        total = sum(flips.values())
        lines.append(
            [f"`{v.method}`", ", ".join(place), f"{counts} of {total}", ", ".join(shifts) or "no value",
             "reached" if reached else "not reached"]
        )  # fmt: skip
    return lines


def _shift(answer: Answer) -> str:
    return "not behind" if answer in (Answer.FIRST, Answer.TIED) else MARKS[answer]


def _detail(cell: Question) -> list[str]:
    mark = MARKS[cell.answer] if cell.metric == FLIP else _shift(cell.answer)
    rivals = ", ".join(f"`{name}`" for name in cell.rivals)
    return [f"{cell.dataset}, {cell.model}", cell.metric, cell.fill, cell.score_space, mark, rivals]


def table(lines: list[list[str]]) -> str:
    """Lines of cells, the first of which is the head."""
    rule = ["---"] * len(lines[0])
    return "\n".join(f"| {' | '.join(line)} |" for line in [lines[0], rule, *lines[1:]])
