"""Benchmark ``app``: the seconds before an answer, in a browser."""
