"""The one table of benchmarks."""

from evaluation.bench import flip, geometry, linearize
from evaluation.command import Command

BENCHMARKS: dict[str, Command] = {
    "flip": Command(flip.SUMMARY, flip.declare, flip.run),
    "geometry": Command(geometry.SUMMARY, geometry.declare, geometry.run),
    "linearize": Command(linearize.SUMMARY, linearize.declare, linearize.run),
}
