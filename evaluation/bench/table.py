"""The one table of benchmarks."""

from ..command import Command
from .flip import benchmark as flip
from .geometry import benchmark as geometry
from .linearize import benchmark as linearize

BENCHMARKS: dict[str, Command] = {
    "flip": Command(flip.SUMMARY, flip.declare, flip.run),
    "geometry": Command(geometry.SUMMARY, geometry.declare, geometry.run),
    "linearize": Command(linearize.SUMMARY, linearize.declare, linearize.run),
}
