"""Draw the pictures of the page "How it works": python docs/drawings/draw.py [FOLDER]

Those of regions, segments and counterfactuals are what OpenBox answers for a toy network of two inputs.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import planes
import schemes
from matplotlib import rcParams
from matplotlib.figure import Figure

DRAWINGS: dict[str, Callable[[], Figure]] = {
    "one-piece": schemes.one_piece,
    "gates": schemes.gates,
    "record-replay": schemes.record_replay,
    "region": planes.region,
    "gate-by-gate": planes.gate_by_gate,
    "segment": planes.segment,
    "counterfactual": planes.counterfactual,
}


def main(folder: Path) -> None:
    """Write all drawings as SVG, the same bytes each time by the same matplotlib."""
    rcParams["svg.hashsalt"] = "openbox"
    for name, draw in DRAWINGS.items():
        draw().savefig(folder / f"{name}.svg", metadata={"Date": None})


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
