"""The one table of benchmarks."""

from evaluation.bench.flip import benchmark as flip
from evaluation.bench.geometry import benchmark as geometry
from evaluation.bench.linearize import benchmark as linearize
from evaluation.command import Command

BENCHMARKS: dict[str, Command] = {
    "flip": Command(flip.SUMMARY, flip.declare, flip.run),
    "geometry": Command(geometry.SUMMARY, geometry.declare, geometry.run),
    "linearize": Command(linearize.SUMMARY, linearize.declare, linearize.run),
}
