"""A change of one gate's decision in English."""

_SWITCHES = ("relu",)
_SIGNS = ("leaky_relu", "prelu", "rrelu", "abs")
_PIECES = ("low", "middle", "high")


def sentence(
    kind: str,
    module: str,
    channel: int | None,
    position: tuple[int, ...],
    before: tuple[int, ...],
    after: tuple[int, ...],
) -> str:
    """Who changes how; ``before`` and ``after`` are decisions, or the places of winners."""
    gate = f"of {module} ({kind})" if module else f"({kind})"
    if "max_pool" in kind:
        window = "" if channel is None else f", channel {channel}"
        return (
            f"the maximum of window {_at(position)}{window} {gate} moves from {_at(before)} to {_at(after)}"
        )
    if kind in ("amax", "amin", "max", "min"):
        extreme = "maximum" if kind in ("amax", "max") else "minimum"
        place = _unit(channel, position)
        return f"the {extreme} {gate} for {place} moves from entry {_at(before)} to entry {_at(after)}"
    return f"{_unit(channel, position, gate)} {_change(kind, before[0], after[0])}"


def _unit(channel: int | None, position: tuple[int, ...], gate: str = "") -> str:
    gate = f" {gate}" if gate else ""
    if channel is None or not position:
        return f"unit {_at(position) if channel is None else channel}{gate}"
    return f"channel {channel}{gate} at {_at(position)}"


def _at(place: tuple[int, ...]) -> str:
    return str(place[0]) if len(place) == 1 else f"({', '.join(map(str, place))})"


def _change(kind: str, before: int, after: int) -> str:
    up = after > before
    if kind in _SWITCHES:
        return "switches on" if up else "switches off"
    if kind in _SIGNS:
        return "turns positive" if up else "turns negative"
    if kind == "threshold":
        return "rises above its threshold" if up else "falls to its threshold"
    if kind in ("gt", "ge", "lt", "le"):
        return f"becomes {bool(after)}".lower()
    if kind in ("maximum", "minimum"):
        return f"takes its {('second', 'first')[after]} operand instead of its {('second', 'first')[before]}"
    return f"moves from its {_PIECES[before]} piece to its {_PIECES[after]} one"
