"""Mistakes in the gates: what a unit decides, what it does, its margins, what lies beyond them, and ties."""

from mutation.mutant import Mutant, Near

LAWS = "tests/linearize/test_laws.py"
REFUSALS = Near("tests/tracing/test_capture.py", "affine_in_one_operand")
KINKS = Near("tests/program/test_conventions.py", "kink")
REGIONS = "tests/geometry/regions/test_geometry_region_laws.py"
GATE = "openbox/program/gates/gate.py"
THRESHOLDS = "openbox/program/gates/thresholds.py"
COMPARISONS = "openbox/program/gates/comparisons.py"
BANDS = "openbox/program/gates/bands.py"
MAXIMA = "openbox/program/gates/maxima.py"
WINDOWS = "openbox/program/gates/windows.py"


def margins(case: str) -> Near:
    """The law of the margins over the cases of that name."""
    return Near(LAWS, f"margins_tell and {case}")


def oracle(case: str) -> Near:
    """The oracle's decisions, weights and ties over the cases of that name."""
    return Near(LAWS, f"(oracle or degenerate) and {case}")


GATES = (
    Mutant(
        "a threshold is passed at the border", "tie", THRESHOLDS,
        "return z > threshold(*parameters)", "return z >= threshold(*parameters)", (KINKS,),
    ),
    Mutant(
        "the margin of a unit that is off", "margin", THRESHOLDS,
        "torch.where(on, above, -above)", "torch.where(on, above, above)", (margins("relu"),),
    ),
    Mutant(
        "the border is added to the margin", "margin", THRESHOLDS,
        "else z - border", "else z + border", (margins("threshold"),),
    ),
    Mutant(
        "rrelu takes its upper slope", "gate", THRESHOLDS,
        "(lower + upper) / 2 * z", "upper * z", (oracle("rrelu"),),
    ),
    Mutant(
        "rrelu may draw its slope", "gate", THRESHOLDS,
        "/ 2 * z, off=(3,))", "/ 2 * z)", (REFUSALS,),
    ),
    Mutant(
        "below a threshold lies zero", "gate", THRESHOLDS,
        "torch.full_like(z, value)", "torch.zeros_like(z)", (oracle("threshold"),),
    ),
    Mutant(
        "ge is not passed at the border", "tie", COMPARISONS,
        '_gate("ge", torch.ge,', '_gate("ge", torch.gt,', (KINKS,),
    ),
    Mutant(
        "the margin of ge", "margin", COMPARISONS,
        'torch.ge, True)', 'torch.ge, False)', (margins("least"),),
    ),
    Mutant(
        "a clamp lets go of its low border", "tie", BANDS,
        "(z >= high, z <= low) if closed", "(z >= high, z < low) if closed", (KINKS,),
    ),
    Mutant(
        "a shrink lets go of its borders", "tie", BANDS,
        "(z + t, torch.zeros_like(z), z - t), False)", "(z + t, torch.zeros_like(z), z - t), True)", (KINKS,),
    ),
    Mutant(
        "borders that are one belong to the middle", "tie", BANDS,
        "(~down | up).to(torch.uint8)", "(~down).to(torch.uint8)", (KINKS, oracle("clamp")),
    ),
    Mutant(
        "a clamp the wrong way round keeps its low border", "gate", BANDS,
        "return min(lower, upper), upper", "return lower, upper", (oracle("wrong"),),
    ),
    Mutant(
        "the margin of the middle to the wrong border", "margin", BANDS,
        "torch.where(piece == 1, high - z, infinite)", "torch.where(piece == 1, z - low, infinite)",
        (margins("clamp"),),
    ),
    Mutant(
        "the low piece is far from its border", "margin", BANDS,
        "to_low = torch.where(piece == 0, low - z,", "to_low = torch.where(piece == 0, high - z,",
        (margins("clamp"),),
    ),
    Mutant(
        "hardsigmoid without its half", "gate", BANDS,
        "(0.0, z / 6 + 0.5, 1.0)", "(0.0, z / 6, 1.0)", (oracle("hardsigmoid"),),
    ),
    Mutant(
        "softshrink pushes outwards", "gate", BANDS,
        "(z + t, torch.zeros_like(z), z - t)", "(z - t, torch.zeros_like(z), z + t)", (oracle("softshrink"),),
    ),
    Mutant(
        "beyond borders that are one lies the middle", "beyond", BANDS,
        "torch.where(piece == 0, torch.where(empty, 2, 1), 0)", "torch.where(piece == 0, 1, 0)",
        (Near(REGIONS, "beyond and clamp"),
         Near("tests/geometry/regions/test_geometry_region_toys.py", "clamps")),
    ),
    Mutant(
        "beyond a low piece, twice", "envelope", BANDS,
        "torch.where(piece == 0, 1, -1)", "torch.where(piece == 0, -1, 1)",
        (Near("tests/geometry/partition/test_geometry_toys.py", "band"),),
    ),
    Mutant(
        "beyond a gate of two pieces lies the same one", "beyond", GATE,
        "return (~decision).to", "return decision.to", (Near(REGIONS, "beyond and relu"),),
    ),
    Mutant(
        "a border may depend on x", "gate", GATE,
        "if any(position not in self.operands for", "if all(position not in self.operands for",
        (REFUSALS,),
    ),
    Mutant(
        "a maximum takes the second of equals", "tie", MAXIMA,
        "return a >= b if sign > 0", "return a > b if sign > 0", (KINKS,),
    ),
    Mutant(
        "the margin of a second operand", "margin", MAXIMA,
        "torch.where(first, lead, -lead)", "torch.where(first, lead, lead)", (margins("maximum"),),
    ),
    Mutant(
        "a minimum along an axis is a maximum", "gate", MAXIMA,
        "(sign * _last(z.detach(), axes)).argmax(-1)", "_last(z.detach(), axes).argmax(-1)",
        (oracle("amin"),),
    ),
    Mutant(
        "the winner ties with itself", "margin", MAXIMA,
        "lead.scatter(-1, place, torch.inf)", "lead.scatter(-1, place, 0.0)", (oracle("amax"),),
    ),
    Mutant(
        "axes in the order in which they were written", "tie", MAXIMA,
        "return sorted(axis % ndim for axis in chosen)", "return [axis % ndim for axis in chosen]",
        (oracle("another"),),
    ),
    Mutant(
        "windows without dilation", "margin", WINDOWS,
        "torch.arange(_entry(kernel, axis)) * _entry(dilation, axis)", "torch.arange(_entry(kernel, axis))",
        (oracle("pool and dilated"), margins("pool and dilated")),
    ),
    Mutant(
        "windows without padding", "margin", WINDOWS,
        "_entry(stride or kernel, axis) - _entry(padding, axis)", "_entry(stride or kernel, axis)",
        (oracle("pool and padded"), margins("pool and padded")),
    ),
    Mutant(
        "windows never overlap", "margin", WINDOWS,
        "_entry(stride or kernel, axis)", "_entry(kernel, axis)",
        (oracle("pool and overlapping"), margins("pool and overlapping")),
    ),
    Mutant(
        "padding is a rival", "tie", WINDOWS,
        "rivals = (entries >= 0) & (entries != winner[..., None])", "rivals = entries != winner[..., None]",
        (oracle("pool and padded"), margins("pool and padded")),
    ),
    Mutant(
        "adaptive windows end one too early", "margin", WINDOWS,
        "(torch.arange(count) + 1) * size // count)", "torch.arange(count) * size // count)",
        (oracle("adaptive and max"), margins("adaptive and max")),
    ),
    Mutant(
        "adaptive windows round their ends down", "margin", WINDOWS,
        "ends = -(-(torch.arange(count) + 1) * size // count)",
        "ends = (torch.arange(count) + 1) * size // count",
        (oracle("adaptive and max"), margins("adaptive and max")),
    ),
    Mutant(
        "windows reach beyond the image", "margin", WINDOWS,
        "(entries >= 0) & (entries < size)", "(entries >= 0) & (entries <= size)",
        (oracle("pool and ceil"), margins("pool and ceil")),
    ),
    Mutant(
        "rows and columns of a window are swapped", "margin", WINDOWS,
        "math.prod(plane[i + 1 :])", "math.prod(plane[:i])",
        (oracle("pool and unequal"), margins("pool and unequal")),
    ),
)  # fmt: skip
