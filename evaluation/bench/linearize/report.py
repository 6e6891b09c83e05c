"""What the terminal shows of a finished cell."""

from collections.abc import Callable, Sequence

from .rivals import FLOOR, OURS
from .trial import LinearizeRow

LEGEND = (
    "ms: of the whole batch, median and quartiles; x floor: ratio to the floor of the same round, likewise\n"
    "floor: forward, one vector-Jacobian product for each row that is read, forward, on the module itself\n"
    f"deviation: of the weights from those of {OURS}, relative to the largest"
)


def format_cell(rows: Sequence[LinearizeRow]) -> str:
    """The rows of one cell as a small table under a line that says what was measured."""
    first = rows[0]
    read = f"{first.classes} classes" if first.question == "classes" else "one contrast of two classes"
    repeats = max(row.repeats for row in rows)
    times = f"{repeats} repetition{'' if repeats == 1 else 's'}"
    title = f"{first.network} ({first.weights}), batch {first.batch}, {read}, {times}"
    header = f"  {'':<16} {'ms':>8}  {'quartiles':<16} {'x floor':>8}  {'quartiles':<14}  deviation"
    return "\n".join(["", title, header, *(_line(row) for row in rows)])


def _line(row: LinearizeRow) -> str:
    if row.seconds_median is None:
        return f"  {row.method:<16} {'-':>8}  {row.note}"
    times, ratios, ratio, deviation = "", "", "", ""
    if row.repeats > 1:
        times = _range(row.seconds_q1, row.seconds_q3, _milliseconds)
    if row.repeats > 1 and row.method != FLOOR:
        ratios = _range(row.ratio_to_floor_q1, row.ratio_to_floor_q3, "{:.2f}".format)
    if row.ratio_to_floor_median is not None:
        ratio = f"{row.ratio_to_floor_median:.2f}"
    if row.deviation is not None:
        deviation = f"{row.deviation:.0e}" if row.deviation else "0"
    left = f"  {row.method:<16} {_milliseconds(row.seconds_median):>8}  {times:<16}"
    return f"{left} {ratio:>8}  {ratios:<14}  {deviation:>9}  {row.note}".rstrip()


def _range(low: float | None, high: float | None, show: Callable[[float], str]) -> str:
    return "" if low is None or high is None else f"{show(low)} - {show(high)}"


def _milliseconds(seconds: float) -> str:
    value = 1000 * seconds
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"
