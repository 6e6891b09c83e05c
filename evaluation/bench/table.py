"""The one table of benchmarks."""

from evaluation.bench import linearize
from evaluation.command import Command

BENCHMARKS: dict[str, Command] = {
    "linearize": Command(linearize.SUMMARY, linearize.declare, linearize.run),
}
